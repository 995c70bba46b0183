"""The overview of an inspection, on a pseudo-terminal: its numbers are eval's, each opens its cases, corrected gold counts
at once, two systems, leaked posts, a model that fills in. Prints TAP.

environment: MMIB (the program), SRCDIR, TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import MINI, Workbench, demo, labels, main, mmib, path, read, same, write  # noqa: E402

# Two right, one too short, one of another type, one of both, one missed, one too many.
GOLD = ["O B-PER I-PER O B-LOC", "B-ORG I-ORG O O O", "O B-LOC I-LOC O O", "O B-MISC I-MISC O O", "O O O B-PER O",
        "O O O O O"]
A = ["O B-PER I-PER O B-LOC", "B-ORG O O O O", "O B-ORG I-ORG O O", "O O B-PER O O", "O O O O O", "B-LOC O O O O"]
# Right where A is too short or missed one; wrong about the first two.
B = ["O B-ORG I-ORG O O", "B-ORG I-ORG O O O", "O B-ORG I-ORG O O", "O O O O O", "O O O B-PER O", "O O O O O"]


def conll(name, tags, first=0, pictures=0):
    """The words of a post go with its number."""
    posts = []
    for i, line in enumerate(tags, first):
        posts.append("IMGID:%d\n" % (i + pictures) +
                     "".join("%s%d\t%s\n" % (w, i, t) for w, t in zip("abcde", line.split())) + "\n")
    return write(name, "".join(posts))


def inspect(*arguments, rows=30, columns=130, first="all errors", **kinds):
    w = Workbench(*arguments, "--graphics", "none", command="inspect", rows=rows, columns=columns, **kinds)
    w.expect(first)
    return w


def evaluated(*arguments):
    done = mmib("eval", *arguments, "--mode", "default", "--json")
    same(done.returncode, 0)
    return json.loads(done.stdout)


def number(w, row, column=1):
    """Of a row of the first table."""
    w.settle()
    return re.search(r"^ %s[ ▸]+(\S+)(?:[ ▸]+(\S+))?" % re.escape(row), w.screen.text(), re.M).group(column)


def classes():
    """classes, counts and confusions of a small corpus, and the cases behind them"""
    gold, pred = conll("gold.txt", GOLD), conll("a.txt", A)
    w = inspect(gold, "--pred", pred)
    w.expect(r"A a.txt +gold 6 system 6  P 33.33 R 33.33 F1 33.33 \(seqeval, default\)")
    w.expect(r"gap 66.67 = model 0.00 \+ gold 0.00 \+ not judged 66.67")
    for row, n, points in (("all errors", 5, 66.7), ("type", 1, 16.7), ("boundary", 1, 16.7), ("boundary+type", 1, 16.7),
                           ("missed", 1, 8.3), ("spurious", 1, 8.3)):
        same((number(w, row), number(w, row, 2)), (str(n), str(points)))
    same(number(w, "correct"), "2")
    w.expect(r"LOC +1 +· +1 +· +· *│")
    w.expect(r"none +1 +· +· +· +│")
    w.keys("j\r", "1 case, by file")
    w.expect("─ case 1/1  type")
    w.expect(r"▶3 t +b2 c2")
    w.keys("o", "classes")
    w.keys("\t", "gold LOC, said LOC: 1 cases")
    w.keys("l", "gold LOC, said ORG: 1 cases")
    w.keys("\r", "gold LOC as ORG")
    w.keys("M")
    w.leave()


def corrected():
    """corrected gold counts at once, also what was undone; the file that was published stays as it is"""
    gold, pred = conll("gold.txt", GOLD), conll("a.txt", A)
    before = read("gold.txt")
    w = inspect(gold, "--pred", pred)
    w.keys("j\r", "─ case 1/1  type")
    w.keys("eto", "c2 is ORG|ORG")
    w.keys("M", "0 cases, by file")
    w.keys("n", "this is the last case")
    w.keys("o", r"F1 50.00")
    w.expect(r"gap 66.67 of gold as published = model 0.00 \+ gold 16.67 \+ not judged 50.00")
    same(number(w, "all errors"), "4")
    w.keys("u", "undone in post 3")
    w.expect("F1 33.33")
    w.keys("U", "done again in post 3")
    w.keys("s", "saved gold.mmib.json")
    w.leave()
    same(read("gold.txt"), before)
    same(labels(json.loads(read("gold.mmib.json")), 2), [(1, 3, "ORG")])
    w = inspect(gold, "--pred", pred, first="F1 50.00")
    w.expect("gap 66.67 of gold as published")
    w.leave()


def two_systems():
    """who of two is right, by class; only flips; the difference as eval has it"""
    gold, a, b = conll("gold.txt", GOLD), conll("a.txt", A), conll("b.txt", B)
    w = inspect(gold, "--pred", a, "--pred2", b)
    w.expect("▶A a.txt")
    w.keys("t", "▶B b.txt")
    w.expect(r"all errors[ ▸]+4 ")
    w.keys("t", r"who is right +A only +B only +neither +both")
    w.expect(r"all[ ▸]+2 +3 +2 +·\s*$")
    paired = evaluated(gold, a, b)["paired"]["ner"]
    drawn = paired["bootstrap"]
    w.expect(re.escape("B - A  F1 %+.2f [%+.2f, %+.2f]  labels: A alone 2, B 2, McNemar p %.3f" %
                       (100 * drawn["delta"], 100 * drawn["low"], 100 * drawn["high"], paired["mcnemar"]["p"])))
    w.keys("l\r", "right: B alone")
    w.expect("3 cases, by file")
    w.expect(r"▶2 B b +a1 b1")
    w.keys("o")
    w.keys("h\r", "right: A alone")
    w.expect("2 cases")
    w.keys("o")
    w.keys("l")
    w.keys("l\r", "right: neither")
    w.keys("f", "flips only: 0 cases")
    w.leave()


def leaked():
    """posts that are in the training data are told, and left out on request"""
    gold, pred, train = conll("gold.txt", GOLD), conll("a.txt", A), conll("train.txt", GOLD[2:4], 2, 90)
    w = inspect(gold, "--pred", pred, "--train", train)
    w.expect("2 of 6 posts are in the training data")
    w.keys("L", "left out")
    w.expect("gold 4 system 4")
    same(number(w, "all errors"), "3")
    w.keys("\r", "3 cases")
    w.keys("o")
    w.keys("L", "gold 6 system 6")
    w.leave()


def small_and_mouse():
    """in 80 columns every table is reached; a click opens a number, and goes to a case of the list"""
    gold, pred = conll("gold.txt", GOLD), conll("a.txt", A)
    w = inspect(gold, "--pred", pred, rows=24, columns=80, env={"NO_COLOR": "1"})
    w.expect("F1 33.33 .seqeval, default.")
    w.keys("\t", "gold LOC, said LOC")
    w.keys("\t", r"length in words")
    w.expect("Tab next table")
    w.keys("\t", r"people say: wrong is")
    w.keys("j", "gold: 0 cases|not said")
    w.keys("\t", "all errors")
    w.settle()
    lines = w.screen.lines()
    row = next(i for i, line in enumerate(lines) if line.startswith(" all errors"))
    w.keys("\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (18, row + 1, 18, row + 1), "5 cases, by file")
    w.settle()
    row = next(i for i, line in enumerate(w.screen.lines()) if re.match(r" 5 −", line))
    w.keys("\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (8, row + 1, 8, row + 1), "─ case 4/5  missed")
    w.resize(50, 160)
    w.keys("o", r"classes .*│ gold . A .*│ buckets .*│ judged")
    w.leave()


def refused():
    """other words, two sources of one system, a corpus in other hands: one line each, and the exit status"""
    gold, pred = conll("gold.txt", GOLD), conll("a.txt", A)
    other = write("other.txt", read("a.txt").replace("c3", "x3"))
    done = mmib("inspect", gold, "--pred", other)
    same((done.returncode, done.stderr.count("\n")), (3, 1))
    if not re.search(r"other.txt: post 4 \(3\): token 3 is x3, and in .*gold.* it is c3", done.stderr):
        raise AssertionError(done.stderr)
    short = write("short.txt", read("a.txt").split("IMGID:5")[0])
    done = mmib("inspect", gold, "--pred", short)
    same(done.returncode, 3)
    same(mmib("inspect", gold, "--pred", pred, "--model", MINI).returncode, 2)
    same(mmib("inspect", gold, "--pred", path("nowhere")).returncode, 4)
    w = inspect(gold, "--pred", pred)
    same(mmib("inspect", gold, "--pred", pred).returncode, 1)
    reader = inspect(gold, "--pred", pred, "--read-only")
    reader.keys("j\r", "─ case 1/1  type")
    reader.keys("eto", "read-only")
    reader.keys("M", "1 case, ")
    reader.leave()
    w.leave()


def model():
    """a model's labels fill in, with its progress, and add up to what predict and eval say"""
    gold = os.path.join(os.path.dirname(demo()), "demo.json")
    same(mmib("predict", gold, "--model", MINI, "-o", path("pred.json"), "--quiet").returncode, 0)
    same(mmib("predict", gold, "--model", MINI, "-o", path("pairs.json"), "--quiet", "--gold-entities").returncode, 0)
    ner = evaluated(gold, path("pred.json"))["ner"]["micro"]
    pairs = evaluated(gold, path("pairs.json"))["re"]["micro"]
    w = inspect(gold, "--model", MINI, first="of 68 posts|all errors[ ▸]+20 ")
    w.gone("of 68 posts")
    w.expect(r"gold %d system %d  P %.2f R %.2f F1 %.2f" % (ner["tp"] + ner["fn"], ner["tp"] + ner["fp"],
                                                           100 * ner["p"], 100 * ner["r"], 100 * ner["f1"]))
    w.keys("r", r"gold %d system %d  P %.2f R %.2f F1 %.2f" % (
        pairs["tp"] + pairs["fn"], pairs["tp"] + pairs["fp"], 100 * pairs["p"], 100 * pairs["r"], 100 * pairs["f1"]))
    w.leave()


if __name__ == "__main__":
    sys.exit(main([classes, corrected, two_systems, leaked, small_and_mouse, refused, model]))
