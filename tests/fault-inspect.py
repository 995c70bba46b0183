"""Kills the workbench with SIGKILL at random moments of a scripted inspection, and looks whether every verdict and note
that was on the screen is there afterwards.

usage: fault-inspect.py [TIMES [SEED]]     environment: MMIB (the program), TMPDIR

Each run works on a fresh copy of gold and predicted labels, two wrong ones a post: verdicts are given, changed and taken
back, with notes, undone and done again; between them the post is flagged, as an edit of gold, and all is saved. Every
fourth run is on a JSON Lines file so large that its posts stay in it. A run passes where `mmib convert GOLD -` gives
exactly a state of the script that is no older than the last one that was seen, and everything can be undone from there.
Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ptyterm import Program  # noqa: E402

MMIB = os.environ.get("MMIB", "build/mmib")
ANSWERS = {"m": "model", "g": "gold", "b": "both", "y": "unsure"}
NOTES = ["why", "two men", "see the rules"]
POSTS, FILLERS = 4, 17
CASES = 2 * POSTS
HEADER = {"format": "mmib-corpus", "version": 1, "schema": {"entities": ["PER", "LOC"], "relations": []}}


def posts(person, town, large):
    """large: more than 16 MiB, by posts without a label."""
    both = [{"id": "p%d" % i, "tokens": ["Rob", "met", "Ana", "in", "Oslo"],
             "entities": [{"id": "e1", "start": 0, "end": 1, "type": person},
                          {"id": "e2", "start": town, "end": 5, "type": "LOC"}]} for i in range(POSTS)]
    return both + [{"id": "f%d" % i, "tokens": ["filler"], "pad": "x" * (1 << 20)} for i in range(FILLERS * large)]


def write_corpora(folder, large):
    gold, predicted = (os.path.join(folder, name) for name in ("gold.jsonl", "pred.jsonl"))
    for path, labels in ((gold, posts("PER", 4, large)), (predicted, posts("LOC", 3, large))):
        with open(path, "w") as f:
            f.write("".join(json.dumps(line) + "\n" for line in [HEADER] + labels))
    return gold, predicted


class State:
    """Of each case (answer, note), "" = none; and which posts are flagged."""

    def __init__(self, cases, flags):
        self.cases, self.flags = list(cases), list(flags)

    def copy(self):
        return State(self.cases, self.flags)

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return repr(vars(self))


class Script:
    """Acts as key strings, with the state after each and the case at hand."""

    def __init__(self, rng, n):
        self.acts, self.states, self.places = [], [State([("", "")] * CASES, [False] * POSTS)], [0]
        done, undone, at = [], [], 0
        while len(self.acts) < n:
            now, act = self.states[-1], rng.random()
            if act < 0.25:
                by = -1 if act < 0.07 and at else 1
                if at + by == CASES:
                    continue
                keys, at = "p" if by < 0 else "n", at + by
            elif act < 0.40:
                come_back = act > 0.34
                stack, other = (undone, done) if come_back else (done, undone)
                if not stack or stack[-1][1] != at // 2:  # another post's would leave the case
                    continue
                state, post = stack.pop()
                other.append((now, post))
                keys, now = "U" if come_back else "u", state
            elif act < 0.44:
                keys = "s"
            else:
                done.append((now, at // 2))
                undone, now = [], now.copy()
                keys = self.change(rng, now, at, act)
            self.acts.append(keys)
            self.states.append(now)
            self.places.append(at)

    @staticmethod
    def change(rng, state, at, act):
        answer, note = state.cases[at]
        if act < 0.52:
            state.flags[at // 2] = not state.flags[at // 2]
            return "e!M"
        if act < 0.72 and answer:
            new = rng.choice([text for text in NOTES if text != note])
            state.cases[at] = (answer, new)
            return ";" + "\x7f" * len(note) + new + "\r"
        key = rng.choice("mgby")
        state.cases[at] = ("", "") if key == answer else (key, note)
        return key


def on_screen(program):
    """(case at hand, answers of all cases, the note of that case); None while it is being drawn."""
    text = program.screen.text()
    at = re.search(r"─ case (\d+)/%d  " % CASES, text)
    answers = re.findall(r"^[ ▶] *\d [tb] ([mgb? ]) (?:Rob|Oslo)", text, re.M)
    if not at or len(answers) != CASES:
        return None
    note = re.search(r"│ ; (.*?) *$", text, re.M)
    return int(at.group(1)) - 1, "".join(answers), note.group(1) if note else ""


def expected(state, at):
    return at, "".join((answer or " ").replace("y", "?") for answer, _ in state.cases), state.cases[at][1]


def in_file(path):
    out = subprocess.run([MMIB, "convert", path, "-", "--to", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if out.returncode:
        raise AssertionError("convert: exit %d: %s" % (out.returncode, out.stderr.decode()))
    state = State([("", "")] * CASES, [False] * POSTS)
    for i, post in enumerate(json.loads(out.stdout)["posts"][:POSTS]):
        state.flags[i] = post.get("flags", []) == ["unsure"]
        for verdict in post.get("verdicts", []):
            at = 2 * i + (verdict["gold"]["start"] == 4)
            key = [k for k, name in ANSWERS.items() if name == verdict["verdict"]]
            if state.cases[at] != ("", "") or verdict["by"] != "ana" or verdict["system"] != "pred.jsonl":
                raise AssertionError("not a verdict of the script: %r" % verdict)
            state.cases[at] = (key[0], verdict.get("note", ""))
    return state


def start(folder, gold, predicted):
    env = {"MMIB_MODEL": os.path.join(folder, "none"), "USER": "ana"}
    program = Program([MMIB, "inspect", gold, "--pred", predicted, "--graphics", "none"], 30, 100, env)
    if not program.wait_for("all errors", 20):
        raise AssertionError("no overview:\n" + program.screen.text())
    program.send("\r")
    return program


def undo_all(folder, gold, predicted, script, got):
    again = start(folder, gold, predicted)
    try:
        if not again.wait_for(lambda: (on_screen(again) or ["", ""])[1] == expected(got, 0)[1], 20):
            raise AssertionError("opened again it shows\n%s" % again.screen.text())
        again.send("u" * (len(script.acts) + 1))
        if not again.wait_for("nothing (left )?to undo", 20):
            raise AssertionError("undoing all of it shows\n%s" % again.screen.text())
        again.send("qq")
        if again.wait() != 0:
            raise AssertionError("opened again it ends with %s" % again.status)
    finally:
        again.close()
    if in_file(gold) != script.states[0]:
        raise AssertionError("opened again, with all undone, it has\n%s" % in_file(gold))


def run(rng, folder, number):
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    gold, predicted = write_corpora(folder, number % 4 == 3)
    script = Script(rng, 60)
    wanted = [expected(state, at) for state, at in zip(script.states, script.places)]
    seen = sent = 0
    program = start(folder, gold, predicted)

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
            raise AssertionError("no first case:\n" + program.screen.text())
        end = time.monotonic() + rng.uniform(0.0, 0.7)
        while time.monotonic() < end:
            for _ in range(rng.choice([1, 1, 1, 2, 5])):
                if sent < len(script.acts):
                    sent += 1
                    program.send(script.acts[sent - 1])
            program.pump(min(rng.choice([0, 0.002, 0.01, 0.03, 0.15]), max(end - time.monotonic(), 0)))
        program.kill()
        watch()
    finally:
        program.close()
    got = in_file(gold)
    if got not in script.states[seen:sent + 1]:
        raise AssertionError("%d acts sent, act %d was seen; the file has\n%s\nthe screen had\n%s\nthe acts were\n%r"
                             % (sent, seen, got, program.screen.text(), script.acts[:sent]))
    if rng.random() < 0.5:
        undo_all(folder, gold, predicted, script, got)
    return seen, sent


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 24
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
                print("# run %d: %s" % (i, str(error).replace("\n", "\n# ")))
    ok = failed == 0
    print("%s 1 - every verdict that was on the screen is in the file (%d kills)" % ("ok" if ok else "not ok", times))
    busy = seen_all >= 3 * times
    print("%s 2 - the sessions were at work (%d acts sent, %d seen)" % ("ok" if busy else "not ok", sent_all, seen_all))
    print("1..2")
    return 0 if ok and busy else 1


if __name__ == "__main__":
    sys.exit(main())
