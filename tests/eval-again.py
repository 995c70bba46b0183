"""The numbers of mmib eval, computed again in plain Python: classes, kinds, points, the confusion matrix, who is right
of two systems, McNemar's test, and the ledger of a gold that was corrected and judged. Prints TAP.

usage: eval-again.py [NAME,GOLD,PRED[,PRED2]]...: CoNLL files, after made-up corpora of random labels

environment: MMIB (the program), TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import collections
import hashlib
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile

MMIB = os.environ["MMIB"]
TYPES = ["PER", "LOC", "ORG"]
ANSWERS = ["model", "gold", "both", "unsure"]


def read_conll(path):
    """Of each post the entities: (start, end, type)."""
    posts = []
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("IMGID:"):
                posts.append([])
            elif line:
                posts[-1].append(line.split("\t")[1])
    return [entities(tags) for tags in posts]


def entities(tags):
    found, start = set(), None
    for i, tag in enumerate(tags + ["O"]):
        part, _, kind = tag.partition("-")
        if start is not None and (part != "I" or kind != open_kind):
            found.add((start, i, open_kind))
            start = None
        if part == "B" or (part == "I" and start is None):
            start, open_kind = i, kind
    return found


def shared(a, b):
    return min(a[1], b[1]) - max(a[0], b[0])


def kind_of(gold, predicted):
    if predicted[0] >= gold[0] and predicted[1] <= gold[1]:
        return "short"
    if predicted[0] <= gold[0] and predicted[1] >= gold[1]:
        return "long"
    if predicted[1] - predicted[0] != gold[1] - gold[0]:
        return "crossing"
    return "left" if predicted[0] < gold[0] else "right"


def cases(gold, predicted):
    """(class, kind, gold, predicted) of every label of a post."""
    partner = {g: g for g in gold & predicted}
    taken = set(partner.values())

    def match(pairs):
        for g, p in pairs:
            if g not in partner and p not in taken:
                partner[g] = p
                taken.add(p)

    pairs = sorted(itertools.product(gold, predicted))
    match((g, p) for g, p in pairs if g[:2] == p[:2])
    for same in (True, False):
        over = [(g, p) for g, p in pairs if shared(g, p) > 0 and (g[2] == p[2]) == same]
        match(sorted(over, key=lambda x: (-shared(*x), max(x[0][1], x[1][1]) - min(x[0][0], x[1][0]), x)))
    found = []
    for g in sorted(gold):
        p = partner.get(g)
        if p is None:
            found.append(("merge" if any(shared(g, q) > 0 for q in predicted) else "missed", "", g, None))
        elif p[:2] == g[:2]:
            found.append(("correct" if p == g else "type", "", g, p))
        else:
            found.append(("boundary" if p[2] == g[2] else "boundary+type", kind_of(g, p), g, p))
    for p in sorted(predicted - taken):
        found.append(("split" if any(shared(p, g) > 0 for g in gold) else "spurious", "", None, p))
    return found


def is_near(what, got, wanted):
    if (got is None) != (wanted is None) or (got is not None and abs(got - wanted) > 1e-9):
        raise AssertionError("%s: %r, and computed again %r" % (what, got, wanted))


def check_system(told, gold, predicted):
    all_cases = [case for g, p in zip(gold, predicted) for case in cases(g, p)]
    right = sum(c[0] == "correct" for c in all_cases)
    labels = sum(map(len, gold)) + sum(map(len, predicted))
    is_near("gap", told["gap"], 100 * (labels - 2 * right) / labels)
    for name, row in told["classes"].items():
        of = [c for c in all_cases if c[0] == name]
        is_near(name, row["cases"], len(of))
        errors = 0 if name == "correct" else sum((c[2] is not None) + (c[3] is not None) for c in of)
        is_near("points of " + name, row["points"], 100 * errors / labels)
        for kind, n in row.get("kinds", {}).items():
            is_near(name + " " + kind, n, sum(c[1] == kind for c in of))
    matrix = collections.Counter(((c[2] or "000")[2], (c[3] or "000")[2]) for c in all_cases)
    names = told["matrix"]["names"]
    for (i, row), (k, column) in itertools.product(enumerate(names), enumerate(names)):
        at = ("0" if row == "none" else row, "0" if column == "none" else column)
        is_near("matrix %s %s" % (row, column), told["matrix"]["cells"][i][k], matrix[at])


def check_pair(told, gold, a, b):
    flips = collections.Counter((label in p, label in q) for g, p, q in zip(gold, a, b) for label in g)
    only_a, only_b = flips[True, False], flips[False, True]
    for name, at in (("both", (True, True)), ("only_a", (True, False)), ("only_b", (False, True)),
                     ("neither", (False, False))):
        is_near("flips " + name, told["flips"][name], flips[at])
    n = only_a + only_b
    if n < 25:
        tail = sum(math.comb(n, i) for i in range(min(only_a, only_b) + 1))
        p = min(1, 2 * tail / 2 ** n)
    else:
        p = math.erfc(math.sqrt(max(0, abs(only_a - only_b) - 1) ** 2 / n / 2))
    is_near("McNemar", told["mcnemar"]["p"], p)


def run(*arguments):
    done = subprocess.run([MMIB, "eval", "--json", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return json.loads(done.stdout)


def check(paths, gold, systems):
    told = run(*paths)
    check_system(told["ner"], gold, systems[0])
    if len(systems) > 1:
        check_system(told["b"]["ner"], gold, systems[1])
        check_pair(told["paired"]["ner"], gold, *systems)


# ---- Made-up corpora ----

def some(n_tokens):
    found = set()
    for _ in range(random.choice([0, 1, 2, 3, 5])):
        start = random.randrange(n_tokens)
        found.add((start, random.randint(start + 1, min(n_tokens, start + 4)), random.choice(TYPES)))
    return found


def label(entity):
    return entity and {"start": entity[0], "end": entity[1], "type": entity[2]}


def write(path, lengths, posts, verdicts=None, **more):
    made = [{"id": str(i), "tokens": ["w"] * n, "verdicts": verdicts[i] if verdicts else [], "entities": [
        {"id": "e%d" % k, **label(e)} for k, e in enumerate(sorted(post))]} for i, (n, post) in enumerate(
            zip(lengths, posts))]
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"format": "mmib-corpus", "version": 1, "posts": made, **more}, out)
    return path


def opinion(said, case):
    answers = {v for gold, predicted, v in said if (gold, predicted) == case}
    sure = answers - {"unsure"}
    return "nobody" if not answers else sure.pop() if len(sure) == 1 else "open"


def check_ledger(told, published, gold, predicted, said):
    """Halves of shares, by whose they are."""
    sums, n_new = collections.defaultdict(collections.Counter), 0
    for before, now, p, verdicts in zip(published, gold, predicted, said):
        wrong = [(g, q) for c, _, g, q in cases(now, p) if c != "correct"]
        still = {("gold", g): (g, q) for g, q in wrong if g} | {("predicted", q): (g, q) for g, q in wrong if q}
        shares = [(c, (g, q), side, x) for c, _, g, q in cases(before, p) if c != "correct"
                  for side, x in (("gold", g), ("predicted", q)) if x]
        n_new += len(still.keys() - {(side, x) for _, _, side, x in shares})
        for name, case, side, x in shares:
            whose = opinion(verdicts, case) if (side, x) in still else "corrected"
            if whose == "nobody":
                whose = opinion(verdicts, still[side, x])
            parts = {"model": ["model"] * 2, "gold": ["corpus"] * 2, "both": ["model", "corpus"],
                     "corrected": ["corrected"] * 2}.get(whose, ["open"] * 2)
            for key in (("all",), ("classes", name), ("types", x[2])):
                sums[key].update(parts)
    labels = sum(map(len, published)) + sum(map(len, predicted))
    rows = [(("all",), told["all"])] + [((by, name), row) for by in ("classes", "types")
                                        for name, row in told[by].items()]
    for key, row in rows:
        for whose in ("model", "corpus", "corrected", "open"):
            is_near("ledger %s %s" % ("/".join(key), whose), row["points"][whose], 50 * sums[key][whose] / labels)
    is_near("new errors", told["new_errors"], n_new)


def made_up(folder):
    lengths = [random.randint(1, 9) for _ in range(600)]
    gold, a, b = ([some(n) for n in lengths] for _ in range(3))
    paths = [write(os.path.join(folder, name), lengths, posts) for name, posts in (
        ("gold.json", gold), ("a.json", a), ("b.json", b))]
    check(paths, gold, [a, b])

    now, said = [], []
    for n, before, p in zip(lengths, gold, a):
        after = set(before)
        if random.random() < 0.5:
            after = set(random.sample(sorted(before), random.randint(0, len(before)))) | some(n)
        now.append(after)
        judged = [(g, q) for c, _, g, q in cases(before, p) + cases(after, p) if c != "correct"]
        said.append([(g, q, random.choice(ANSWERS)) for g, q in judged if random.random() < 0.7])
    with open(paths[0], "rb") as published:
        source = {"file": "gold.json", "sha256": hashlib.sha256(published.read()).hexdigest()}
    work = write(os.path.join(folder, "work.json"), lengths, now, [
        [{"gold": label(g), "predicted": label(q), "verdict": v} for g, q, v in verdicts] for verdicts in said],
        source=source)
    told = run(work, paths[1])
    check_system(told["ner"], now, a)
    check_ledger(told["ledger"]["ner"], gold, now, a, said)


def main():
    named = sys.argv[1:]
    files = [group.split(",") for group in named]
    print("1..%d" % (1 + len(files)))
    random.seed(1)
    status = 0
    for number, file in enumerate([None] + files):
        name = file[0] if file else "made-up corpora"
        try:
            if file:
                check(file[1:], *(lambda gold, *systems: (gold, systems))(*map(read_conll, file[1:])))
            else:
                with tempfile.TemporaryDirectory() as folder:
                    made_up(folder)
            print("ok %d - %s" % (number + 1, name))
        except AssertionError as wrong:
            status = 1
            print("not ok %d - %s\n# %s" % (number + 1, name, wrong))
    return status


sys.exit(main())
