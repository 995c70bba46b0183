"""The workbench as people use it, on a pseudo-terminal. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import re
import shutil
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ptyterm import Program  # noqa: E402
from workbench_try import MINI, MMIB, SRCDIR, Workbench, demo, labels, main, mmib, path, read, same, write  # noqa: E402

CONLL = """IMGID:p1
RT	O
Rob	B-PER
Lind	I-PER
met	O
Ana	O
at	O
Camp	O
Nou	O

IMGID:p2
Acme	B-ORG
opens	O
in	O
Oslo	O

IMGID:p3
nothing	O
here	O

"""


def foreign_file():
    """a CoNLL file: label, retype, delete, undo, redo, done, save, quit"""
    source = write("test.txt", CONLL)
    w = Workbench(source, "--export", "conll", "--graphics", "none").started()
    w.expect(r"kept in test\.mmib\.json beside it; test.txt stays as it is")
    w.expect(r"PER 1 .*ORG 1 .*ana")
    w.keys("wwwwwwv\x1b[Ctl", r"Camp Nou is LOC")  # Camp Nou, by v, right, t, l
    w.expect(r"LOC 1\b")
    w.keys("0wwwwp", "Ana is PER")
    w.keys("to", "Ana is ORG")
    w.keys("x", "deleted Ana ORG")
    w.keys("u", r"undone in post 1: \+ORG")
    w.expect("ORG 2")
    w.keys("u", "undone in post 1: ORG is PER")
    w.expect("PER 2")
    w.keys("\x12", "done again in post 1: PER is ORG")
    w.expect("ORG 2")
    w.keys("D", "post 1 is done")
    w.expect("journaled", 3)
    w.keys("J", "post 2 of 3")
    w.keys("$L", "Oslo is LOC")
    w.keys("s", "saved .*test.mmib.json")
    w.expect("✓ saved")
    w.leave("q")
    same(read("test.txt"), CONLL)
    corpus = json.loads(read("test.mmib.json"))
    same(labels(corpus, 0), [(1, 3, "PER"), (4, 5, "ORG"), (6, 8, "LOC")])
    same(labels(corpus, 1), [(0, 1, "ORG"), (3, 4, "LOC")])
    same(corpus["posts"][0]["status"], "done")
    made = [e for e in corpus["posts"][0]["entities"] if e["type"] == "LOC"][0]
    same((made["source"], made["by"], made["decision"]), ("human", "ana", "created"))
    wanted = CONLL.replace("Ana\tO", "Ana\tB-ORG").replace("Camp\tO", "Camp\tB-LOC").replace("Nou\tO", "Nou\tI-LOC")
    same(read("test.mmib.conll"), wanted.replace("Oslo\tO", "Oslo\tB-LOC"))
    w = Workbench(source, "--graphics", "none").started()  # goes on where it was
    w.expect(r"1 of 3 done")
    w.expect(r"LOC 2\b")
    w.leave()


def proposals():
    """proposals: one accepted, one refused, all accepted"""
    corpus = demo()
    said = mmib("predict", corpus, "--model", MINI, "--to", "json")
    same(said.returncode, 0)
    predicted, own = json.loads(said.stdout), json.load(open(corpus))
    kept = [labels(own, i) for i in range(len(own["posts"]))]
    free = [[p for p in labels(predicted, i) if not any(p[0] < k[1] and k[0] < p[1] for k in kept[i])]
            for i in range(len(kept))]
    several = [i for i, f in enumerate(free) if len(f) >= 2]
    one = next(i for i in several)
    w = Workbench(corpus, "--graphics", "none", model=MINI).started()
    for _ in range(one):
        w.send("J")
    w.expect(r"post %d of " % (one + 1))
    w.expect(r"model mini \d+ ms")
    w.expect(r"\?( |$)")
    first, second = free[one][:2]
    w.keys("l" * first[0])
    w.keys("a", "accepted .* " + first[2])
    w.keys("x", "refused .* " + second[2])
    other = next((i for i in several if i != one), one + 1)
    w.keys("g" + "J" * other, r"post %d of " % (other + 1))
    w.expect(r"model mini \d+ ms")
    w.settle()
    w.keys("\r", r"post %d done, (\d+) proposals? accepted" % (other + 1))
    w.keys("s", "saved ")
    w.leave()
    got = json.load(open(corpus))
    same(labels(got, one), sorted(kept[one] + [first]))
    entity = [e for e in got["posts"][one]["entities"] if (e["start"], e["end"]) == first[:2]][0]
    same((entity["source"], entity["decision"], entity["by"]), ("human", "accepted", "ana"))
    same(len(entity["model"]), 64)
    same([(e["start"], e["end"], e["type"]) for e in got["posts"][one]["rejected"]], [second])
    same(labels(got, other), sorted(kept[other] + free[other]))
    same(got["posts"][other]["status"], "done")
    w = Workbench(corpus, "--graphics", "none", model=MINI).started()  # what was refused stays away
    w.keys("J" * one, r"post %d of " % (one + 1))
    w.expect(r"model mini \d+ ms")
    w.settle()
    if re.search(r"^.*\b%s\? " % second[2], "\n".join(w.screen.lines()[-12:-2]), re.M) and len(free[one]) == 2:
        raise AssertionError("a refused proposal came back:\n" + w.screen.text())
    w.leave()


def relations():
    """a relation by hand: only labels that fit, and with its inverse"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none").started()
    w.keys("vwp", "Rob is is PER")
    w.keys("$p", "is PER")
    w.keys("r", "number of the head")
    w.keys("1", "number of the tail")
    w.keys("2", "which relation")
    w.expect("o +/per/per/couple")
    w.refuse("/per/org/member_of")
    w.keys("o", "relation /per/per/couple")
    w.keys("s", "saved ")
    same([r["type"] for r in json.load(open(corpus))["posts"][0]["relations"]], ["/per/per/couple"])
    w.keys("u", "undone")
    w.keys("s", "saved ")
    same(json.load(open(corpus))["posts"][0].get("relations", []), [])
    w.leave()


def lock():
    """a second writer is kept out, a reader is not"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none").started()
    second = mmib("annotate", corpus)
    same(second.returncode, 1)
    same(len(second.stderr.splitlines()), 1)
    reader = Workbench(corpus, "--graphics", "none", "--read-only").started("read-only")
    reader.keys("p", "read.only")
    reader.leave()
    w.keys("p", "Rob is PER")
    w.leave("qq")
    w = Workbench(corpus, "--graphics", "none").started("came back from the journal")
    w.keys("q", "journal keeps")
    w.keys("\x1b")
    w.keys("q", "save them and quit")
    w.leave("s")
    same(labels(json.load(open(corpus)), 0), [(0, 1, "PER")])
    same(mmib("annotate", corpus, "--graphics", "none").returncode, 4)  # no terminal
    foreign = write("a_file_of_another_format_with_a_name.txt", CONLL)
    w = Workbench(foreign, "--graphics", "none", columns=80).started("the work is kept in a_file")
    w.keys("p", "is PER")
    w.leave("qq")
    w = Workbench(foreign, "--graphics", "none", columns=80).started("1 unsaved change came back from the journal; the")
    w.leave("qq")


def sizes():
    """every size, and from one to the other"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "blocks", rows=24, columns=80, model=MINI).started()
    for rows, columns in ((20, 60), (50, 160), (100, 300), (24, 80), (10, 40), (30, 100)):
        w.resize(rows, columns)
        if rows < 20:
            w.expect(r"too small: %dx%d" % (columns, rows))
            continue
        w.expect(r"─ labels ")
        w.settle()
        w.expect(r"PER \d+ +LOC \d+ +ORG \d+ +MISC \d+")
        w.expect(r"a accept +⏎ accept all.*\? help.*p PER +l LOC +o ORG +m MISC")
        w.expect(r"\[?Rob\]?")
        w.expect("▀")
        w.keys("?", "─ keys ─|keys ─")
        w.keys("\x1b")
        w.gone("─ keys ─|keys ─")
        w.keys("t", "─ type |type ─")
        w.keys("\x1b")
        w.gone("─ type |type ─")
    w.leave()


def words_stay():
    """no label moves a word"""
    corpus = write("c.json", json.dumps({"format": "mmib-corpus", "version": 1,
                                         "schema": {"entities": ["PER", "LOC"], "relations": []},
                                         "posts": [{"id": "a", "tokens": ["word%d" % i for i in range(40)]}]}))
    w = Workbench(corpus, "--graphics", "none", rows=70, columns=80).started()

    def places():
        lines = w.screen.lines()
        titles = [i for i, line in enumerate(lines) if re.search("─ (text|labels) ─", line)]
        return [(y, m.start(), m.group()) for y in range(titles[0], titles[1])
                for m in re.finditer(r"word\d+", lines[y][lines[y].find("│"):])]

    before = places()
    same(len({word for _, _, word in before}), 40)
    w.keys("p")
    w.keys("wwvlLwwvlllpllvtl")
    w.keys("0jvjtp")
    same(places(), before)
    w.leave("qq")


def untrusted():
    """what posts hold never drives the terminal"""
    nasty = ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b2J", "a\u202eb", "bell\x07", "\x1bc"]
    corpus = write("c.json", json.dumps({
        "format": "mmib-corpus", "version": 1, "images": "\x1b[5mimages",
        "schema": {"entities": ["PER", "\x1b[7mX"], "relations": []},
        "posts": [{"id": "\x1b[2J", "tokens": nasty, "image": "../\x1b[41mx.jpg", "objects": [
            {"id": "o", "box": [0, 0, 1, 1], "label": "\x1b[32mcat"}], "entities": [
                {"id": "e", "start": 0, "end": 2, "type": "\x1b[7mX"}]}]}))
    raw = []
    w = Workbench(corpus, "--graphics", "none")
    w.decoder = type("Tee", (), {"decode": lambda self, data, inner=w.decoder: raw.append(data) or inner.decode(data)})()
    w.started()
    w.settle()
    w.keys("Dt\x1b?")
    w.leave("\x1bqq")
    output = b"".join(raw)
    for bad in (b"\x1b[31mred", b"\x1b]0;", b"\xc2\x9b", b"\x1b[32mcat", b"\x1b[41mx", b"\x1b[7mX", b"bell\x07", b"\x1bc",
                "\u202e".encode()):
        if bad in output:
            raise AssertionError("%r reached the terminal" % bad)


def pictures_that_are_none():
    """missing, broken and refused pictures are states, not crashes"""
    os.mkdir(path("images"))
    write("images/broken.jpg", "this is no picture")
    corpus = write("c.json", json.dumps({
        "format": "mmib-corpus", "version": 1, "images": "images",
        "schema": {"entities": ["PER"], "relations": []},
        "posts": [{"id": str(i), "tokens": ["word"], **({"image": image} if image else {})}
                  for i, image in enumerate([None, "gone.jpg", "broken.jpg", "../c.json"])]}))
    w = Workbench(corpus, "--graphics", "blocks", model=MINI).started("no picture")
    w.keys("J", "picture missing")
    w.keys("J", "picture broken")
    w.keys("J", "picture refused")
    w.expect(r"model mini \d+ ms")
    w.keys("p", "word is PER")
    w.leave("qq")


def models_that_are_none():
    """without a model, or with a broken one, people can work"""
    source = write("test.txt", CONLL)
    w = Workbench(source, "--graphics", "none").started("model FAILED")
    w.expect("no-model")
    w.keys("p", "RT is PER")
    w.leave("qq")
    os.mkdir(path("bad"))
    write("bad/config.json", "{")
    w = Workbench(source, "--graphics", "none", "--model", path("bad")).started(r"config\.json")
    w.leave("qq")


def unseen_and_nothing():
    """a post that the model has not seen looks different from one that it has nothing to say about"""
    corpus = write("c.json", json.dumps({"format": "mmib-corpus", "version": 1,
                                         "schema": {"entities": ["PER"], "relations": []},
                                         "posts": [{"id": "a", "tokens": ["the"]}]}))
    w = Workbench(corpus, "--graphics", "none", model=MINI).started()
    w.expect(r"model has nothing to propose|PER\?")
    w.refuse("has not seen")
    w.leave()


def graphics():
    """sixel where the terminal has it, half blocks where not, and by hand"""
    corpus = demo()
    w = Workbench(corpus, sixel=True).started()
    if not w.wait_for(lambda: w.screen.pictures > 0, 20):
        raise AssertionError("no sixel picture came")
    w.settle(0.3)
    before = w.screen.pictures
    w.keys("l")
    w.keys("h")
    same(w.screen.pictures, before)  # an unchanged picture is not sent again
    w.keys("i", "half blocks")
    w.expect("▀")
    w.keys("i", "picture not drawn")
    w.leave()
    w = Workbench(corpus).started()
    w.expect("▀")
    same(w.screen.pictures, 0)
    w.leave()


def no_colour():
    """NO_COLOR, and a plain terminal"""
    corpus = demo()
    # Without the last, curses would look for the console's mouse daemon, whose library leaks.
    for term, env in (("xterm-256color", {"NO_COLOR": "1"}), ("vt100", {}), ("linux", {"NCURSES_GPM_TERMS": "none"})):
        raw = []
        w = Workbench(corpus, "--graphics", "blocks", env=env, term=term, model=MINI)
        w.decoder = type("Tee", (), {"decode": lambda self, data, inner=w.decoder: raw.append(data) or
                                     inner.decode(data)})()
        w.started("labels ")
        w.keys("vwp", "Rob is is PER")
        w.leave("qq")
        if term != "linux" and re.search(rb"\x1b\[(\d+;)*([34][0-7]|[34]8;[0-9;]*)(;\d+)*m", b"".join(raw)):
            raise AssertionError("a colour with %s %s" % (term, env))


def mouse():
    """clicks and dragging"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none").started()

    def place(text):
        y = max(i for i, line in enumerate(w.screen.lines()) if text in line and "─" not in line)
        return w.screen.lines()[y].index(text), y

    def button(code, x, y, final="M"):
        w.keys("\x1b[<%d;%d;%d%s" % (code, x + 1, y + 1, final))

    w.settle()
    x, y = place("dinner")
    button(0, x, y)
    button(0, x, y, "m")
    same(w.screen.reversed_text().strip(), "dinner")
    x2, _ = place("time")
    button(0, x, y)
    button(32, x2, y)
    button(0, x2 + 1, y, "m")
    w.keys("o", "dinner time is ORG")
    _, y = place("handsome ,")
    x, x2 = (w.screen.lines()[y].rindex(word) for word in ("so ", "handsome ,"))
    w.send("\x1b[<0;{0};{2}M\x1b[<32;{1};{2}M\x1b[<0;{1};{2}m".format(x + 1, x2 + 1, y + 1))  # the same in one packet
    w.keys("m", "so handsome is MISC")
    w.keys("u", "undone")
    button(0, 8, 5)  # the fourth post of the list
    button(0, 8, 5, "m")
    w.refuse("dinner time is ORG")
    w.expect(r"post 4 of ")
    button(65, 50, 10)
    w.expect(r"post 5 of ")
    w.send("\x1b[<0;9;8M\x1b[<0;9;8m")  # both halves in one packet
    w.expect(r"post 6 of ")
    w.leave("qq")


def losses():
    """what an export cannot hold is said when it is saved"""
    source = write("test.txt", CONLL)
    w = Workbench(source, "--export", "conll", "--graphics", "none").started()
    w.keys("lvllltm", "MISC")
    w.keys("s", r"saved .*not in the exports: .*overlap")
    w.leave()


def signals():
    """told to end, it ends, and the journal has the work"""
    corpus = demo()
    for number in (signal.SIGTERM, signal.SIGHUP):
        w = Workbench(corpus, "--graphics", "none").started()
        w.keys("llp" if number == signal.SIGTERM else "p", "is PER")
        os.kill(w.pid, number)
        if w.wait(5) is None:
            raise AssertionError("it did not end")
        w.close()
    out = mmib("convert", corpus, "-", "--to", "json")
    same(labels(json.loads(out.stdout), 0), [(0, 1, "PER"), (2, 3, "PER")])


def typed_ahead():
    """keys that come before the first screen count"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none")
    w.send("lp")
    w.started("is is PER")
    w.leave("qq")


def usage():
    """wrong usage, and files that are no corpus"""
    same(mmib("annotate").returncode, 2)
    same(mmib("annotate", "x", "--graphics", "oil").returncode, 2)
    same(mmib("annotate", "x", "--export", "conll,pdf").returncode, 2)
    same(mmib("annotate", path("gone.json")).returncode, 4)
    same(mmib("annotate", write("bad.json", '{"format": "mmib-corpus"')).returncode, 3)
    same(mmib("annotate", write("empty.json", '{"format": "mmib-corpus", "version": 1, "schema": {"entities": [], '
                                '"relations": []}, "posts": []}')).returncode, 3)


def demonstration():
    """mmib demo works on a copy"""
    state = path("state")
    for _ in range(2):
        w = Program([MMIB, "demo", "--graphics", "none"], 30, 100, {"XDG_STATE_HOME": state, "USER": "ana"})
        if not w.wait_for("this is a copy", 20):
            raise AssertionError("no screen:\n" + w.screen.text())
        w.send("p")
        w.wait_for("is PER")
        w.send("s")
        w.wait_for("saved ")
        w.send("q")
        same(w.wait(), 0)
        w.close()
    same(labels(json.load(open(os.path.join(state, "mmib/demo/demo.json"))), 0), [(0, 1, "PER")])
    same(labels(json.load(open(os.path.join(SRCDIR, "corpora/demo/start.json"))), 0), [])


TESTS = [foreign_file, proposals, relations, lock, sizes, words_stay, untrusted, pictures_that_are_none,
         models_that_are_none, unseen_and_nothing, graphics, no_colour, mouse, losses, signals, typed_ahead, usage,
         demonstration]


if __name__ == "__main__":
    sys.exit(main(TESTS))
