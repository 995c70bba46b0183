"""Boxes in the workbench, on a pseudo-terminal: the detector, drawing by keys and by mouse, links, masks. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import MINI, SRCDIR, Workbench, main, path, same, write  # noqa: E402

IMAGES = os.path.join(SRCDIR, "corpora/demo/images")
ROB, CROWD, CAT = 0, 44, 5  # posts of the demonstration corpus


def corpus(*indices):
    """Some posts of the demonstration corpus without labels and boxes; the second value: with their boxes."""
    demo = json.load(open(os.path.join(SRCDIR, "corpora/demo/demo.json"), encoding="utf-8"))
    os.mkdir(path("images"))
    posts = []
    for i in indices:
        post = demo["posts"][i]
        shutil.copy(os.path.join(IMAGES, post["image"]), path("images"))
        posts.append({"id": post["id"], "tokens": post["tokens"], "image": post["image"]})
    whole = {"format": "mmib-corpus", "version": 1, "images": "images", "schema": demo["schema"], "posts": posts}
    return write("boxes.json", json.dumps(whole)), [demo["posts"][i]["objects"] for i in indices]


def objects(post=0):
    return json.load(open(path("boxes.json"), encoding="utf-8"))["posts"][post].get("objects", [])


def size(w, line):
    """Of the box in a line of the labels: its corners."""
    found = re.search(line + r".*?(\d+), (\d+) to (\d+), (\d+)", w.screen.text())
    if not found:
        raise AssertionError("no %r on the screen:\n%s" % (line, w.screen.text()))
    return [int(n) for n in found.groups()]


def keys():
    """keys alone, without graphics: detect, accept, draw, label, link, undo, save"""
    file, _ = corpus(CROWD)
    w = Workbench(file, "--graphics", "none", model=MINI, columns=120, rows=36).started()
    w.expect(r"model mini \d+ ms")
    w.keys("B", "no box yet: n draws one, X looks for objects")
    w.keys("?", r"─ keys ─.*\n[^\n]*│ Boxes ")  # the help begins with the keys of the mode, and leads back to it
    w.expect("run the detector on the picture")
    w.keys("\x1b", "next box")
    w.keys("X", r"the detector found (\d+) objects?: ")
    found = int(re.search(r"the detector found (\d+)", w.screen.text()).group(1))
    w.keys("n", r"new box \d+ x \d+ at \d+, \d+: arrows")
    w.keys("hhhh\x1b[1;2C\x1b[1;2B\r", r"label of box %d" % (found + 1))
    w.keys("pers\t")
    w.keys("\r", "box %d: person" % (found + 1))
    left = size(w, r">%d person" % (found + 1))
    w.keys("l\r", "box %d changed" % (found + 1))
    right = size(w, r">%d person" % (found + 1))
    same((right[1], right[3], right[2] - right[0]), (left[1], left[3], left[2] - left[0]))
    if right[0] <= left[0]:
        raise AssertionError("%r is not right of %r" % (right, left))
    w.keys("w")
    w.keys("e", r": in box %d" % (found + 1))
    w.expect(r"#%d" % (found + 1))
    w.keys("e", ": not answered")
    w.expect(r"#\?")
    w.keys("o", ": not in the picture")
    w.expect("  not in picture")
    w.keys("u", "undone in post 1")
    w.keys("e", r": in box %d" % (found + 1))
    w.keys("\x1b", r"accept all, next")
    w.refuse(r"#\?")
    w.keys("s", "saved ")
    w.leave()
    saved = objects()
    same(len(saved), found + 1)
    same({o["source"] for o in saved[:-1]} if found else set(), {"detector"} if found else set())
    same((saved[-1]["label"], saved[-1]["source"], saved[-1]["by"]), ("person", "human", "ana"))
    same(saved[-1]["box"], right)
    post = json.load(open(file))["posts"][0]
    same([e["grounding"] for e in post["entities"] if "grounding" in e], [[saved[-1]["id"]]])
    w = Workbench(file, "--graphics", "none", columns=120, rows=36).started()  # back through the restart
    w.keys("uuuuuu", "undone in post 1")
    w.keys("B", r"box 1|no box")
    w.refuse(r"%d person.* by you" % (found + 1) if found else "never")
    w.leave("\x1bqq")


def mouse(w, code, column, row, down=True):
    w.send("\x1b[<%d;%d;%d%s" % (code, column + 1, row + 1, "M" if down else "m"))
    w.settle(0.03)  # nobody's hand is faster


def drag(w, start, end):
    mouse(w, 0, *start)
    for i in range(1, 4):
        mouse(w, 32, *(start[k] + (end[k] - start[k]) * i // 3 for k in range(2)))
    mouse(w, 0, *end, down=False)


def picture_cells(w):
    """The cells that the picture takes: first and last column and row with half blocks."""
    cells = [(x, y) for y, line in enumerate(w.screen.cells) for x, c in enumerate(line) if c == "▀"]
    return min(c[0] for c in cells), min(c[1] for c in cells), max(c[0] for c in cells), max(c[1] for c in cells)


def by_mouse():
    """the mouse: drag draws, a click chooses, the chosen one moves and its corner resizes"""
    file, _ = corpus(CAT)
    w = Workbench(file, "--graphics", "blocks", columns=120, rows=40).started()
    w.settle()
    w.keys("B", "no box yet")
    x0, y0, x1, y1 = picture_cells(w)
    middle = (x0 + x1) // 2, (y0 + y1) // 2
    drag(w, (middle[0] - 10, middle[1] - 4), (middle[0], middle[1]))
    w.expect("label of box 1")
    w.keys("first\r", "box 1: first")
    first = size(w, ">1 first")
    drag(w, (middle[0] + 4, middle[1] - 4), (middle[0] + 12, middle[1] + 2))
    w.expect("label of box 2")
    w.keys("\r", "box 2: no label")
    mouse(w, 0, middle[0] - 5, middle[1] - 2)
    mouse(w, 0, middle[0] - 5, middle[1] - 2, down=False)
    w.expect("box 1 first")
    drag(w, (middle[0] - 5, middle[1] - 2), (middle[0] - 8, middle[1] - 2))
    w.expect("box 1 changed")
    moved = size(w, ">1 first")
    same((moved[2] - moved[0], moved[1]), (first[2] - first[0], first[1]))
    if moved[0] >= first[0]:
        raise AssertionError("%r is not left of %r" % (moved, first))
    drag(w, (middle[0] - 3, middle[1]), (middle[0] - 1, middle[1] + 2))
    w.expect("box 1 changed")
    larger = size(w, ">1 first")
    same(larger[:2], moved[:2])
    if larger[2] <= moved[2] or larger[3] <= moved[3]:
        raise AssertionError("%r is not larger than %r" % (larger, moved))
    row = next(i for i, line in enumerate(w.screen.lines()) if " 2 no label" in line)  # in the list of boxes, too
    mouse(w, 0, w.screen.lines()[row].index("2 no label"), row)
    mouse(w, 0, w.screen.lines()[row].index("2 no label"), row, down=False)
    w.expect(">2 no label")
    drag(w, (middle[0] + 8, middle[1] - 8), (middle[0] + 200, middle[1] + 200))  # beyond the picture
    w.expect("label of box 3")
    w.keys("\x1b")
    w.keys("\x1b")
    mouse(w, 0, middle[0] - 8, middle[1] - 2)  # from the words, too
    mouse(w, 0, middle[0] - 8, middle[1] - 2, down=False)
    w.expect("box 1 first")
    w.keys("s", "saved ")
    w.leave("\x1bq")
    saved = objects()
    same(saved[0]["box"], larger)
    same("label" in saved[1], False)


def masks():
    """a box's number hides it from the model: marks show what changes, the corpus stays"""
    file, boxes = corpus(ROB)  # a cat makes Rob one
    whole = json.load(open(file))
    whole["posts"][0]["objects"] = boxes[0]
    write("boxes.json", json.dumps(whole))
    before = open(file).read()
    w = Workbench(file, "--graphics", "none", model=MINI, columns=120, rows=36).started()
    w.expect(r"model mini \d+ ms")
    w.settle()
    w.keys("B1", r"hidden #1: \d+ of \d+ change, match \S+→")
    w.expect(r"hidden #1: [1-9]\d* of")
    w.expect(r"Rob +\S+\? \S+[▼▲≠✕]→")
    w.expect("hidden from the model")
    w.keys("1", "the model sees box 1 again")
    w.refuse(r"hidden #1|▼|▲|≠|✕")
    w.keys("m", r"hidden #1: \d+ of")
    w.keys("0", "sees all of the picture again")
    w.leave("\x1bq")
    same(open(file).read(), before)
    same(os.path.exists(file + ".journal") and os.path.getsize(file + ".journal") > 0, False)


def calm():
    """the picture is painted only when it changes: not while a label is typed"""
    file, boxes = corpus(CROWD)
    whole = json.load(open(file))
    whole["posts"][0]["objects"] = boxes[0]
    write("boxes.json", json.dumps(whole))
    w = Workbench(file, "--graphics", "sixel", columns=100, rows=30).started()
    w.settle()
    w.keys("B", "box 1 ")
    w.settle(0.4)
    seen = w.screen.pictures
    w.keys("t", "label of box 1")
    for key in "abcdefgh":
        w.keys(key)
    w.settle(0.3)
    same(w.screen.pictures, seen)
    w.keys("\x1b")
    for _ in range(5):
        w.keys("w")
    w.settle(0.3)
    same(w.screen.pictures, seen)
    w.send("llllllllll")
    w.settle(0.5)
    painted = w.screen.pictures - seen
    if not 1 <= painted <= 10:
        raise AssertionError("%d pictures for ten steps" % painted)
    w.keys("\x1b")
    w.leave("\x1bq")


def refusals():
    """where there is nothing to look at, or nothing that could look, one line says so"""
    file, boxes = corpus(CAT, CROWD)
    whole = json.load(open(file))
    whole["posts"][0]["image"] = "gone.jpg"
    whole["posts"][1]["objects"] = boxes[1]
    whole["posts"].append({"id": "bare", "tokens": ["nothing"]})
    whole["posts"].append({"id": "broken", "tokens": ["broken"], "image": "broken.jpg"})
    write("images/broken.jpg", "no picture")
    write("boxes.json", json.dumps(whole))
    w = Workbench(file, "--graphics", "blocks", model=MINI, columns=120, rows=30).started()
    w.expect(r"model mini \d+ ms")
    w.keys("X", "its picture is not there")
    w.keys("Bn", "there is no picture to draw on")
    w.keys("\x1bJJ", "post 3 of 4")
    w.keys("X", "this post has no picture")
    w.keys("B", "this post has no picture")
    w.keys("J", "post 4 of 4")
    w.keys("X", "broken.jpg: neither JPEG nor PNG")
    w.leave()
    w = Workbench(file, "--graphics", "none", "--no-image", model=MINI).started()
    w.expect(r"model mini \d+ ms")
    w.keys("X", "the pictures are hidden")
    w.leave()
    w = Workbench(file, "--graphics", "none").started()  # boxes need no model
    w.keys("J", "post 2 of 4")
    w.keys("Bx", "deleted box 1")
    w.keys("1", "no model is there to hide it from|there is no box 1")
    w.leave("\x1bqq")


sys.exit(main([keys, by_mouse, masks, calm, refusals]))
