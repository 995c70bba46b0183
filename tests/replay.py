"""Sessions of the workbench, and mmib replay after each: the corpus made again from what was done to it is, to the byte,
the one that was saved. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import Workbench, main, mmib, path, read, same, write  # noqa: E402

CONLL = """IMGID:p1
RT	O
Rob	B-PER
Lind	I-PER
met	O
Ana	O
at	O
CampNou	I-LOC

IMGID:p2
Acme	B-ORG
opens	O
in	O
Oslo	O

"""


def check(journal, corpus, *options):
    """What replay gives is the corpus, on standard output and in a file, and no file was touched."""
    before = {name: os.stat(path(name)).st_mtime_ns for name in os.listdir(path("."))}
    got = mmib("replay", path(journal), *options)
    same((got.returncode, got.stderr), (0, ""))
    same(got.stdout, read(corpus))
    os.makedirs(path("out"), exist_ok=True)
    got = mmib("replay", path(journal), "-o", path("out/again.json"), *options)
    same((got.returncode, got.stdout, got.stderr), (0, "", ""))
    same(read("out/again.json"), read(corpus))
    for name, time in before.items():
        if name != "out":
            same((name, os.stat(path(name)).st_mtime_ns), (name, time))


def session(*arguments):
    return Workbench(path("test.txt"), "--graphics", "none", *arguments).started()


def sessions():
    """labels, words split, saves, undo behind the save and the restart"""
    write("test.txt", CONLL)
    w = session()
    w.keys("wwwwp", "Ana is PER")
    w.keys("$|", r"split .*\|")
    w.keys("\x1b[C\r", "split into Camp and Nou")
    w.keys("s", "saved")
    w.keys("xu", "undone")
    w.keys("J$L", "Oslo is LOC")
    w.keys("s", "saved")
    w.leave("q")
    check("test.mmib.json.journal", "test.mmib.json")
    check("test.mmib.json.history", "test.mmib.json")
    same(os.path.exists(path("test.mmib.json.journal")), False)

    w = session()
    w.keys("u", "undone in post 2")
    w.keys("u", "undone in post 1")
    w.expect("CampNou")
    w.keys("u", r"PER 1 ")
    w.keys("u", "nothing to undo")
    w.keys("s", "saved")
    first = json.load(open(path("test.mmib.json")))
    same(first["posts"][0]["tokens"][-1], "CampNou")
    same(first["posts"][1]["entities"][1:], [])
    w.keys("\x12\x12", "done again")
    w.keys("s", "saved")
    w.leave("q")
    check("test.mmib.json.journal", "test.mmib.json")

    # The beginning is also the published file.
    os.remove(path("test.mmib.json.base"))
    check("test.mmib.json.history", "test.mmib.json")
    check("test.mmib.json.history", "test.mmib.json", "--base", path("test.txt"))
    write("test.txt", CONLL.replace("Ana", "Eva"))
    got = mmib("replay", path("test.mmib.json.history"), "-o", path("none.json"))
    same((got.returncode, got.stdout, len(got.stderr.splitlines())), (3, "", 1))
    same(os.path.exists(path("none.json")), False)


def killed():
    """a session that is killed: what it did is made again, and is what the next save gives"""
    write("test.txt", CONLL)
    w = session()
    w.keys("wwwwp", "Ana is PER")
    w.keys("s", "saved")
    w.keys("x", "deleted Ana PER")
    w.keys("$|\x1b[C\r", "split into Camp and Nou")
    w.expect("journaled", 3)
    os.kill(w.pid, signal.SIGKILL)
    w.wait()
    w.close()
    got = mmib("replay", path("test.mmib.json.journal"))
    same((got.returncode, got.stderr), (0, ""))
    check("test.mmib.json.history", "test.mmib.json")
    w = session()
    w.keys("s", "saved")
    w.leave("q")
    same(got.stdout, read("test.mmib.json"))
    check("test.mmib.json.journal", "test.mmib.json")


def changed():
    """a corpus that another program changed between sessions: said on the first screen, and nothing is undone in it"""
    write("test.txt", CONLL)
    w = session()
    w.keys("wwwwp", "Ana is PER")
    w.keys("s", "saved")
    w.leave("q")
    before = read("test.mmib.json")
    write("test.mmib.json", before.replace('"Oslo"', '"Bergen"'))
    w = session()
    w.expect(r"changed by another program: undo begins anew; before: test\.mmib\.json\.history-1 ")
    w.keys("u", "nothing to undo")
    w.leave("q")
    got = mmib("replay", path("test.mmib.json.history-1"))
    same((got.returncode, got.stdout), (0, before))


def refusals():
    """what is no journal, what is missing, what was saved otherwise: one line, the right exit status, no output"""
    write("test.txt", CONLL)
    w = session()
    w.keys("wwwwp", "Ana is PER")
    w.keys("s", "saved")
    w.leave("q")

    def refused(status, words, *arguments):
        got = mmib("replay", *arguments)
        same((got.returncode, got.stdout, len(got.stderr.splitlines()), words in got.stderr), (status, "", 1, True))

    refused(3, "test.mmib.json:1: this is no journal of mmib", path("test.mmib.json"))
    refused(4, "No such file", path("other.json.history"))
    refused(3, "nothing was done", path("other.json.journal"))
    history = read("test.mmib.json.history")
    write("test.mmib.json.history", history.replace('"end": 5', '"end": 6'))
    refused(1, "test.mmib.json.history:3: what was saved here is not", path("test.mmib.json.history"), "-o",
            path("none.json"))
    same(os.path.exists(path("none.json")), False)
    write("test.mmib.json.history", history[:len(history) // 2])
    got = mmib("replay", path("test.mmib.json.history"), "-o", path("none.json"))
    same((got.returncode, got.stderr), (0, ""))  # what is whole of it


def exports():
    """what stands beside a corpus is in nobody's way"""
    write("test.txt", CONLL)
    w = session("--export", "conll")
    w.keys("wwwwp", "Ana is PER")
    w.keys("s", "saved")
    w.leave("q")
    shutil.copy(path("test.mmib.json"), path("copy.json"))
    for name in ("test.mmib.json", "copy.json"):
        got = mmib("convert", path(name), "-", "--to", "conll")
        same(got.returncode, 0)
        same(got.stdout, read("test.mmib.conll"))
    got = mmib("stats", path("test.mmib.json.history"))
    same((got.returncode, len(got.stderr.splitlines())), (3, 1))


if __name__ == "__main__":
    sys.exit(main([sessions, killed, changed, refusals, exports]))
