"""How long an inspection takes to open with predictions given, and to count a correction of gold.

usage: bench-inspect [--gold FILE --pred FILE] [--posts N] [--runs N]
environment: MMIB

Without files, gold is made out of the words of the demonstration's posts, and the predictions are gold with every eighth
label left out and every ninth of another type. Prints, as median and minimum over the runs: the time until the overview
shows the scores of all posts; then from a key to the screen: until a number's cases stand there, until gold is corrected
in a case, and until the overview has counted that.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ptyterm import Program  # noqa: E402


def make(folder, n):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../corpora/demo/demo.json")
    with open(source, encoding="utf-8") as f:
        posts = json.load(f)["posts"]
    rng, names, seen = random.Random(1), ("gold.txt", "pred.txt"), 0
    with open(os.path.join(folder, names[0]), "w", encoding="utf-8") as gold, \
            open(os.path.join(folder, names[1]), "w", encoding="utf-8") as pred:
        for i in range(n):
            post = rng.choice(posts)
            tags, said = ["O"] * len(post["tokens"]), ["O"] * len(post["tokens"])
            for e in post.get("entities", []):
                seen += 1
                for k in range(e["start"], e["end"]):
                    tags[k] = ("B-" if k == e["start"] else "I-") + e["type"]
                    kind = "MISC" if seen % 9 == 0 else e["type"]
                    said[k] = "O" if seen % 8 == 0 else tags[k][:2] + kind
            for out, of in ((gold, tags), (pred, said)):
                out.write("IMGID:%d\n" % i + "".join("%s\t%s\n" % x for x in zip(post["tokens"], of)) + "\n")
    return [os.path.join(folder, name) for name in names]


def wait_ms(program, begin, pattern, seconds=60):
    if not program.wait_for(pattern, seconds):
        sys.exit("waited in vain for %s:\n%s" % (pattern, program.screen.text()))
    return (time.monotonic() - begin) * 1000


def once(mmib, gold, pred):
    with tempfile.TemporaryDirectory(prefix="mmib-inspect-") as folder:
        work = shutil.copy(gold, folder)
        begin = time.monotonic()
        program = Program([mmib, "inspect", work, "--pred", pred, "--graphics", "none", "--annotator", "ana"], 36, 120)
        first = wait_ms(program, begin, "all errors")
        program.settle()
        begin = time.monotonic()
        program.send("j\r")
        opened = wait_ms(program, begin, "─ case 1/")
        program.settle()
        program.send("ex")  # the mark stands on the label
        begin = time.monotonic()
        edited = wait_ms(program, begin, "journaled|pending")
        program.settle()
        program.send("M")
        program.settle()
        begin = time.monotonic()
        program.send("o")
        overview = wait_ms(program, begin, "all errors")
        program.kill()
        program.close()
        return first, opened, edited, overview


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gold")
    parser.add_argument("--pred")
    parser.add_argument("--posts", type=int, default=3257)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    mmib = os.environ.get("MMIB", "build/mmib")
    with tempfile.TemporaryDirectory(prefix="mmib-inspect-") as folder:
        gold, pred = (options.gold, options.pred) if options.gold else make(folder, options.posts)
        runs = [once(mmib, gold, pred) for _ in range(options.runs)]
    for i, what in enumerate(("overview of all posts", "cases of a number", "correction of gold", "back to the overview")):
        figures = sorted(run[i] for run in runs)
        print("%-22s median %7.1f  min %7.1f ms" % (what, figures[len(figures) // 2], figures[0]))


if __name__ == "__main__":
    main()
