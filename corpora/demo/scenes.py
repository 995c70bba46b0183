"""Scenes drawn by lot, of the kinds that the types of entities go with: people for PER; animals and vehicles for MISC;
buildings, flags, maps, skylines and mountains for LOC; emblems for ORG.

Each function takes a random.Random, the pool of pieces and the number of things named (1 or 2), and returns (background,
items, links): links has for every thing named the places of its objects in the list of boxes.

SPDX-License-Identifier: Apache-2.0
"""

from pictures import FLYING

SWIMMING = ("fish", "dolphin", "orca", "seal", "boat")


class Pool:
    """The pieces that one side may use."""

    def __init__(self, pieces, names, emblems):
        self.pieces, self.emblems, self.kinds = pieces, emblems, {}
        for name in names:
            self.kinds.setdefault(pieces.rows[name]["kind"], []).append(name)

    def draw(self, r, kind, n=1):
        if kind == "emblem":
            return ["emblem:%d" % r.randrange(*self.emblems) for _ in range(n)]
        return r.sample(self.kinds[kind], n)


def places_beside(r, n):
    return [r.uniform(0.35, 0.65)] if n == 1 else [r.uniform(0.24, 0.3), r.uniform(0.7, 0.76)]


def people(r, pool, n):
    background = r.choice(["room", "stage", "studio", "studio", "park", "banner"])
    items = [(name, x, r.uniform(0.9, 1.0), r.uniform(0.55, 0.9)) for name, x in
             zip(pool.draw(r, "person", n), places_beside(r, n))]
    return background, items, [[i] for i in range(n)]


def things(r, pool, n):
    kind = "vehicle" if r.random() < 0.33 else "animal"
    items, labels = [], []
    for name, x in zip(pool.draw(r, kind, n), places_beside(r, n)):
        labels.append(pool.pieces.label(name))
        if labels[-1] in FLYING:
            items.append((name, x, r.uniform(0.55, 0.7), r.uniform(0.3, 0.5)))
        elif labels[-1] in SWIMMING:
            items.append((name, x, r.uniform(0.66, 0.74), r.uniform(0.25, 0.45)))
        else:
            items.append((name, x, r.uniform(0.84, 0.97), r.uniform(0.4, 0.78)))
    if all(label in FLYING + SWIMMING for label in labels):
        background = "sea"
    else:
        background = r.choice(["road", "road", "studio"] if kind == "vehicle" else ["park", "room", "studio", "park"])
    return background, items, [[i] for i in range(n)]


def places(r, pool, n):
    lot = r.random()
    if n == 1 and lot < 0.2:
        return "skyline", [], [[0]]
    if n == 1 and lot < 0.36:
        return "mountains", [], [[0]]
    if lot < 0.5:
        items = [(name, x, r.uniform(0.86, 0.94), r.uniform(0.55, 0.8) if n == 1 else 0.5)
                 for name, x in zip(pool.draw(r, "map", n), places_beside(r, n))]
        return "paper", items, [[i] for i in range(n)]
    if lot < 0.72:
        items = [(name, x, r.uniform(0.5, 0.6), r.uniform(0.28, 0.4) if n == 1 else 0.26)
                 for name, x in zip(pool.draw(r, "flag", n), places_beside(r, n))]
        return r.choice(["hills", "sea", "hills"]), items, [[i] for i in range(n)]
    items = [(name, x, r.uniform(0.82, 0.92), r.uniform(0.45, 0.72)) for name, x in
             zip(pool.draw(r, "place", n), places_beside(r, n))]
    if n == 1 and r.random() < 0.6:
        items.append((pool.draw(r, "tree")[0], r.choice([0.1, 0.9]), r.uniform(0.8, 0.9), r.uniform(0.3, 0.5)))
    return r.choice(["hills", "hills", "sea"]), items, [[i] for i in range(n)]


def organisations(r, pool, n):
    if n == 2:
        items = [(name, x, 0.84, r.uniform(0.55, 0.66)) for name, x in zip(pool.draw(r, "emblem", 2), (0.27, 0.73))]
        return "banner", items, [[0], [1]]
    mark, lot = pool.draw(r, "emblem")[0], r.random()
    if lot < 0.6:
        return r.choice(["banner", "banner", "studio"]), [(mark, r.uniform(0.4, 0.6), r.uniform(0.84, 0.95), r.uniform(0.6, 0.85))], [[0]]
    if lot < 0.85:
        x = r.choice([0.3, 0.7])
        return "pitch", [(mark, x, 0.8, r.uniform(0.5, 0.7)), (pool.draw(r, "ball")[0], 1 - x, 0.94, r.uniform(0.2, 0.3))], [[0]]
    crowd = pool.draw(r, "person", 3)  # many people, one emblem: the emblem is what is meant
    return "banner", [(mark, 0.5, 0.58, 0.52)] + [(name, 0.18 + 0.32 * i, 1.0, 0.36) for i, name in enumerate(crowd)], [[0]]


BY_TYPE = {"PER": people, "MISC": things, "LOC": places, "ORG": organisations}
