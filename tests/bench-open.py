"""How long a corpus takes to open, and how much memory the workbench takes with it.

usage: bench-open [--posts N,N...] [--runs N] [--model DIR] [--keep FOLDER]
environment: MMIB

Makes corpora out of the demonstration's posts (two of them joined into one, about 20 tokens), as JSON Lines and, up to
100,000 posts, as one JSON object too. Opens each in the workbench on a pseudo-terminal with the default model. Prints,
as median and minimum over the runs: the time to the first screen; the time until a key moved to the next post; the time
until all posts were counted; and the largest resident memory.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import copy
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

TEMPLATES = 1000
JSON_MOST = 100000


def joined(first, second, rng):
    """Two posts one after the other, with the entities of both, relations and picture of the first."""
    post, behind = copy.deepcopy(first), len(first["tokens"])
    post["tokens"] = first["tokens"] + second["tokens"]
    for entity in second.get("entities", []):
        moved = dict(entity, id="f" + entity["id"], start=entity["start"] + behind, end=entity["end"] + behind)
        moved.pop("grounding", None)
        post.setdefault("entities", []).append(moved)
    post["objects"] = post.get("objects", [])[:1]
    for entity in post.get("entities", []):
        if any(o not in [x["id"] for x in post["objects"]] for o in entity.get("grounding", [])):
            entity.pop("grounding")
    if rng.random() < 0.3:
        post["status"] = rng.choice(["started", "done", "skipped"])
    return post


def templates(mmib, folder):
    """Lines of posts as mmib writes them, with the id "@"; and the header before them."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../corpora/demo")
    with open(os.path.join(source, "demo.json"), encoding="utf-8") as f:
        corpus = json.load(f)
    rng = random.Random(1)
    posts = corpus["posts"]
    corpus["images"] = os.path.relpath(os.path.join(source, "images"), folder)
    corpus["posts"] = [dict(joined(rng.choice(posts), rng.choice(posts), rng), id="@%d" % i) for i in range(TEMPLATES)]
    plain, lines = os.path.join(folder, "templates.json"), os.path.join(folder, "templates.jsonl")
    with open(plain, "w", encoding="utf-8") as f:
        json.dump(corpus, f)
    subprocess.run([mmib, "convert", plain, lines], check=True)
    with open(lines, encoding="utf-8") as f:
        header, *rest = f.read().splitlines()
    os.remove(plain)
    os.remove(lines)
    return header, [re.sub(r'^\{"id": "@\d+"', '{"id": "@"', line) for line in rest]


def make(folder, n, header, lines, style):
    path = os.path.join(folder, "posts-%d.%s" % (n, style))
    if os.path.exists(path):
        return path
    with open(path, "w", encoding="utf-8") as f:
        f.write(header + "\n" if style == "jsonl" else header[:-1] + ',\n "posts": [')
        for i in range(n):
            line = lines[i % len(lines)].replace('"@"', '"%d"' % (1000000000 + i), 1)
            f.write(line + "\n" if style == "jsonl" else (",\n  " if i else "\n  ") + line)
        f.write("" if style == "jsonl" else "\n ]}\n")
    return path


def memory_mib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) / 1024


def wait_ms(program, begin, pattern, seconds):
    if not program.wait_for(pattern, seconds):
        sys.exit("waited in vain for %s:\n%s" % (pattern, program.screen.text()))
    return (time.monotonic() - begin) * 1000


def once(mmib, path, model):
    argv = [mmib, "annotate", path, "--graphics", "none", "--annotator", "ana"] + (["--model", model] if model else [])
    begin = time.monotonic()
    program = Program(argv, 36, 120)
    first = wait_ms(program, begin, r"post 1 of", 60)
    pressed = time.monotonic()
    program.send("J")
    moved = wait_ms(program, pressed, r"post 2 of", 60)
    counted = wait_ms(program, begin, r"posts · \d+ of|done \d+/", 120)
    wait_ms(program, begin, r"\d+ ms", 60)  # the model has seen a post: its memory counts too
    program.settle()
    mib = memory_mib(program.pid)
    program.send("q")
    program.wait()
    program.close()
    return first, moved, counted, mib


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", default="12000,1000000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--model")
    parser.add_argument("--keep", help="folder where the corpora are made and stay")
    options = parser.parse_args()
    mmib = os.environ.get("MMIB", "build/mmib")
    with tempfile.TemporaryDirectory(prefix="mmib-open-") as folder:
        folder = options.keep or folder
        header, lines = templates(mmib, folder)
        for n in map(int, options.posts.split(",")):
            for style in ("jsonl", "json") if n <= JSON_MOST else ("jsonl",):
                path = make(folder, n, header, lines, style)
                runs = sorted(once(mmib, path, options.model) for _ in range(options.runs))
                for what, i, unit in (("first screen", 0, "ms"), ("next post", 1, "ms"), ("counted", 2, "ms"),
                                      ("memory", 3, "MiB")):
                    figures = sorted(run[i] for run in runs)
                    print("%9d posts %-6s %6.1f MB  %-13s median %8.1f  min %8.1f %s"
                          % (n, style, os.path.getsize(path) / 1e6, what, figures[len(figures) // 2], figures[0], unit))


if __name__ == "__main__":
    main()
