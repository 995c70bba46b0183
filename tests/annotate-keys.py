"""Keys, words, notes: how many keys people need, and what each of them does, in a terminal. Prints TAP.

environment: MMIB (the program), SRCDIR, TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import MINI, Workbench, demo, labels, main, mmib, path, read, same, write  # noqa: E402


def corpus(posts, types=("PER", "LOC", "ORG", "MISC"), relations=()):
    return write("c.json", json.dumps({
        "format": "mmib-corpus", "version": 1,
        "schema": {"entities": list(types), "relations": list(relations)},
        "posts": [dict(post, id="p%d" % i) for i, post in enumerate(posts)]}))


LIVE_IN = {"name": "/per/loc/live_in", "head": ["PER"], "tail": ["LOC"]}
WORDS = {"tokens": "Rob Lind met Ana at Camp Nou today".split()}


def presses(keys):
    """How many keys the bytes are: an escape sequence is one."""
    return len(re.findall(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO.|.", keys, re.S))


def counted(w, keys, most, expect):
    if presses(keys) > most:
        raise AssertionError("%d keys for what may take %d: %r" % (presses(keys), most, keys))
    w.keys(keys, expect)


def few_keys():
    """at most four keys for a label or a relation, two to change one, one to take one"""
    w = Workbench(corpus([WORDS], relations=[LIVE_IN]), "--graphics", "none").started()
    counted(w, "vlp", 4, "Rob Lind is PER")  # the cursor is on the first of two tokens
    w.keys("l" * 4)
    counted(w, "v\x1b[CL", 4, "Camp Nou is LOC|Camp is LOC|at Camp is LOC")
    w.keys("u")
    w.keys("0lllll")
    counted(w, "v\x1b[Ctl", 4, "Camp Nou is LOC")  # l moves, so it is asked for
    counted(w, "r12l", 4, "relation /per/loc/live_in")
    w.keys("0")
    counted(w, "to", 2, "Rob Lind is ORG")
    counted(w, "p", 1, "Rob Lind is PER")
    counted(w, "x", 1, "deleted Rob Lind PER")
    w.leave("sq")


def one_key_for_a_proposal():
    """one key takes a proposal, one all of them and goes on"""
    w = Workbench(demo(), "--graphics", "none", model=MINI).started()
    for _ in range(60):
        w.settle(0.1)
        w.expect(r"model mini \d+ ms")
        w.settle(0.1)
        found = re.search(r"^[^│]*│ (\d) .*\b(PER|LOC|ORG|MISC)\? ", w.screen.text(), re.M)
        if found:
            break
        w.keys("J")
    w.keys("a", "accepted|accepts this one")
    if "accepts this one" in w.screen.text():  # the cursor was elsewhere: it is there now
        counted(w, "a", 1, "accepted")
    post = int(re.search(r"post (\d+) of|(\d+)/\d+", w.head()).group(1))
    counted(w, "\r", 1, r"post %d done" % post)
    w.expect(r"post %d of" % (post + 1))
    w.leave("sq")


def hints():
    """numbers stand at the entities while head and tail are asked for"""
    entities = [{"id": "e%d" % i, "start": s, "end": e, "type": t}
                for i, (s, e, t) in enumerate([(0, 2, "PER"), (3, 4, "PER"), (5, 7, "LOC")])]
    w = Workbench(corpus([dict(WORDS, entities=entities)], relations=[LIVE_IN]), "--graphics", "none").started()
    w.keys("r", "1PER +2PER +3LOC")
    w.expect(r"^[^│]*│ 1 Rob Lind")
    w.keys("7", "there is no entity 7: number of the head")
    w.keys("1", "number of the tail")
    w.expect("1PER→ +2PER +3LOC")
    w.keys("3", "PER→3 +PER +LOC←1")
    w.keys("l", "relation /per/loc/live_in")
    w.keys("\x1b0", "PER→3 ─* PER ─*▸? LOC←1")  # the entity under the cursor shows its relations
    w.keys("3l")
    w.keys("lll")
    w.refuse("PER→")
    w.keys("Z", r"Z does nothing here; \? shows the keys")
    w.keys("?", r"keys ─+ [0-9]+ lines further down ▼")
    w.keys(" " * 40, "Close the help|close the help")
    w.refuse("further down ▼")
    w.keys("q", "labels")
    w.leave("sq")


def legend():
    """the letters of labels are always there"""
    for n, rows, columns in ((4, 20, 60), (4, 24, 80), (8, 20, 60), (8, 24, 80), (12, 20, 60), (12, 24, 80),
                             (12, 36, 120)):
        types = "PER LOC ORG MISC EVENT WORK PRODUCT GROUP DATE TIME LAW LANGUAGE".split()[:n]
        w = Workbench(corpus([WORDS], types), "--graphics", "none", rows=rows, columns=columns).started()
        w.settle()
        footer = w.screen.lines()[-1]
        w.keys("t")
        popup = re.findall(r"│ (.)  (%s) " % "|".join(types), w.screen.text())
        same(sorted(name for _, name in popup), sorted(types))
        for letter, name in popup:
            if not re.search(r"(^| )%s %s" % (letter, name[:2]), footer):
                raise AssertionError("%s %s is not in the footer of %dx%d: %r" % (letter, name, columns, rows, footer))
        same(len({letter for letter, _ in popup}), n)
        w.leave("\x1bq")


def split_and_join():
    """words are split and joined, labels follow, and undo gives all back"""
    c = corpus([{"tokens": ["I", "love", "CampNou", "😀👍🏽", "so", "much"],
                 "entities": [{"id": "e1", "start": 2, "end": 3, "type": "LOC"}]}, WORDS])
    before = json.loads(read("c.json"))["posts"][0]
    w = Workbench(c, "--graphics", "none", model=MINI).started()
    w.expect(r"model mini \d+ ms")
    w.keys("ll|", r"split .*Cam\|pNou")
    w.keys("x", r"Cam\|pNou")  # nothing is typed here
    w.keys("\x1b[C", r"Camp\|Nou")
    w.keys("\x1b[F", r"CampNo\|u")
    w.keys("\x1b[C", r"CampNo\|u")
    w.keys("\x1b[H", r"C\|ampNou")
    w.keys("\x1b[D" + "\x1b[C" * 3, r"Camp\|Nou")
    w.keys("\r", "split into Camp and Nou")
    w.expect(r"\[Camp Nou\]")
    w.expect(r"model mini \d+ ms")
    w.keys("u", "undone")
    w.expect(r"\[CampNou\]")
    w.keys("\x12", "done again")
    w.expect(r"\[Camp Nou\]")
    w.keys("ll|", r"😀\|")  # between two emoji, not inside of one
    w.keys("\x1b[C\r", "split into 😀 and")
    w.keys("0h&", "joined to Ilove")
    w.keys("$&", "no word behind")
    w.keys("0lvl&", r"joined to CampNou")
    w.keys("s", "saved ")
    after = json.load(open(c))["posts"][0]
    same(after["tokens"], ["Ilove", "CampNou", "😀", "👍🏽", "so", "much"])
    same(labels(json.load(open(c)), 0), [(1, 2, "LOC")])
    w.keys("uuuu", "undone")
    w.keys("s", "saved ")
    after = json.load(open(c))["posts"][0]
    same((after["tokens"], labels(json.load(open(c)), 0)), (before["tokens"], [(2, 3, "LOC")]))
    w.keys("J&u" + "&" * 7, "joined")
    w.leave("qq")


def notes_and_flags():
    """notes and flags are kept, seen in list and labels, and undone"""
    c = corpus([WORDS, WORDS])
    w = Workbench(c, "--graphics", "none").started()
    w.keys("!", "flagged unsure")
    w.expect(r"─ labels ! unsure")
    w.expect(r"^▶1 .! ?(\(no picture\) )?Rob")
    w.keys(";who is Rob? é\r", "note kept")
    w.expect(r"─ labels ! unsure +; who is Rob\? é")
    w.keys("#", r"flags \(in use: unsure\): unsure")
    w.keys(", two words,, sarcasm \r", "flagged unsure, two words, sarcasm")
    w.keys("J#", r"flags \(in use: unsure, two words(, sarcasm)?\):")
    w.keys("tw\t, s\t", "two words, sarcasm")
    w.keys("\t", "two words, unsure")  # the next one
    w.keys("\x15sar\t\r", "flagged sarcasm")
    w.keys("K;", "note: who is Rob")
    w.keys("\x1b[200~ pasted\r\n\x1b[201~", "pasted")
    w.keys("\x1b")
    w.refuse("pasted")
    w.keys("!", "no longer flagged unsure")
    w.keys("s", "saved ")
    posts = json.load(open(c))["posts"]
    same((posts[0]["flags"], posts[0]["note"], posts[1]["flags"]),
         (["two words", "sarcasm"], "who is Rob? é", ["sarcasm"]))
    w.keys(";\x15\r", "no note")
    w.keys("uuuuuu")
    w.keys("s", "saved ")
    posts = json.load(open(c))["posts"]
    same((posts[0].get("flags", []), posts[0].get("note"), posts[1].get("flags", [])), ([], None, []))
    w.leave()


def own_keys():
    """the user's file of keys: footer, help, labels and messages follow; what is wrong is told before anything opens"""
    os.makedirs(path("config/mmib"))
    write("config/mmib/keys", "# mine\nnormal accept y\nnormal heat p\nnormal,select left ,\n")
    c = corpus([WORDS])
    w = Workbench(c, "--graphics", "none").started()
    w.expect(r"^ y accept .* e PER +l LOC")
    w.keys("lle", "met is PER")
    w.keys(",", "")
    w.keys("o", "Lind is ORG")
    w.keys("p", "heat: words|heat: off|text")
    w.refuse("Lind is PER")
    w.keys("?", r"^│? +y +accept the proposal| y +accept the proposal")
    w.leave("\x1bqq")
    write("config/mmib/keys", "normal accept y\n\nnormal quit none\n")
    env = dict(os.environ, XDG_CONFIG_HOME=path("config"))
    for arguments in (["annotate", c], ["annotate", "--keys"]):
        p = subprocess.run([os.environ["MMIB"], *arguments], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, encoding="utf-8")
        same((p.returncode, p.stdout), (3, ""))
        same(len(p.stderr.splitlines()), 1)
        if not re.match(r"mmib: %s:3: .*quit" % re.escape(path("config/mmib/keys")), p.stderr):
            raise AssertionError(p.stderr)
    same(mmib("annotate", "--print-keys").returncode, 0)


class Mouse:
    """A mouse at a workbench: places are those of a text on the screen."""

    def __init__(self, w):
        self.w = w

    def place(self, text, after=0):
        self.w.settle(0.05)
        for y, line in enumerate(self.w.screen.lines()):
            left = line.find("│") + 1 if after else 0  # the list is another pane
            found = re.search(text, line[left:])
            if found and y >= after:
                return left + found.start(), y
        raise AssertionError("no %r on the screen:\n%s" % (text, self.w.screen.text()))

    def event(self, code, x, y, final="M"):
        self.w.keys("\x1b[<%d;%d;%d%s" % (code, x + 1, y + 1, final))

    def press(self, x, y):
        self.event(0, x, y)

    def move(self, x, y):
        self.event(32, x, y)

    def release(self, x, y):
        self.event(0, x, y, "m")

    def click(self, text, after=0):
        x, y = self.place(text, after)
        self.press(x, y)
        self.release(x, y)

    def wheel(self, by, text, after=0):
        x, y = self.place(text, after)
        self.event(65 if by > 0 else 64, x, y)


def mouse():
    """the mouse works everywhere: words, labels, posts, choosers, hints, questions, the keys in the footer"""
    entities = [{"id": "e%d" % i, "start": s, "end": e, "type": t}
                for i, (s, e, t) in enumerate([(0, 2, "PER"), (3, 4, "PER"), (5, 7, "LOC")])]
    c = corpus([dict(WORDS, entities=entities), WORDS, {"tokens": ["w%03d" % i for i in range(400)]}] +
               [WORDS] * 10, relations=[LIVE_IN])
    w = Workbench(c, "--graphics", "none").started()
    w.settle()
    m = Mouse(w)
    text = m.place("─ text")[1]
    m.click("met", text)
    same(w.screen.reversed_text().strip(), "met")
    x, y = m.place("Nou", text)
    m.press(*m.place("at", text))
    m.move(x, y)
    w.expect("Esc cancel")  # a selection is seen while it grows
    m.release(x, y)
    w.keys("\x1b")
    m.click("3 Camp Nou")
    w.keys("x", "deleted Camp Nou LOC")
    w.keys("u", "undone")
    m.click("r relation")
    w.expect("number of the head")
    m.click("Lind", text)
    w.expect("number of the tail")
    m.click("3 Camp Nou")
    w.expect("which relation")
    m.click("l  /per/loc/live_in")
    w.expect("relation /per/loc/live_in")
    m.click("1→3 Rob Lind → Camp")
    w.keys("x", "deleted /per/loc/live_in")
    m.click("today", text)
    m.click("today", text)
    w.expect("type of today")
    m.wheel(1, "p  PER")
    m.wheel(1, "p  PER")
    w.keys("\r", "today is ORG")
    m.click("t type|t +type")
    m.click("m  MISC")
    w.expect("today is MISC")
    m.click("l LOC +o")  # in the legend, although the letter itself moves the cursor
    w.expect("today is LOC")
    m.wheel(1, "posts ·")
    w.expect(r"post 2 of|2/13")
    m.wheel(1, "─ text")
    w.expect(r"post 3 of|3/13")
    w.expect("line 1 of")
    for _ in range(3):
        m.wheel(1, "w000|w005", text)
    w.expect("line 4 of")
    w.expect(r"post 3 of|3/13")
    m.wheel(-1, "posts ·")
    m.wheel(-1, "posts ·")
    w.expect(r"post 1 of|1/13")
    m.click(r" 5 ")
    w.expect(r"post 5 of|5/13")
    m.click(r"\? help")
    w.expect("keys ─")
    before = w.screen.text()
    m.wheel(1, "keys ─")
    same(w.screen.text() == before, False)
    w.keys("\x1bq", "go on working")
    m.click("Esc +go on working")
    w.refuse("go on working")
    w.keys("q", "go on working")
    m.click("s +save them and quit")
    same(w.wait(), 0)
    w.close()
    same(labels(json.load(open(c)), 0)[-1][2] in ("ORG", "PER", "LOC"), True)


def guidelines():
    """the guidelines: over the labels, or kept beside the work on a wide screen; searched; none, and broken ones"""
    c = corpus([WORDS])
    text = write("guide.md", "# How we label\n\nSee [this](https://example.org).\n\n- **Persons** and \x1b[31m\n\n" +
                 "\n\n".join("Rule %d stands here." % i for i in range(60)))
    w = Workbench(c, "--graphics", "none", "--guidelines", text, rows=24, columns=80).started()
    w.keys("I", "How we label")
    w.expect(r"• +Persons and .\[31m")
    w.refuse("─ labels")
    w.keys("jj \x1b[6~", "Rule 1")
    w.keys("G", "Rule 59")
    w.keys("/RULE 7 \r", "RULE 7 , in line")
    w.expect(r"^ Rule 7 ")
    w.keys("n", "is not in the guidelines|in line")
    w.keys("/nowhere\x15nothing of it\r", "nothing of it is not in the guidelines")
    w.resize(40, 170)
    w.expect("Rule 7 ")
    w.expect("─ labels")
    w.keys("\r")
    w.keys("vlp", "Rob Lind is PER")  # people go on, the guidelines stay
    w.expect("guidelines")
    w.resize(24, 80)
    w.expect("Rob Lind met")
    w.refuse(" guidelines ")
    w.resize(40, 170)
    w.expect(" guidelines ")
    w.keys("I\x1b", "posts ·")
    w.refuse(" guidelines ")
    w.leave("qq")
    w = Workbench(c, "--graphics", "none").started()
    w.keys("I", "there are no guidelines")
    w.leave("qq")
    same(mmib("annotate", c, "--guidelines", path("gone.md")).returncode, 4)
    with open(path("bad.md"), "wb") as f:
        f.write(b"\xff\xfe")
    same(mmib("annotate", c, "--guidelines", path("bad.md")).returncode, 3)


def resizes():
    """two hundred sizes in a row leave the screen that a fresh start has"""
    c = demo()
    arguments = [c, "--graphics", "blocks", "--read-only"]
    w = Workbench(*arguments, rows=30, columns=100).started()
    w.settle()
    chance = random.Random(5)
    for i in range(200):
        w.resize(chance.randrange(5, 70), chance.randrange(20, 240))
        if i % 10 == 0:
            w.keys(chance.choice(["?", "t", "\x1b", "l", "v", "\x1b", "r", "\x1b"]))
        w.pump(chance.random() * 0.01)
    w.keys("\x1b")
    w.keys("\x1bg0")
    w.resize(36, 120)
    fresh = Workbench(*arguments, rows=36, columns=120).started()
    for one in (w, fresh):
        one.expect("─ labels ")
        one.keys("l")  # the message goes
        one.settle(0.4)
    same(w.screen.text(), fresh.screen.text())
    same(w.screen.reversed_text(), fresh.screen.reversed_text())
    fresh.leave()
    w.leave()


def pictures_stand():
    """a picture is sent once: no key within the post sends it again"""
    w = Workbench(demo(), sixel=True, rows=36, columns=120).started()
    if not w.wait_for(lambda: w.screen.pictures > 0, 20):
        raise AssertionError("no sixel picture came")
    w.settle(0.4)
    before = w.screen.pictures
    for keys in ("lll", "h", "vlp", "u", "x", "!", "#meme\r", ";a note\r", "|\r", "u", "&", "u", "D", "D", "\t",
                 "r\x1b", "s", "$", "0"):
        w.keys(keys)
        w.settle(0.1)
        if w.screen.pictures != before:
            raise AssertionError("%r sent the picture again" % keys)
    w.keys("?")
    w.keys("\x1b")  # the help covered it
    w.settle(0.3)
    same(w.screen.pictures, before + 1)
    w.leave("qq")


def cut_text_says_so():
    """that words stand below is said, also where the rule above them is full"""
    words = ["a" * 60, "b" * 60, "c" * 60, "d" * 60]
    w = Workbench(corpus([dict(id="p", tokens=words)]), "--graphics", "none", model=MINI, rows=20, columns=80).started()
    w.expect("heat: words", 20)
    w.expect("line 1 of 8 ▼")
    w.keys("$j", "▲ line")
    w.leave("q")


def colours():
    """what is seen without colours is all that is seen with them: with 8, 16, 256, direct colours, none, and in tmux"""
    posts = [dict(WORDS, flags=["unsure"], note="look", entities=[
        {"id": "e1", "start": 0, "end": 4, "type": "ORG"}, {"id": "e2", "start": 0, "end": 2, "type": "PER"},
        {"id": "e3", "start": 5, "end": 7, "type": "LOC", "source": "model", "score": 0.7}],
        relations=[{"id": "r1", "head": "e2", "tail": "e1", "type": "/per/loc/live_in"}])] + [WORDS, WORDS]
    c = corpus(posts, relations=[LIVE_IN])
    texts = {}
    for term in ("xterm-256color", "xterm", "xterm-16color", "xterm-direct", "tmux-256color", "screen-256color",
                 "linux", ""):
        known = subprocess.run(["infocmp", term or "xterm"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if known.returncode:
            continue
        # Without the last, curses would look for the console's mouse daemon.
        env = {"NCURSES_GPM_TERMS": "none"} if term else {"NCURSES_GPM_TERMS": "none", "NO_COLOR": "1"}
        w = Workbench(c, "--graphics", "none", "--read-only", env=env, term=term or "xterm-256color").started()
        w.settle()
        shown = [w.screen.text()]
        for keys, wanted in (("r", "1ORG"), ("\x1b", "^ a accept"), ("t", "p  PER"), ("\x1b", "^ a accept"),
                             ("\t\t\t", "2→1"), ("$v", "^ t type .*Esc cancel")):
            w.keys(keys, wanted)
            w.settle(0.3)
            shown.append(w.screen.text())
        texts[term] = shown
        w.leave("\x1bq")
    first = texts["xterm-256color"]
    if not re.search(r"\{Rob Lind\)met Ana\]", first[0]):
        raise AssertionError(first[0])
    for term, shown in texts.items():
        for one, other in zip(first, shown):
            if one != other:
                raise AssertionError("TERM=%s shows something else:\n%s\nnot\n%s" % (term or "NO_COLOR", other, one))
    same(len(texts) >= 4, True)


TESTS = [few_keys, one_key_for_a_proposal, hints, legend, split_and_join, notes_and_flags, own_keys, mouse, guidelines,
         resizes, pictures_stand, cut_text_says_so, colours]

if __name__ == "__main__":
    sys.exit(main(TESTS))
