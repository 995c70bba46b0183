"""Nothing is dropped in silence. Made-up posts with everything that a post can have go into every format and come back; what
is not there any more, or is another, must have been named for that post, and what is all there must not. Prints TAP.

environment: MMIB (the program), TMPDIR; a number as argument is the seed

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

MMIB = os.environ["MMIB"]
POSTS = 300
FORMATS = ["json", "jsonl", "conll", "mnre", "raw", "gmner", "coco", "text"]

# The words that name the loss of each kind of thing.
WORDS = {
    "tokens": r"token",
    "text": r"its text",
    "image": r"picture",
    "entities": r"entit",
    "relations": r"relation",
    "objects": r"box",
    "grounding": r"grounding|looked for|box",
    "rejected": r"rejected",
    "status": r"its status",
    "flags": r"flag",
    "note": r"its note",
    "verdicts": r"verdict",
    "annotator": r"its annotator",
    "story": r"label's source|labels' sources",
    "members": r"not mmib's",
}


def maybe(share, value):
    return {} if random.random() > share else value


def origin():
    if random.random() < 0.6:
        return {}
    return {**maybe(0.7, {"source": random.choice(["human", "model", "detector", "import"])}),
            **maybe(0.3, {"score": 0.5}), **maybe(0.3, {"by": "ana"}), **maybe(0.3, {"decision": "accepted"}),
            **maybe(0.2, {"at": "2026-01-01T00:00:00Z"}), **maybe(0.2, {"model": "ab12"})}


def post(i):
    rich = random.random()  # some posts have nothing that could be lost
    words = ["w%d" % i] + random.choices(["Messi", "Camp", "don't", "#a", "b", "😀", "don", "'t", "a-", "x"],
                                        k=random.randint(0, 6))
    made = {"id": "p%d" % i, "tokens": words, "image": "p%d.jpg" % i}
    if rich < 0.2:
        return made
    made["objects"] = [{"id": "o%d" % k, "box": [1 + k, 2, 30 + k, 40 + maybe_half()], **maybe(0.8, {
        "label": random.choice(["cat", "Messi", "w%d" % i])}), **origin(), **maybe(0.1, {"depth": 1})}
        for k in range(1, random.choice([1, 1, 2, 4]))]
    made["entities"] = []
    for k in range(random.choice([0, 1, 2, 4])):
        start = random.randrange(len(words))
        made["entities"].append({
            "id": "e%d" % k, "start": start, "end": random.randint(start + 1, min(len(words), start + 2)),
            "type": random.choice(["PER", "LOC", "ORG", "MISC", None]), **origin(), **maybe(0.1, {"wiki": "Q1"}),
            **maybe(0.6, {"grounding": random.sample([o["id"] for o in made["objects"]],
                                                    random.randint(0, len(made["objects"])))})})
    ids = [e["id"] for e in made["entities"]]
    if len(ids) > 1:
        made["relations"] = [{"id": "r%d" % k, "head": ids[0], "tail": ids[1], "type": random.choice(
            ["None", "/per/loc/place_of_residence", "/per/org/member_of"]), **origin()} for k in range(random.choice(
                [0, 1]))]
    made.update({**maybe(0.2, {"note": "n"}), **maybe(0.2, {"flags": ["unsure"]}), **maybe(0.3, {"status": "done"}),
                 **maybe(0.2, {"annotator": "ana"}), **maybe(0.2, {"lang": "en"}),
                 **maybe(0.1, {"rejected": [{"start": 0, "end": 1, "type": "LOC"}]}),
                 **maybe(0.1, {"verdicts": [{"gold": {"start": 0, "end": 1, "type": "LOC"}, "predicted": None,
                                             "verdict": "gold", "by": "ana"}]})})
    if random.random() < 0.3:
        made["text"] = "".join(words) if random.random() < 0.5 else " ".join(words)
    if random.random() < 0.1:
        del made["image"]
    if random.random() < 0.05:
        made.update(tokens=[], entities=[], relations=[], rejected=[], verdicts=[])
        made.pop("text", None)
    return made


def maybe_half():
    return 0.5 if random.random() < 0.1 else 0


def story(label):
    label = {k: label.get(k) for k in ("source", "score", "by", "at", "decision", "model")}
    label["source"] = label["source"] or "import"
    return json.dumps(label)


def members(thing, ours):
    return sorted((k, json.dumps(v)) for k, v in thing.items() if k not in ours)


LABEL = ["id", "start", "end", "type", "head", "tail", "box", "label", "grounding", "source", "score", "by", "at",
         "decision", "model", "coco", "place"]
POST = ["id", "tokens", "text", "offsets", "image", "entities", "relations", "objects", "rejected", "status", "flags",
        "note", "annotator", "source", "verdicts"]


def kinds(p):
    """What a post has of each kind, so that it can be compared."""
    entities, relations, objects = p.get("entities", []), p.get("relations", []), p.get("objects", [])
    span = {e["id"]: (e["start"], e["end"]) for e in entities}
    box = {o["id"]: o["box"] for o in objects}
    extra = members(p, POST) + [m for x in entities + relations + objects for m in members(x, LABEL)]
    extra += members(p.get("source", {}).get("raw", {}), ["id", "text", "image"])
    extra += members(p.get("source", {}).get("image", {}), ["id", "file_name"])
    extra += [m for o in objects for m in members(o.get("coco", {}), ["id", "image_id", "category_id", "bbox", "area",
                                                                      "iscrowd", "score"])]
    stem = re.sub(r"\.jpg$", "", p.get("image") or "")
    return {
        "tokens": p["tokens"], "text": p.get("text"), "image": stem,
        "entities": sorted((e["start"], e["end"], str(e["type"])) for e in entities),
        "relations": sorted((span[r["head"]], span[r["tail"]], r["type"]) for r in relations),
        "objects": sorted((o["box"], str(o.get("label"))) for o in objects),
        "grounding": sorted((span[e["id"]], str(sorted(box[g] for g in e["grounding"]) if "grounding" in e else None))
                            for e in entities),
        "rejected": len(p.get("rejected", [])), "status": p.get("status", "new"), "flags": p.get("flags", []),
        "note": p.get("note"), "verdicts": p.get("verdicts", []), "annotator": p.get("annotator"), "members": sorted(extra),
        "story": sorted(story(x) for x in entities + relations + objects),
    }


def convert(source, target, *more):
    return subprocess.run([MMIB, "convert", source, target, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8")


def adds_only(kind, before, after, name):
    """What a format makes of posts that said nothing is no loss: it is there more explicitly."""
    if kind == "text" and before["text"] is None and name in ("raw", "text"):
        return True
    if kind == "image" and not before["image"] and name in ("conll", "gmner", "mnre"):
        return True  # the id stands in its place
    if kind == "entities" and name == "mnre":  # the label of a pair tells the types of its ends
        return len(before[kind]) == len(after[kind]) and all(
            a == b or any(x[:2] == b[:2] and x[2] == "None" for x in before[kind])
            for a, b in zip(before[kind], after[kind]))
    if kind == "objects" and name == "gmner":  # a box without a label is called by its entity
        return len(before[kind]) == len(after[kind]) and all(
            a[0] == b[0] and (a == b or a[1] == "None") for a, b in zip(before[kind], after[kind]))
    return False


def check(name, folder, posts):
    """Every difference is named, and nothing else."""
    target = os.path.join(folder, "out." + name)
    done = convert(os.path.join(folder, "in.json"), target)
    lines, lost = {}, False
    for line in done.stderr.splitlines():
        found = re.match(r"mmib: .*: not in %s(, how the work was done)?: (?:post (p\d+): )?(.*)" % name, line)
        if not found:
            raise AssertionError("says " + line)
        lines.setdefault(found[2], []).append(found[3])
        lost |= not found[1]
    again = convert(target, "-", "--to", "json")
    if again.returncode not in (0, 1):
        raise AssertionError(again.stderr)
    back = json.loads(again.stdout)["posts"]
    kept = [p for p in posts if not any(x.startswith("left out") for x in lines.get(p["id"], []))]
    if len(kept) != len(back):
        raise AssertionError("%d posts of %d that were written" % (len(back), len(kept)))
    n_lost = 0
    for p, q in zip(kept, back):
        before, after, named = kinds(p), kinds(q), lines.get(p["id"], [])
        different = [k for k in before if before[k] != after[k] and not adds_only(k, before, after, name)]
        # What a lost label had, and how it was made, need not be named beside it.
        if {"entities", "relations", "objects"} & set(different):
            different = [k for k in different if k not in ("story", "members", "grounding")
                         or any(re.search(WORDS[k], x) for x in named)]
        for kind in different:
            n_lost += 1
            if not any(re.search(WORDS[kind], x) for x in named):
                raise AssertionError("%s of %s lost in silence: %r became %r; named was %r\n%s" % (
                    kind, p["id"], before[kind], after[kind], named, json.dumps(p)))
        if not different and named and not all("width and height" in x or x.startswith("its id") for x in named):
            raise AssertionError("all of %s came back, but %r is named\n%s" % (p["id"], named, json.dumps(p)))
    if (done.returncode == 1) != lost:
        raise AssertionError("exit %d, lost: %s" % (done.returncode, lost))
    return "%d of %d posts written, %d differences, all named" % (len(back), len(posts), n_lost)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    failed = 0
    print("1..%d" % len(FORMATS))
    for i, name in enumerate(FORMATS):
        random.seed(seed)
        with tempfile.TemporaryDirectory() as folder:
            posts = [post(k) for k in range(POSTS)]
            with open(os.path.join(folder, "in.json"), "w", encoding="utf-8") as f:
                json.dump({"format": "mmib-corpus", "posts": posts}, f)
            try:
                print("ok %d - %s: %s" % (i + 1, name, check(name, folder, posts)))
            except AssertionError as error:
                failed += 1
                print("not ok %d - %s\n# %s" % (i + 1, name, str(error).replace("\n", "\n# ")))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
