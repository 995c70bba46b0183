"""How long a key takes while the model runs: from its byte going in at the pseudo-terminal to the last byte of the text's
answer coming out.

usage: bench-latency [--inspect] [CORPUS] [--model DIR] [--images DIR] [--graphics MODE] [--keys N] [--rows R] [--columns C]
environment: MMIB

Without a corpus, 12,000 posts are made out of those of the demonstration. Moves the cursor and walks the posts with the
pauses of a person, so that the model is at work nearly always. What comes out behind a pause of 5 ms is not counted as the
answer (that is the model's or the picture's). Prints the time from the start to the first screen, and median, 99th
percentile and maximum for keys within a post and for keys that go to another one; then, for posts that were not looked
ahead at (clicked in the list), until the model's answer stands on the screen, and with --graphics sixel or blocks, until
the last byte of the next post's picture has come out (looked ahead at, after half a second of reading). With --inspect it is
mmib inspect, while the model finds labels and examines cases: keys that stay at a case (other readings, heat, verdicts and
their undo), keys that go to another one, and those of the overview.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import os
import random
import re
import select
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ptyterm import Program  # noqa: E402

QUIET = 0.005


class Text:
    """Tells text from pictures in what comes out: a sixel picture is a device control string, also over several reads."""

    def __init__(self):
        self.inside = False

    def any(self, data):
        text = False
        while data:
            end = data.find(b"\x1b\\" if self.inside else b"\x1bP")
            # Around a picture the cursor is saved, moved and restored: that belongs to it.
            text |= not self.inside and len(data if end < 0 else data[:end]) > 24
            if end < 0:
                break
            self.inside = not self.inside
            data = data[end + 2:]
        return text


def answer_ms(program, key, text):
    """Presses a key; ms to the last byte of text before a pause. None: nothing came."""
    begin = last = time.monotonic()
    program.send(key)
    limit = 1.0
    all_data = []
    while select.select([program.fd], [], [], limit)[0]:
        data = os.read(program.fd, 1 << 20)
        if not data:
            return None
        if text.any(data):
            last = time.monotonic()
        all_data.append(data)
        limit = QUIET
    program.screen.feed(program.decoder.decode(b"".join(all_data)))
    return (last - begin) * 1000 if last > begin else None


def whole_answer_ms(program, key):
    """Presses a key; ms to the last byte of all that comes out before half a second of silence, and how many bytes."""
    begin = last = time.monotonic()
    all_data = []
    program.send(key)
    while select.select([program.fd], [], [], 0.5)[0]:
        data = os.read(program.fd, 1 << 20)
        if not data:
            break
        last = time.monotonic()
        all_data.append(data)
    all_data = b"".join(all_data)
    program.screen.feed(program.decoder.decode(all_data))
    return (last - begin) * 1000, len(all_data)


def proposals_ms(program):
    """Clicks on the post five below in the list; ms until the head says how long the model took for that post. None: it did not."""
    def number():
        found = re.search(r"post (\d+) of", program.screen.lines()[0])
        return found and int(found.group(1))
    before = number()
    row = 6 + next(i for i, line in enumerate(program.screen.lines()) if line.startswith("▶"))
    begin = time.monotonic()
    program.send("\x1b[<0;6;%dM\x1b[<0;6;%dm" % (row, row))
    if not program.wait_for(lambda: number() != before and re.search(r"\d+ ms", program.screen.lines()[0]), 2):
        return None
    return (time.monotonic() - begin) * 1000


def make_corpus(folder):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../corpora/demo")
    with open(os.path.join(source, "demo.json"), encoding="utf-8") as f:
        corpus = json.load(f)
    corpus["images"] = os.path.relpath(os.path.join(source, "images"), folder)
    posts = corpus["posts"]
    corpus["posts"] = [dict(posts[i % len(posts)], id=str(i)) for i in range(12000)]
    with open(os.path.join(folder, "corpus.json"), "w", encoding="utf-8") as f:
        json.dump(corpus, f)
    return f.name


def report(what, times):
    times.sort()
    if times:
        print("%-37s n %4d  median %6.2f ms  p99 %6.2f ms  max %6.2f ms"
              % (what, len(times), times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))], times[-1]))


def inspect(program, options, rng):
    program.settle(2)
    program.send("\r")
    program.wait_for("case 1/", 20)
    program.settle(1)
    inside, across, over, text = [], [], [], Text()
    for i in range(options.keys):
        travel = i % 4 == 0
        ms = answer_ms(program, rng.choice("nnnp") if travel else rng.choice("zmuH"), text)
        if ms is not None:
            (across if travel else inside).append(ms)
        time.sleep(rng.uniform(0, 0.08))
    program.send("o")
    program.settle(0.5)
    for i in range(options.keys // 2):
        ms = answer_ms(program, rng.choice(["\t", "j", "k", "l", "r"]), text)
        if ms is not None:
            over.append(ms)
        time.sleep(rng.uniform(0, 0.08))
    report("key within a case", inside)
    report("key to another case", across)
    report("key in the overview", over)
    report("all keys", inside + across + over)
    program.send("qq")
    program.wait()
    program.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--inspect", action="store_true")
    parser.add_argument("--model")
    parser.add_argument("--images")
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--rows", type=int, default=50)
    parser.add_argument("--columns", type=int, default=160)
    parser.add_argument("--graphics", default="none")
    options = parser.parse_args()
    mmib = os.environ.get("MMIB", "build/mmib")
    rng = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="mmib-latency-") as folder:
        corpus = shutil.copy(options.corpus, folder) if options.corpus else make_corpus(folder)
        argv = [mmib, "inspect" if options.inspect else "annotate", corpus, "--graphics", options.graphics]
        for name, value in (("--model", options.model), ("--images", options.images)):
            argv += [name, value] if value else []
        begin = time.monotonic()
        program = Program(argv, options.rows, options.columns, sixel=options.graphics == "sixel")
        if not program.wait_for("classes " if options.inspect else "labels ", 20):
            sys.exit("no screen:\n" + program.screen.text())
        print("first screen %.0f ms" % ((time.monotonic() - begin) * 1000))
        if options.inspect:
            return inspect(program, options, rng)
        program.wait_for(r"\d+ ms", 30)
        program.settle()
        inside, across, text = [], [], Text()
        for i in range(options.keys):
            travel = i % 4 == 0
            ms = answer_ms(program, "J" if travel else rng.choice("lhlw"), text)
            if ms is not None:
                (across if travel else inside).append(ms)
            time.sleep(rng.uniform(0, 0.08))
        report("key within a post", inside)
        report("key to another post", across)
        report("all keys", inside + across)
        program.settle(0.5)
        pictures, unseen = [], []
        for i in range(options.keys // 10):
            if options.graphics != "none":
                ms, n = whole_answer_ms(program, "J")
                if n > 4096:
                    pictures.append(ms)
        for i in range(options.keys // 10):
            program.settle(0.3)
            unseen.append(proposals_ms(program))
        report("next post's picture, looked ahead at", pictures)
        report("a post's proposals, not looked ahead", [ms for ms in unseen if ms is not None])
        program.send("qq")
        program.wait()
        program.close()


if __name__ == "__main__":
    main()
