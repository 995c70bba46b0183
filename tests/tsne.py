# Compares tests/test-tsne (see there) with scikit-learn's exact t-SNE: P, the cost by P and embedding alone, and how low
# the cost gets, over seeds.
#
# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import warnings

import numpy as np
from scipy.spatial.distance import squareform
from sklearn.manifold import TSNE
from sklearn.manifold import _t_sne
from sklearn.metrics import pairwise_distances

N, D, PERPLEXITY, ITERATIONS, SEEDS = 150, 24, 10, 500, 4


def points():
    """Six overlapping clusters of unequal size, and two points in one place."""
    random = np.random.RandomState(7)
    centres = 1.5 * random.randn(6, D)
    x = centres[np.minimum(random.randint(9, size=N), 5)] + random.randn(N, D)
    x[1] = x[0]
    return x.astype(np.float32)


def ours(program, x, seed):
    command = [program] + [str(n) for n in (N, D, PERPLEXITY, ITERATIONS, seed)]
    out = np.frombuffer(subprocess.run(command, input=x.tobytes(), stdout=subprocess.PIPE, check=True).stdout)
    return out[:N * N].reshape(N, N), out[N * N:-1].reshape(N, 2), out[-1]


def kl(p, y):
    w = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(-1))
    np.fill_diagonal(w, 0)
    shown = p > 1e-15
    return (p[shown] * np.log(p[shown] / (w / w.sum())[shown])).sum()


def main():
    warnings.simplefilter("ignore")
    x = points()
    squares = pairwise_distances(x.astype(np.float64), metric="euclidean", squared=True)
    reference = squareform(_t_sne._joint_probabilities(squares, PERPLEXITY, 0))
    costs, theirs = [], []
    for seed in range(SEEDS):
        p, y, cost = ours(sys.argv[1], x, seed)
        assert abs(p - reference).max() < 1e-6, abs(p - reference).max()
        assert abs(kl(reference, y) - cost) < 1e-4, (kl(reference, y), cost)
        costs.append(cost)
        fit = TSNE(method="exact", perplexity=PERPLEXITY, n_iter=ITERATIONS, random_state=seed, init="random",
                   learning_rate="auto").fit(x)
        theirs.append(fit.kl_divergence_)
    print("ours", costs, "theirs", theirs)
    assert np.mean(costs) < 1.03 * np.mean(theirs) and min(costs) < 1.03 * min(theirs)


main()
