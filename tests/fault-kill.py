"""Kills the workbench with SIGKILL at random moments of a scripted session, and looks whether every label that was on
the screen is there afterwards.

usage: fault-kill.py [TIMES [SEED]]     environment: MMIB (the program), TMPDIR

Each run labels a fresh copy of a small corpus. What stood on the screen is read back from the terminal's output: position,
counts by type and the lines of the labels pane. A run passes where `mmib convert CORPUS -` gives exactly a state of the
script that is no older than the last one that was seen, and opening the corpus again shows it. Prints TAP.

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
POSTS = 8


def corpus():
    return {"format": "mmib-corpus", "version": 1, "schema": {"entities": TYPES, "relations": []},
            "posts": [{"id": "p%d" % i, "tokens": ["post%d" % (i + 1)] + WORDS} for i in range(POSTS)]}


class Script:
    """Acts as key strings, with the state of all posts after each: {post: {(start, end): type}}."""

    def __init__(self, rng, n):
        self.acts, self.states, self.posts = [], [{p: {} for p in range(POSTS)}], [0]
        self.done = []  # states that undo goes back to
        self.undone = []
        post = 0
        for _ in range(n):
            state = {p: dict(labels) for p, labels in self.states[-1].items()}
            start = rng.randrange(1, len(WORDS) - 1)
            end = start + rng.choice([1, 2])
            act = rng.random()
            to = "0" + "l" * start  # one line of words: 0 is the first of them
            changed, where = True, post  # where an undo goes
            if act < 0.12 and post + 1 < POSTS:
                keys, post, changed = "J", post + 1, False
            elif act < 0.20 and self.done:
                before, where = self.done.pop()
                self.undone.append((state, where))
                keys, state, post, changed = "u", {p: dict(v) for p, v in before.items()}, where, False
            elif act < 0.25 and self.undone:
                after, where = self.undone.pop()
                self.done.append((self.states[-1], where))
                keys, state, post, changed = "U", {p: dict(v) for p, v in after.items()}, where, False
            elif act < 0.30:
                keys, changed = "s", False
            elif act < 0.45 and state[post]:
                span = rng.choice(sorted(state[post]))
                inside = [s for s in state[post] if s != span and s[0] <= span[0] < s[1]]
                if inside:
                    continue  # which of several labels x would take is another test's question
                keys = "0" + "l" * span[0] + "x"
                del state[post][span]
            elif act < 0.53 and state[post]:
                span = rng.choice(sorted(state[post]))
                keys = "0" + "l" * span[0] + "*A"  # the same words of all posts, as one act
                free = [p for p in range(POSTS) if not any(s[0] < span[1] and span[0] < s[1] for s in state[p])]
                if not free:
                    continue
                for p in free:
                    state[p][span] = state[post][span]
                where = free[0]
            else:
                if any(s != (start, end) and s[0] < end and start < s[1] for s in state[post]):
                    continue
                label = rng.choice(TYPES)
                if state[post].get((start, end)) == label:
                    continue
                keys = to + "v" + "l" * (end - start - 1) + "t" + label[0].lower()
                state[post][(start, end)] = label
            if changed:
                self.done.append((self.states[-1], where))
                self.undone = []
            self.acts.append(keys)
            self.states.append(state)
            self.posts.append(post)


def on_screen(program):
    """(post, counts, labels of that post) as they stand on the screen, or None while it is being drawn."""
    lines = program.screen.lines()
    head = re.search(r"(?:post )?(\d+)(?: of |/)%d\b" % POSTS, lines[0])
    counts = [re.search(r"\b%s (\d+)" % t, lines[0]) for t in TYPES]
    titles = [i for i, line in enumerate(lines) if re.search("─ labels ─", line)]
    if not head or not all(counts) or not titles:
        return None
    labels = []
    for line in lines[titles[0] + 1:]:
        entry = re.match(r"[^│]*│?\s(\d+) (.*?)  +(PER|LOC|ORG|MISC)  +by ", line)
        if not entry:
            break
        labels.append((entry.group(2).strip(), entry.group(3)))
    return int(head.group(1)) - 1, tuple(int(c.group(1)) for c in counts), labels


def expected(script, i):
    state, post = script.states[i], script.posts[i]
    counts = tuple(sum(t == label for labels in state.values() for label in labels.values()) for t in TYPES)
    tokens = ["post%d" % (post + 1)] + WORDS
    labels = [(" ".join(tokens[s:e]), t) for (s, e), t in sorted(state[post].items())]
    return post, counts, labels


def in_file(path):
    out = subprocess.run([MMIB, "convert", path, "-", "--to", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if out.returncode:
        raise AssertionError("convert: exit %d: %s" % (out.returncode, out.stderr.decode()))
    posts = json.loads(out.stdout)["posts"]
    return {i: {(e["start"], e["end"]): e["type"] for e in p.get("entities", [])} for i, p in enumerate(posts)}


def run(rng, folder, number):
    path = os.path.join(folder, "corpus%d.json" % number)
    with open(path, "w") as f:
        json.dump(corpus(), f)
    script = Script(rng, 60)
    wanted = [expected(script, i) for i in range(len(script.states))]
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
        if not program.wait_for(lambda: on_screen(program) == wanted[0], 10):
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
    # And it can be worked on: the lock of a dead process does not hold.
    again = Program([MMIB, "annotate", path, "--graphics", "none"], 30, 100, env)
    try:
        counts = tuple(sum(t == label for labels in got.values() for label in labels.values()) for t in TYPES)
        if not again.wait_for(lambda: (on_screen(again) or [0, 0])[1] == counts, 10):
            raise AssertionError("run %d: opened again it shows\n%s" % (number, again.screen.text()))
        again.send("qq")
        if again.wait() != 0:
            raise AssertionError("run %d: opened again it ends with %s" % (number, again.status))
    finally:
        again.close()
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
