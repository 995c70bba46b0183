"""What goes wrong around an open workbench: nothing that was on the screen is lost, and one clear line says what happened.
Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import SRCDIR, Workbench, demo, labels, main, mmib, path, read, same, write  # noqa: E402


def kept(corpus, post=0):
    """The labels that a reader of the corpus gets, journal included."""
    out = mmib("convert", corpus, "-", "--to", "json")
    same((out.returncode, out.stderr), (0, ""))
    return labels(json.loads(out.stdout), post)


def terminal_gone():
    """a terminal that goes away: the program ends, and the labels are in the journal"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none").started()
    w.keys("p", "Rob is PER")
    os.close(w.fd)  # the other end hangs up
    w.fd = os.open(os.devnull, os.O_RDONLY)
    for _ in range(200):
        pid, status = os.waitpid(w.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.02)
    else:
        raise AssertionError("it did not end when its terminal went")
    w.status = 0
    w.close()
    same(kept(corpus), [(0, 1, "PER")])
    again = Workbench(corpus, "--graphics", "none").started("came back from the journal")
    again.leave("qq")


def changed_meanwhile():
    """a corpus that another program changed is not written over"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none").started()
    w.keys("p", "Rob is PER")
    theirs = read("demo/start.json").replace('"Rob"', '"Bob"', 1)
    write("demo/start.json", theirs)
    w.keys("s", "another program changed it")
    same(read("demo/start.json"), theirs)
    w.expect("is PER|Rob +PER|PER")
    os.rename(corpus, corpus + ".theirs")
    w.keys("s", "saved start.json")
    w.leave("q")
    same(labels(json.load(open(corpus)), 0), [(0, 1, "PER")])
    same(read("demo/start.json.theirs"), theirs)


def disk_full():
    """a disk that fills while one works: what was shown is kept, and saving works once there is room"""
    disk = path("disk")
    os.mkdir(disk)
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True,
                                      check=False).returncode:
        return "a small disk cannot be mounted here"
    try:
        corpus = os.path.join(disk, "start.json")
        shutil.copy(os.path.join(SRCDIR, "corpora/demo/start.json"), corpus)
        before = open(corpus, encoding="utf-8").read()
        w = Workbench(corpus, "--graphics", "none").started()
        w.keys("p", "Rob is PER")
        filler = os.open(os.path.join(disk, "filler"), os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(filler, b"x" * 512)
        except OSError:
            os.close(filler)
        w.keys("s", "[Nn]o space")
        same(open(corpus, encoding="utf-8").read(), before)
        same(sorted(n for n in os.listdir(disk) if ".tmp" in n), [])
        # Labels go on until the journal cannot take one either: that one is refused and not shown.
        shown = {0: "PER"}
        for i in range(60):
            token, kind = 2 + i % 6, ("ORG", "PER", "MISC")[i // 6 % 3]
            w.keys("0" + "l" * token + "t", "type of ")
            w.keys(kind[0].lower(), r" is %s ─|[Nn]o space" % kind)
            if w.wait_for("[Nn]o space", 0):
                break
            shown[token] = kind
        else:
            raise AssertionError("the disk never filled")
        same(kept(corpus), sorted((token, token + 1, kind) for token, kind in shown.items()))
        os.remove(os.path.join(disk, "filler"))
        w.keys("0t", "─ type ─")
        w.keys("m", "Rob is MISC")
        w.keys("s", "saved start.json")
        w.leave("q")
        shown[0] = "MISC"
        same(labels(json.load(open(corpus)), 0), sorted((token, token + 1, kind) for token, kind in shown.items()))
    finally:
        subprocess.run(["umount", "-l", disk], check=False)
    return None


def picture_broken():
    """a picture that is replaced by a broken one while it is shown"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "blocks", rows=30, columns=100).started()
    w.expect("▀")
    name = json.load(open(corpus))["posts"][0]["image"]
    picture = path(os.path.join("demo/images", name))
    data = open(picture, "rb").read()
    with open(picture, "wb") as f:
        f.write(data[:len(data) // 2])
    w.resize(40, 120)
    w.settle()
    w.keys("J")
    w.keys("K")
    w.resize(34, 110)
    w.settle()
    w.keys("p", "Rob is PER")
    # Every picture that is gone now.
    shutil.rmtree(path("demo/images"))
    w.resize(30, 100)
    w.keys("JJ")
    w.settle()
    w.leave("qq")
    same(kept(corpus), [(0, 1, "PER")])


def journals_that_are_none():
    """a journal cut in a line, of another version, or of nothing: one line says so, and nothing is touched"""
    corpus = demo()
    w = Workbench(corpus, "--graphics", "none").started()
    w.keys("p", "Rob is PER")
    w.keys("ll")
    w.keys("o", "is ORG")
    w.leave("qq")
    journal = read("demo/start.json.journal")
    lines = journal.splitlines(keepends=True)
    # Cut in the middle of the last line: the label before it is there.
    write("demo/start.json.journal", "".join(lines)[:-20])
    same(kept(corpus), [(0, 1, "PER")])
    w = Workbench(corpus, "--graphics", "none").started("came back from the journal")
    w.leave("qq")
    for what, text in (("another version", lines[0].replace('"version": 1', '"version": 99')
                        .replace('"version": 2', '"version": 99') + "".join(lines[1:])),
                       ("a line in the middle is damaged", lines[0] + lines[1][:-30] + "\n" + lines[2]),
                       ("something else", "hello\nworld\n")):
        write("demo/start.json.journal", text)
        before = read("demo/start.json")
        got = mmib("annotate", corpus, "--graphics", "none")
        if got.returncode not in (3, 4) or len(got.stderr.splitlines()) != 1 or "journal" not in got.stderr:
            raise AssertionError("%s: exit %d, %r" % (what, got.returncode, got.stderr))
        same((read("demo/start.json.journal"), read("demo/start.json")), (text, before))


def two_writers():
    """two writers: the second is told who has the corpus, a reader is let in, and nothing is written over it"""
    corpus = demo()
    before = read("demo/start.json")
    w = Workbench(corpus, "--graphics", "none").started()
    w.keys("p", "Rob is PER")
    for arguments in (("annotate", corpus, "--graphics", "none"), ("convert", corpus, corpus)):
        got = mmib(*arguments)
        same((got.returncode, len(got.stderr.splitlines())), (1, 1))
        if "process %d on " % w.pid not in got.stderr or "has it open" not in got.stderr:
            raise AssertionError("%s: %s" % (arguments[0], got.stderr))
    reader = Workbench(corpus, "--graphics", "none", "--read-only").started()
    reader.expect("Rob +PER +by ")
    reader.keys("l" + "p")
    reader.leave("qq")
    same(kept(corpus), [(0, 1, "PER")])
    w.keys("lo", "is ORG")
    w.leave("qq")
    same(len(kept(corpus)), 2)
    # Nobody has it open any more, but its journal has labels that it lacks.
    got = mmib("convert", corpus, corpus)
    same((got.returncode, len(got.stderr.splitlines())), (3, 1))
    same((read("demo/start.json"), len(kept(corpus))), (before, 2))
    w = Workbench(corpus, "--graphics", "none").started("came back from the journal")
    w.keys("s", "saved start.json")
    w.leave("q")
    same((mmib("convert", corpus, corpus).returncode, len(kept(corpus))), (0, 2))


TESTS = [terminal_gone, changed_meanwhile, disk_full, picture_broken, journals_that_are_none, two_writers]

if __name__ == "__main__":
    sys.exit(main(TESTS))
