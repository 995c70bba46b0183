"""A case on the screen: its numbers are those of the commands, readings, two models side by side, correcting gold.
Prints TAP.

environment: MMIB (the program), SRCDIR, TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import re
import sys

from workbench_try import MINI, Workbench, demo, main, mmib, path, read, same  # noqa: E402


def gold():
    """The demonstration corpus with its true labels."""
    return os.path.join(os.path.dirname(demo()), "demo.json")


def inspect(corpus, *more, rows=50, columns=160, first="all errors[ ▸]+20 ", **kinds):
    """On the first case, when every label is known."""
    w = Workbench(corpus, *(more or ("--graphics", "none")), command="inspect", model=MINI, rows=rows,
                  columns=columns, **kinds)
    w.expect(first)
    w.keys("\r", "─ case 1/")
    return w


def examined(w, test=True):
    """Waits until everything is known about the case at hand."""
    w.expect("filter: (saved|lost|mean)")
    w.gone("is being looked at")
    if test:
        w.expect("faithful: (area|the model)")
        w.gone("is being tested")


def case_id(w):
    return re.search(r"─ case \d+/\d+  .*?  (\S+) ─", w.screen.text()).group(1)


def go(w, post):
    """To the first case of that post."""
    for _ in range(30):
        if case_id(w) == post:
            return
        before = re.search(r"─ case (\d+)/", w.screen.text()).group(1)
        w.keys("n")
        w.gone("─ case %s/" % before)
    raise AssertionError("no case of %s:\n%s" % (post, w.screen.text()))


def fact(w, name):
    return re.search(r"│ (?:A )?%s: (.*?)(?: {3,}|$)" % name, w.screen.text(), re.M).group(1)


def signed(value):
    """As the screen shows it."""
    size = abs(value)
    form = "%+.0f" if size >= 9.95 else "%+.1f" if size >= 0.995 else "%+.2f" if size >= 0.005 else "%+.0e"
    text = form % value
    return text.replace("+0.", "+.").replace("-0.", "-.")


def area(value):
    """Too small to tell is none."""
    return signed(value) if abs(value) >= 0.005 else "0"


def kept(value):
    return "%.1f" % value if value < 9.95 else "%.0f" % value


def explained(corpus, post):
    done = mmib("explain", corpus, "--model", MINI, "--post", post, "--json", "--readings", "--faithfulness")
    same(done.returncode, 0)
    return json.loads(done.stdout)


def numbers():
    """the table, the deletion test and the readings of a case are those of mmib explain"""
    corpus = gold()
    w = inspect(corpus)
    go(w, "osprey")
    examined(w)
    x = explained(corpus, "osprey")
    screen = w.screen.text()
    token = x["ner"]["labels"].index("B-MISC")
    rows = [("Osprey", x["token_rate"][token], x["token_contribution"][token], x["token_before"][token]),
            ("picture", x["image_rate"][0], x["image_contribution"][0], x["image_before"][0]),
            ("#1 logo", x["image_rate"][1], x["image_contribution"][1], x["image_before"][1])]
    for name, rate, used, before in rows:
        found = re.search(r"  %s +(\S+) [█▏]+ +(\S+) [█▒▏]+ +(\S+)\s*$" % re.escape(name), screen, re.M)
        if not found:
            raise AssertionError("no row of %s:\n%s" % (name, screen))
        same(found.groups(), (kept(rate), signed(used), signed(before)))
    words, cells = x["faithfulness"]["words"], x["faithfulness"]["cells"]
    same(fact(w, "faithful"), "area words %s (%d/8), regions %s (%d/8) orders beaten" %
         (area(words["area"]), words["beaten"], area(cells["area"]), cells["beaten"]))
    entity = [e for e in x["readings"]["entities"] if e["start"] == token and "mean" in e["in"]][0]
    same("bypassed" in entity["in"], False)
    filtered = fact(w, "filter")
    if not re.match(r"mean MISC \%s .*samples %d/8, bypassed none" %
                    (("%.2f" % entity["scores"]["mean"])[1:], entity["samples"]), filtered):
        raise AssertionError(filtered + "\n" + repr(entity))
    if not re.search(r"text-picture match \%s" % ("%.2f" % x["consistency"])[1:], screen):
        raise AssertionError(screen)
    w.leave()


def pictures():
    """the picture's verdict of a case is that of mmib verdict, with the same other pictures"""
    corpus = gold()
    done = mmib("verdict", corpus, "--model", MINI, "--json", "--cases")
    same(done.returncode, 0)
    decisions = [json.loads(line) for line in done.stdout.splitlines()[:-1]]
    w = inspect(corpus)
    checked = set()
    for _ in range(5):
        examined(w, test=False)
        post = case_id(w)
        said = fact(w, "picture")
        words = re.search(r"^▶ *\d+ (?:\S+ )+ +(.*?) *│", w.screen.text(), re.M).group(1)
        tokens = next(p for p in json.loads(read(corpus))["posts"] if p["id"] == post)["tokens"]
        here = [d for d in decisions if d["id"] == post and "start" in d
                and " ".join(tokens[d["start"]:d["end"]]) == words]
        here.sort(key=lambda d: not d["in_gold"])
        if here:
            checked.add(post)
            if not said.startswith(here[0]["verdict"]):
                raise AssertionError("%s, %s: %r, not %r" % (post, words, said, here[0]))
        elif "there is none" not in said and "ignored" not in said:
            raise AssertionError("%s, %s: %r" % (post, words, said))
        w.keys("n")
        w.settle(0.1)
    if len(checked) < 3:
        raise AssertionError("only %r were compared" % checked)
    w.leave()


def readings():
    """one key shows a sample's labels and those without the bottleneck, and marks what changes"""
    w = inspect(gold())
    go(w, "osprey")
    examined(w, test=False)
    w.refuse("−MISC")
    w.keys("z", "reading: sample")
    w.keys("z", "reading: bypassed")
    w.expect("]−MISC")
    w.keys("z")
    w.gone("reading:")
    w.keys("z", "reading: sample")
    w.keys("n")  # the next case is shown as the model proposes
    w.gone("reading:")
    w.leave()


def two_models():
    """heat of two models side by side, each with its name and scale; the second model has a worker of its own"""
    os.symlink(MINI, path("twin"))
    w = inspect(gold(), "--model2", path("twin"), "--graphics", "blocks",
                first=r"(?s)A mini +gold +112 +system +105.*B twin +gold +112 +system +105")
    examined(w, test=False)
    same(fact(w, "filter"), re.search(r"│ B filter: (.*?)(?: {3,}|$)", w.screen.text(), re.M).group(1))
    w.keys("c", "each in its own colours and scale")
    for _ in range(10):
        if re.search(r"A mini  regions ±\d+ +B twin  regions ±\d+", w.screen.text()):
            break
        w.keys("n")
        w.settle(0.3)
    else:
        raise AssertionError(w.screen.text())
    scales = re.search(r"A mini  regions (±\d+) +B twin  regions (±\d+)", w.screen.text())
    same(scales.group(1), scales.group(2))
    w.keys("c", "heat of one model")
    w.gone("A mini  regions")
    w.leave()


def correcting():
    """correcting gold ends the case at once, and undo brings it back"""
    w = inspect(gold())
    go(w, "osprey")
    w.keys("e")
    w.gone("─ case ")
    w.keys("m", "MISC")
    w.keys("M", "not in this list any more")
    w.expect("19 cases")
    w.keys("u", "20 cases")
    w.gone("not in this list")
    w.keys("m", "verdict: model wrong")
    w.keys("q", r"quit\?")
    w.expect("─ case ")  # below the question, and after it
    w.keys("\x1b")
    w.gone(r"quit\?")
    w.expect("─ case ")
    w.leave("qq")


def figure():
    """the post of the case becomes a figure with its numbers beside it; a file that is there stays"""
    w = inspect(gold())
    examined(w)
    words = re.search(r"[A-Z]\w+", re.search(r"gold +(.*)", w.screen.text()).group(1)).group(0)
    w.keys("x", "figure .*: .*[.]svg")
    w.gone("Tab complete")
    w.keys("\x15" + path("case.svg") + "\r", "the figure is in ")
    same("<svg" in read("case.svg"), True)
    same(words in read("case.csv"), True)
    with open(path("case.svg"), "w", encoding="utf-8") as mine:
        mine.write("mine")
    w.keys("x", "figure .*: ")
    w.keys("\x15" + path("case.svg") + "\r", "is there already, and stays")
    same(read("case.svg"), "mine")
    w.leave()


def small():
    """a small screen has the most important lines, and scrolls to the rest"""
    w = inspect(gold(), rows=24, columns=80)
    go(w, "osprey")
    examined(w)
    lines = w.screen.lines()
    top = next(i for i, line in enumerate(lines) if "─ case " in line)
    for what, line in zip(("gold", "A mini", "picture:", "filter:", "faithful:"), lines[top + 1:]):
        if what not in line:
            raise AssertionError("%r is not there:\n%s" % (what, w.screen.text()))
    same(max(len(line) for line in lines) <= 80, True)
    w.keys("JJJ")
    w.gone("picture: ")
    w.expect("▲")
    w.keys("K" * 5, "picture: ")
    w.send("\x1b[<65;50;%dM" % (top + 3))  # the wheel in the pane, and in the list
    w.expect("▲")
    w.send("\x1b[<65;5;10M")
    w.expect("─ case 3/")
    w.leave()


sys.exit(main([numbers, pictures, readings, two_models, correcting, figure, small]))
