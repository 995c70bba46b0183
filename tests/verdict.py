"""The verdict of mmib verdict against mmib predict and mmib explain over corpora in which each post was given another picture.

Usage: verdict.py MMIB MODEL CORPUS.json IMAGES WORK OTHERS SEED [CHANGES]   (CHANGES: at least so many labels must change)

SPDX-License-Identifier: Apache-2.0
"""
import json
import math
import os
import subprocess
import sys

TOLERANCE = 1e-5


def run(mmib, *arguments):
    return subprocess.run([mmib, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def lend(corpus, pictures):
    """A corpus whose posts show other posts' pictures: pictures[id] = the id of the lender, or None."""
    by_id = {p["id"]: p for p in corpus["posts"]}
    out = dict(corpus, posts=[])
    for post in corpus["posts"]:
        post = dict(post)
        if post["id"] in pictures:
            lender = by_id.get(pictures[post["id"]], {})
            for name in ("image", "objects"):
                post.pop(name, None)
                if name in lender:
                    post[name] = lender[name]
            for entity in post.get("entities", []):
                entity.pop("grounding", None)
        out["posts"].append(post)
    return out


class Plain:
    """What plain commands say of such a corpus."""

    def __init__(self, mmib, model, corpus, images, path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump(corpus, f)
        common = [path, "--model", model, "--images", images, "--quiet"]
        posts = corpus["posts"]
        self.explained = {line["id"]: line for line in map(json.loads, run(mmib, "explain", *common, "--json").splitlines())}
        self.entities, self.labels = {}, {}
        with open(os.path.join(model, "config.json"), encoding="utf-8") as f:
            self.tasks = json.load(f)["tasks"]
        if "ner" in self.tasks:
            for post in json.loads(run(mmib, "predict", *common, "--to", "json"))["posts"]:
                self.entities[post["id"]] = {(e["start"], e["end"]): (e["type"], e["score"]) for e in post.get("entities", [])}
        if "re" in self.tasks and any(p.get("relations") for p in posts):
            for post in json.loads(run(mmib, "predict", *common, "--to", "json", "--gold-entities"))["posts"]:
                self.labels[post["id"]] = [r["type"] for r in post.get("relations", [])]

    def check_entity(self, case, reading):
        label, score = self.entities[case["id"]].get((case["start"], case["end"]), (None, None))
        assert label == reading["label"], (case, reading, label)
        probability = exponential(reading["log_probability"])
        if label == case["type"]:
            assert abs(probability - score) < TOLERANCE, (case, reading, score)
        ner = self.tasks["ner"]
        begin = "B-" + case["type"]
        line = self.explained[case["id"]]
        if ner["tagging"] == "word" and begin in ner["labels"] and not line["cut"]:
            marginal = line["ner"]["marginals"][case["start"]][ner["labels"].index(begin)]
            assert probability < marginal + TOLERANCE, (case, reading, marginal)

    def check_pair(self, case, place, reading):
        pair = self.explained[case["id"]]["re"][place]
        assert (pair["head"], pair["tail"]) == (case["head"], case["tail"]), (pair, case)
        assert self.labels[case["id"]][place] == reading["label"], (case, reading)
        want = pair["probabilities"].get(case["type"], 0)
        assert abs(exponential(reading["log_probability"]) - want) < TOLERANCE, (case, reading, want)


def exponential(log_probability):
    return 0 if log_probability is None else math.exp(log_probability)


def answer(own, without, others):
    """The rule, written down again."""
    if own and not without:
        return "any picture would do" if sum(others) > len(others) / 2 else "helped"
    return "hurt" if without and not own else "ignored"


def spans(post):
    return {(e["start"], e["end"], e["type"]) for e in post.get("entities", []) if e.get("type")}


def check_totals(cases, total):
    """Every count of the tables, from the cases."""
    tables = {"entities": [c for c in cases if "start" in c and c["in_gold"]],
              "not_in_gold": [c for c in cases if "start" in c and not c["in_gold"]],
              "relations": [c for c in cases if "head" in c]}
    for name, members in tables.items():
        if name == "not_in_gold" and not total["entities"]["judged"]:
            continue
        for table, of in [(total[name], members)] + [(total[name]["types"][t], [c for c in members if c["type"] == t])
                                                     for t in total[name]["types"]]:
            assert table["n"] == len(of), (name, table)
            assert table["changed"] == sum(c["changed"] for c in of), (name, table)
            if total[name]["judged"]:
                counts = [sum(c["verdict"] == v for c in of) for v in ("helped", "hurt", "ignored", "any picture would do")]
                assert counts == [table["helped"], table["hurt"], table["ignored"], table["any"]], (name, counts, table)
                assert table["net"] == counts[0] - counts[1]
                assert table["wrong"] == sum(not c["own"]["right"] for c in of)
                assert table["wrong_without"] == sum(not c["without"]["right"] for c in of)


def main():
    mmib, model, corpus_path, images, work, others, seed = sys.argv[1:8]
    with open(corpus_path, encoding="utf-8") as f:
        corpus = json.load(f)
    lines = [json.loads(line) for line in run(mmib, "verdict", corpus_path, "--model", model, "--images", images, "--quiet", "--cases",
                                              "--json", "--others", others, "--seed", seed).splitlines()]
    cases, total = lines[:-1], lines[-1]
    shown = {c["id"]: [o["id"] for o in c["others"]] for c in cases}
    by_id = {p["id"]: p for p in corpus["posts"]}
    images_of = {i: p.get("image") for i, p in by_id.items()}
    for post, ids in shown.items():
        assert len(ids) == len(set(ids)) and post not in ids
        assert images_of[post] not in [images_of[i] for i in ids]
    worlds = [{}, {i: None for i in shown}] + [{i: ids[k] for i, ids in shown.items() if k < len(ids)} for k in range(int(others))]
    plain = [Plain(mmib, model, lend(corpus, w), images, os.path.join(work, "lent.json")) for w in worlds]
    places, want = {}, {i: set() for i in shown}
    for case in cases:
        readings = [case["own"], case["without"], *case["others"]]
        if "head" in case:
            place = places[case["id"]] = places.get(case["id"], -1) + 1
            assert case["type"] == by_id[case["id"]]["relations"][place]["type"]
        else:
            want[case["id"]].add((case["start"], case["end"], case["type"]))
            assert case["in_gold"] == ((case["start"], case["end"], case["type"]) in spans(by_id[case["id"]]))
        for world, reading in zip(plain, readings):
            if "head" in case:
                world.check_pair(case, place, reading)
            else:
                world.check_entity(case, reading)
            assert reading["right"] == ((reading["label"] == case["type"]) == case["in_gold"]), (case, reading)
        assert case["changed"] == (case["own"]["label"] != case["without"]["label"])
        assert case["verdict"] == answer(case["own"]["right"], case["without"]["right"], [o["right"] for o in case["others"]]), case
    for i in shown:  # nothing was left out
        if "ner" in plain[0].tasks:
            predicted = {(*span, e[0]) for world in plain[:2] for span, e in world.entities[i].items()}
            assert want[i] == spans(by_id[i]) | predicted, (i, want[i])
        if plain[0].labels:
            assert places.get(i, -1) + 1 == len(by_id[i].get("relations", []))
    check_totals(cases, total)
    n_changed = sum(c["changed"] for c in cases)
    print("%d decisions of %d posts, %d changed" % (len(cases), len(shown), n_changed))
    assert n_changed >= int(sys.argv[8] if len(sys.argv) > 8 else 0)


main()
