"""The demonstration corpus: enough posts and pictures, boxes inside their pictures, spans, links and signatures that hold,
every kind of pair, nothing shared with what the bundled model was trained on, and made by the script beside it.

environment: MMIB, SRCDIR, WORK (a folder)

SPDX-License-Identifier: Apache-2.0
"""
import filecmp
import importlib.util
import json
import os
import struct
import subprocess
import sys

SRCDIR, WORK = os.environ["SRCDIR"], os.environ["WORK"]
DEMO = os.path.join(SRCDIR, "corpora/demo")
sys.path.insert(0, DEMO)
import posts as demonstration  # noqa: E402
import training  # noqa: E402

MEMBERS = ("id", "tokens", "image", "objects", "entities", "relations")
CLIPART = os.environ.get("CLIPART", "/usr/share/openclipart/png")


def corpus(name):
    with open(os.path.join(DEMO, name), encoding="utf-8") as f:
        return json.load(f)


def size(path):
    """Width and height, from the bytes of a PNG or JPEG file."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return struct.unpack(">II", data[16:24])
    at = 2
    while not 0xC0 <= data[at + 1] <= 0xC2:  # from segment to segment, up to the frame's
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5:at + 9])
    return width, height


def pictures():
    """at least 48 posts and 48 pictures, each below 80 kB; boxes inside"""
    posts, named = corpus("demo.json")["posts"], set()
    assert len(posts) >= 48, len(posts)
    for post in posts:
        path = os.path.join(DEMO, "images", post.get("image", ""))
        if not post.get("image") or not os.path.exists(path):
            assert "objects" not in post, post["id"]
            continue
        named.add(post["image"])
        assert os.path.getsize(path) < 80000, path
        width, height = size(path)
        for thing in post["objects"]:
            x0, y0, x1, y1 = thing["box"]
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height, (post["id"], thing)
            assert thing["label"] and thing["source"] == "human", thing
    assert len(named) >= 48, len(named)
    assert named == set(os.listdir(os.path.join(DEMO, "images"))), "pictures that no post names"
    assert len([p for p in posts if "image" not in p]) == 1
    assert len({p["id"] for p in posts}) == len(posts)


def labels():
    """spans, links to boxes and relations that fit their signatures; every kind of pair, and pairs without a relation"""
    made = corpus("demo.json")
    signatures = {r["name"]: (r.get("head"), r.get("tail")) for r in made["schema"]["relations"]}
    assert len(signatures) == 23 and "None" in signatures, len(signatures)
    pairs, used, emoji = set(), set(), 0
    for post in made["posts"]:
        kinds, things = {}, {thing["id"] for thing in post.get("objects", [])}
        taken = set()
        for entity in post["entities"]:
            span = set(range(entity["start"], entity["end"]))
            assert span and entity["end"] <= len(post["tokens"]) and not span & taken, (post["id"], entity)
            taken |= span
            assert entity["type"] in made["schema"]["entities"], entity
            assert things.issuperset(entity.get("grounding", [])), (post["id"], entity)
            assert ("grounding" in entity) == bool(things), (post["id"], entity)
            kinds[entity["id"]] = entity["type"]
        for relation in post.get("relations", []):
            head, tail = kinds[relation["head"]], kinds[relation["tail"]]
            wanted = signatures[relation["type"]]
            assert wanted == (None, None) or (head in wanted[0] and tail in wanted[1]), (post["id"], relation)
            pairs.add(frozenset((head, tail)))
            used.add(relation["type"])
        emoji += any(ord(c) > 0x1F000 for token in post["tokens"] for c in token)
    missing = [(a, b) for a in made["schema"]["entities"] for b in made["schema"]["entities"] if a <= b and
               frozenset((a, b)) not in pairs]
    assert not missing, missing
    assert "None" in used and len(used) >= 12 and emoji >= 5, (used, emoji)


def ambiguity():
    """the same words with other types: what only the picture tells is a good part of the corpus"""
    types, count, total = {}, 0, 0
    for post in corpus("demo.json")["posts"]:
        inside = {i: e["type"] for e in post["entities"] for i in range(e["start"], e["end"])}
        key = " ".join("*" if i in inside else t for i, t in enumerate(post["tokens"]) if t.isascii())
        types.setdefault(key, []).append([e["type"] for e in post["entities"]])
        total += len(post["entities"])
    for found in types.values():
        if len({tuple(kinds) for kinds in found}) > 1:
            count += sum(map(len, found))
    assert count >= 0.35 * total, (count, total)


def start():
    """start.json: the same posts and boxes, most labels left to do"""
    full, begun = corpus("demo.json")["posts"], corpus("start.json")["posts"]
    assert [(p["id"], p["tokens"], p.get("objects")) for p in full] == [(p["id"], p["tokens"], p.get("objects")) for p in begun]
    assert not begun[0].get("entities") and sum(bool(p.get("entities")) for p in begun) * 3 <= len(begun)
    for a, b in zip(full, begun):
        assert b.get("entities") in (None, [], a["entities"]), b["id"]


def apart():
    """no name, sentence or piece of clip art of the demonstration is among those to train with"""
    words = {word for name in demonstration.names() for word in name.lower().split()}
    assert not words & {word for name in training.all_names() for word in name.split()}
    told = {" ".join(w for w in t.lower().split() if w[0] != "{") for t in training.all_templates()}
    assert not told & {sentence.lower() for sentence in demonstration.sentences()}
    with open(os.path.join(DEMO, "pieces.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    sides = {os.path.splitext(os.path.basename(row[3]))[0]: row[0] for row in rows}
    assert len(sides) == len(rows), "two pieces of one name"
    clip_art = [piece for piece in demonstration.pieces() if not piece.startswith("emblem:")]
    assert all(sides[piece] == "demo" for piece in clip_art)
    with open(os.path.join(DEMO, "CREDITS"), encoding="utf-8") as f:
        credits = f.read()
    credited = [row[3] for row in rows if row[3] + "\n" in credits]
    assert len(credited) == len(clip_art), (len(credited), len(clip_art))


def accepted():
    """mmib reads both corpora and gives them back"""
    for name in ("demo.json", "start.json"):
        path = os.path.join(DEMO, name)
        again = subprocess.run([os.environ["MMIB"], "convert", path, "-", "--to", "json"], stdout=subprocess.PIPE, check=True)
        said, meant = json.loads(again.stdout), corpus(name)
        assert said["schema"] == meant["schema"]
        for got, want in zip(said["posts"], meant["posts"]):
            assert [got.get(key) or None for key in MEMBERS] == [want.get(key) or None for key in MEMBERS], want["id"]
        assert len(said["posts"]) == len(meant["posts"])


def compose(*arguments):
    subprocess.run([os.path.join(DEMO, "compose"), *arguments], stdout=subprocess.DEVNULL, check=True)


def composed():
    """the script makes the same corpora again, and the same posts to train with from the same seed"""
    again = os.path.join(WORK, "again")
    compose(again)
    for name in ("demo.json", "start.json", "CREDITS"):
        assert filecmp.cmp(os.path.join(DEMO, name), os.path.join(again, name), False), name
    for folder in ("a", "b"):
        compose("--train", "60", "--dev", "12", "--out", os.path.join(WORK, folder))
    files = ["train.json", "dev.json"] + ["images/" + n for n in sorted(os.listdir(os.path.join(WORK, "a/images")))]
    assert len(files) > 50, len(files)
    for name in files:
        assert filecmp.cmp(os.path.join(WORK, "a", name), os.path.join(WORK, "b", name), False), name


def main():
    tests = [pictures, labels, ambiguity, start, apart, accepted, composed]
    failed = 0
    print("1..%d" % len(tests))
    for i, test in enumerate(tests):
        if test is composed and (not os.path.isdir(CLIPART) or importlib.util.find_spec("PIL") is None):
            print("ok %d - %s # SKIP openclipart-png or python3-pil is not installed" % (i + 1, test.__doc__))
            continue
        try:
            test()
            print("ok %d - %s" % (i + 1, test.__doc__))
        except Exception as e:  # what a test meets is its result
            failed += 1
            print("not ok %d - %s\n# %s: %s" % (i + 1, test.__doc__, type(e).__name__, str(e).replace("\n", "\n# ")))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
