"""What the scripted sessions of the workbench share: a program on a pseudo-terminal that can be typed at and looked at,
files in the folder of the running test, and the runner that prints TAP.

environment: MMIB (the program), SRCDIR, TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ptyterm import Program  # noqa: E402

MMIB, SRCDIR = os.environ["MMIB"], os.environ["SRCDIR"]
MINI = os.path.join(SRCDIR, "model/pretrained/mini")
folder = None  # of the running test


def path(name):
    return os.path.join(folder, name)


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(text)
    return path(name)


def read(name):
    with open(path(name), encoding="utf-8") as f:
        return f.read()


def demo():
    """A copy of the demonstration corpus, most labels left to do."""
    shutil.copytree(os.path.join(SRCDIR, "corpora/demo"), path("demo"))
    subprocess.run(["chmod", "-R", "u+w", path("demo")], check=True)
    return path("demo/start.json")


def mmib(*arguments):
    return subprocess.run([MMIB, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


class Workbench(Program):
    def __init__(self, *arguments, rows=30, columns=100, model=None, env=None, command="annotate", **more):
        env = dict({"MMIB_MODEL": model or path("no-model"), "USER": "ana",
                    "XDG_CONFIG_HOME": path("config")}, **(env or {}))
        super().__init__([MMIB, command, *arguments], rows, columns, env, **more)

    def started(self, what="─ labels "):
        self.expect(what)
        return self

    def expect(self, what, seconds=20):
        if not self.wait_for(what, seconds):
            raise AssertionError("no %r on the screen:\n%s" % (what, self.screen.text()))

    def gone(self, what, seconds=20):
        if not self.wait_for(lambda: not re.search(what, self.screen.text(), re.M), seconds):
            raise AssertionError("still %r on the screen:\n%s" % (what, self.screen.text()))

    def refuse(self, what):
        self.settle()
        if re.search(what, self.screen.text(), re.M):
            raise AssertionError("%r on the screen:\n%s" % (what, self.screen.text()))

    def keys(self, keys, expect=None):
        self.send(keys)
        if expect:
            self.expect(expect)
        else:
            self.settle(0.08)

    def head(self):
        return self.screen.lines()[0]

    def leave(self, keys="q", status=0):
        self.send(keys)
        got = self.wait()
        self.close()
        if got != status:
            raise AssertionError("ended with %s after %r:\n%s" % (got, keys, self.screen.text()))


def labels(corpus, post):
    return sorted((e["start"], e["end"], e["type"]) for e in corpus["posts"][post].get("entities", []))


def same(got, wanted):
    if got != wanted:
        raise AssertionError("got\n%r\nwanted\n%r" % (got, wanted))


def main(tests):
    """Runs all tests, or those named on the command line, each in a folder of its own; the exit status. A test
    that cannot run here returns why. -v: times."""
    global folder
    failed = 0
    names = [a for a in sys.argv[1:] if a != "-v"]
    chosen = [t for t in tests if not names or t.__name__ in names]
    print("1..%d" % len(chosen))
    for i, test in enumerate(chosen):
        with tempfile.TemporaryDirectory(prefix="mmib-annotate-") as folder:
            begin = time.monotonic()
            try:
                skip = test()
                print("ok %d - %s%s" % (i + 1, test.__doc__, " # SKIP " + skip if skip else ""))
            except Exception:
                failed += 1
                print("not ok %d - %s" % (i + 1, test.__doc__))
                print("# " + traceback.format_exc().strip().replace("\n", "\n# "))
            if "-v" in sys.argv:
                print("# %.1f s" % (time.monotonic() - begin))
            sys.stdout.flush()
    return 1 if failed else 0
