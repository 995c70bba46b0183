"""Kills the workbench with SIGKILL at random moments of a scripted session, and looks whether every label that was on
the screen is there afterwards.

usage: fault-kill.py [TIMES [SEED]]     environment: MMIB (the program), TMPDIR

Each run works on a fresh copy of a small corpus: labels, one by one and at all places of the same words, words split and
joined, flags, notes, undo and redo, saves. One run in twenty is on a JSON Lines file so large that its posts stay in it.
What stood on the screen is read back from the terminal's output: position, counts by type, the words, the lines of the
labels pane, flag and note. A run passes where `mmib convert CORPUS -` gives exactly a state of the script that is no
older than the last one that was seen, opening the corpus again shows it, and everything can be undone from there, behind
saves and the kill. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import random
import re
import select
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ptyterm import Program  # noqa: E402

MMIB = os.environ.get("MMIB", "build/mmib")
TYPES = ["PER", "LOC", "ORG", "MISC"]
WORDS = ["Rob", "met", "Ana", "Lind", "in", "Oslo", "for", "Acme", "Cup"]
NOTES = ["why", "two men", "check this"]
POSTS, FILLERS = 8, 17
WORDS_MAX = 14  # so that they stand on one line


def corpus():
    return {"format": "mmib-corpus", "version": 1, "schema": {"entities": TYPES, "relations": []},
            "posts": [{"id": "p%d" % i, "tokens": ["post%d" % (i + 1)] + WORDS} for i in range(POSTS)]}


def write_corpus(path, large):
    """large: JSON Lines of more than 16 MiB, by posts that are not worked on."""
    whole = corpus()
    with open(path, "w") as f:
        if not large:
            json.dump(whole, f)
            return
        posts = whole.pop("posts")
        posts += [{"id": "f%d" % i, "tokens": ["filler"], "pad": "x" * (1 << 20)} for i in range(FILLERS)]
        f.write("".join(json.dumps(line) + "\n" for line in [whole] + posts))


class Post:
    """The words and what was said of them: labels are {(start, end): type}."""

    def __init__(self, words, labels=(), flag=False, note=""):
        self.words, self.labels, self.flag, self.note = list(words), dict(labels), flag, note

    def copy(self):
        return Post(self.words, self.labels, self.flag, self.note)

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return repr(vars(self))

    def overlaps(self, span):
        return any(s != span and s[0] < span[1] and span[0] < s[1] for s in self.labels)

    def split(self, at):
        middle = len(self.words[at]) // 2
        self.words[at:at + 1] = [self.words[at][:middle], self.words[at][middle:]]
        self.labels = {(s + (s > at), e + (e > at)): t for (s, e), t in self.labels.items()}

    def join(self, at):
        """False where labels would come to overlap, which is another test's affair."""
        self.words[at:at + 2] = [self.words[at] + self.words[at + 1]]
        moved = {(s - (s > at), e - (e > at + 1)): t for (s, e), t in self.labels.items()}
        fits = len(moved) == len(self.labels)
        self.labels = moved
        return fits and not any(self.overlaps(s) for s in moved)


def new_act(rng, post):
    """Changes the post; the keys that do, or None where this is not to be done to it."""
    act = rng.random()
    n = len(post.words)
    at = rng.randrange(1, n - 1)
    to = "0" + "l" * at  # one line of words: 0 is the first of them
    if act < 0.17 and post.labels:
        span = rng.choice(sorted(post.labels))
        del post.labels[span]
        return "0" + "l" * span[0] + "x"
    if act < 0.27:
        if len(post.words[at]) < 2 or n == WORDS_MAX:
            return None
        post.split(at)
        return to + "|\r"
    if act < 0.37:
        return to + "&" if n > 4 and post.join(at) else None
    if act < 0.43:
        post.flag = not post.flag
        return "!"
    if act < 0.49:
        keys = ";" + "\x7f" * len(post.note)
        post.note = rng.choice([note for note in NOTES if note != post.note])
        return keys + post.note + "\r"
    span, label = (at, at + rng.choice([1, 2])), rng.choice(TYPES)
    if post.overlaps(span) or post.labels.get(span) == label:
        return None
    post.labels[span] = label
    return to + "v" + "l" * (span[1] - at - 1) + "t" + label[0].lower()


def label_all(rng, state, at):
    """All places of the words of a label of the post are given its type, where no label is in the way: the keys, all
    posts after it, and the first one that changes; or None."""
    if not state[at].labels:
        return None
    start, end = span = rng.choice(sorted(state[at].labels))
    words, label = state[at].words[start:end], state[at].labels[span]
    posts = [post.copy() for post in state]
    for post in posts:
        i = 0
        while i + len(words) <= len(post.words):
            here = (i, i + len(words))
            found = post.words[i:here[1]] == words
            if found and here not in post.labels and not post.overlaps(here):
                post.labels[here] = label
            i += len(words) if found else 1
    changed = [i for i in range(len(posts)) if posts[i] != state[i]]
    return ("0" + "l" * start + "*" + rng.choice("A\r"), posts, changed[0]) if changed else None


class Script:
    """Acts as key strings, with the state of all posts after each: a list of Post. bulk: acts on many posts, too."""

    def __init__(self, rng, n, bulk):
        first = [Post(p["tokens"]) for p in corpus()["posts"]]
        self.acts, self.states, self.posts = [], [first], [0]
        done, undone = [], []  # states that undo and redo go to, and the post that changes
        post = 0
        while len(self.acts) < n:
            now = self.states[-1]
            act = rng.random()
            if act < 0.12 and post + 1 < POSTS:
                keys, post = "J", post + 1
            elif act < 0.22 and done:
                keys, (state, post) = "u", done.pop()
                undone.append((now, post))
                now = state
            elif act < 0.26 and undone:
                keys, (state, post) = "U", undone.pop()
                done.append((now, post))
                now = state
            elif act < 0.30:
                keys = "s"
            elif act < 0.36:
                whole = label_all(rng, now, post) if bulk else None
                if not whole:
                    continue
                done.append((now, whole[2]))
                undone = []
                keys, now, _ = whole
            else:
                changed = now[post].copy()
                keys = new_act(rng, changed)
                if not keys:
                    continue
                done.append((now, post))
                undone = []
                now = now[:post] + [changed] + now[post + 1:]
            self.acts.append(keys)
            self.states.append(now)
            self.posts.append(post)


def on_screen(program):
    """(post, counts, words, labels, flag and note of that post) as they stand on the screen, or None while it is being
    drawn."""
    lines = program.screen.lines()
    head = re.search(r"(?:post )?(\d+)(?: of |/)\d+\b", lines[0])
    counts = [re.search(r"\b%s (\d+)" % t, lines[0]) for t in TYPES]
    titles = [i for i, line in enumerate(lines) if re.search("─ labels ", line)]
    text = [i for i, line in enumerate(lines) if re.search("─ text ─", line)]
    if not head or not all(counts) or not titles or not text:
        return None
    words = [re.search(r"│ +(post\d.*)", line) for line in lines[text[0] + 1:titles[0]]]
    words = [re.sub(r"[\[\]]", " ", line.group(1)).split() for line in words if line]
    labels = []
    for line in lines[titles[0] + 1:]:
        entry = re.match(r"[^│]*│?\s(\d+) (.*?)  +(PER|LOC|ORG|MISC)  +by ", line)
        if not entry:
            break
        labels.append((entry.group(2).strip(), entry.group(3)))
    about = re.search(r"─ labels (! unsure)? ?(?:; ([^─]*?))? *─", lines[titles[0]])
    if len(words) != 1 or not about:
        return None
    return (int(head.group(1)) - 1, tuple(int(c.group(1)) for c in counts), words[0], labels, bool(about.group(1)),
            about.group(2) or "")


def count(state):
    return tuple(sum(t == label for post in state for label in post.labels.values()) for t in TYPES)


def expected(state, at):
    post = state[at]
    labels = [(" ".join(post.words[s:e]), t) for (s, e), t in sorted(post.labels.items())]
    return at, count(state), post.words, labels, post.flag, post.note


def in_file(path):
    out = subprocess.run([MMIB, "convert", path, "-", "--to", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if out.returncode:
        raise AssertionError("convert: exit %d: %s" % (out.returncode, out.stderr.decode()))
    return [Post(p["tokens"], {(e["start"], e["end"]): e["type"] for e in p.get("entities", [])},
                 p.get("flags", []) == ["unsure"], p.get("note", "")) for p in json.loads(out.stdout)["posts"][:POSTS]]


def run_again(path, number, script, got, undo):
    """It can be worked on: the lock of a dead process does not hold. undo: all of it, which leads to the beginning."""
    env = {"MMIB_MODEL": os.path.join(os.path.dirname(path), "none"), "USER": "ana"}
    again = Program([MMIB, "annotate", path, "--graphics", "none"], 30, 100, env)
    try:
        if not again.wait_for(lambda: (on_screen(again) or [0, 0])[1] == count(got), 20):
            raise AssertionError("run %d: opened again it shows\n%s" % (number, again.screen.text()))
        if undo:
            again.send("u" * (len(script.acts) + 1))
            if not again.wait_for("nothing (left )?to undo", 20):
                raise AssertionError("run %d: undoing all of it shows\n%s" % (number, again.screen.text()))
        again.send("qq")
        if again.wait() != 0:
            raise AssertionError("run %d: opened again it ends with %s" % (number, again.status))
    finally:
        again.close()
    if in_file(path) != (script.states[0] if undo else got):
        raise AssertionError("run %d: opened again and left, undone %s, it has\n%s" % (number, undo, in_file(path)))


def run(rng, folder, number):
    large = number % 20 == 19
    path = os.path.join(folder, "corpus.json" + ("l" if large else ""))
    write_corpus(path, large)
    script = Script(rng, 60, not large)  # a large file is searched in the background
    wanted = [expected(state, post) for state, post in zip(script.states, script.posts)]
    env = {"MMIB_MODEL": os.path.join(folder, "none"), "USER": "ana"}
    program = Program([MMIB, "annotate", path, "--graphics", "none"], 30, 100, env)
    seen, sent = 0, 0

    def watch():
        nonlocal seen
        screen = on_screen(program)
        for i in range(seen, sent + 1) if screen else ():
            if wanted[i] == screen:
                seen = i
                break

    program.watch = watch
    try:
        if not program.wait_for(lambda: on_screen(program) == wanted[0], 20):
            raise AssertionError("no first screen:\n" + program.screen.text())
        end = time.monotonic() + rng.uniform(0.0, 0.7)
        while time.monotonic() < end:
            # In bursts and with pauses, never waiting for an answer for sure.
            for _ in range(rng.choice([1, 1, 1, 2, 5])):
                if sent < len(script.acts):
                    sent += 1
                    program.send(script.acts[sent - 1])
            program.pump(min(rng.choice([0, 0.002, 0.01, 0.03, 0.15]), max(end - time.monotonic(), 0)))
        if rng.random() < 0.5 and select.select([program.fd], [], [], 0)[0]:
            program.read()
        program.kill()
        watch()
    finally:
        program.close()
    got = in_file(path)
    if got not in script.states[seen:sent + 1]:
        raise AssertionError("run %d: %d acts sent, act %d was seen; the file has\n%s\nthe screen had\n%s"
                             % (number, sent, seen, got, program.screen.text()))
    run_again(path, number, script, got, rng.random() < 0.3)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    return seen, sent


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    rng = random.Random(seed)
    print("# %d runs, seed %d" % (times, seed))
    seen_all = sent_all = failed = 0
    with tempfile.TemporaryDirectory(prefix="mmib-kill-") as folder:
        for i in range(times):
            try:
                seen, sent = run(rng, folder, i)
                seen_all += seen
                sent_all += sent
            except AssertionError as error:
                failed += 1
                print("# " + str(error).replace("\n", "\n# "))
    ok = failed == 0
    print("%s 1 - every label that was on the screen is in the file (%d kills)" % ("ok" if ok else "not ok", times))
    # A script of which nothing was ever seen would prove nothing.
    busy = seen_all >= 3 * times
    print("%s 2 - the sessions were at work (%d acts sent, %d seen)" % ("ok" if busy else "not ok", sent_all, seen_all))
    print("1..2")
    return 0 if ok and busy else 1


if __name__ == "__main__":
    sys.exit(main())
