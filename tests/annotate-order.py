"""The list of posts and what goes over all of them, on a pseudo-terminal. Prints TAP.

environment: MMIB (the program), SRCDIR, TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import json
import re
import sys
import time

import workbench_try as try_
from workbench_try import Workbench, labels, main, read, same, write


def corpus(n):
    """Posts of which every third names the Camp Nou; the tenth is done."""
    posts = []
    for i in range(n):
        tokens = ["post", str(i + 1), "says"] + (["Camp", "Nou"] if i % 3 == 0 else ["nothing"])
        posts.append({"id": "p%d" % (i + 1), "tokens": tokens, **({"status": "done"} if i == 9 else {})})
    return {"format": "mmib-corpus", "version": 1, "schema": {"entities": ["PER", "LOC", "ORG", "MISC"]},
            "posts": posts}


def opened(n=40, **size):
    return Workbench(write("c.json", json.dumps(corpus(n))), **size).started()


def filters():
    """filter by status and text, walk what is left, show all again"""
    w = opened()
    w.keys("Fo", r"in the list: 39 of 40")
    w.keys("t", "posts with the text")
    w.keys("camp\r", r"in the list: 13 of 40")
    w.keys("\x1b", r'13/40|\(open, "camp"\)')
    w.keys("J", "4/40|post 4 of 40")
    w.keys("G", "40/40|post 40 of 40")
    w.keys("J", "last of the posts that the filter")
    w.keys("D")
    w.expect("40/40|post 40 of 40")
    w.expect(r"12/40")  # it does not fit any more, but stays
    w.keys("K", "37/40|post 37 of 40")
    w.keys("Fa", "40 of 40")
    w.keys("\x1b", "posts · 2 of 40 done")
    w.leave("qq")


def orders():
    """order by status, and by what no model has told yet"""
    w = opened(rows=36, columns=120)
    w.keys("Os", "order of the list: status")
    w.expect(r"posts \(all, by status\) 40/40")
    w.keys("G", "post 10 of 40")
    w.keys("Ow", "order of the list: uncertainty of the words")
    w.expect(r"\(0/40 known\)|by words")
    w.keys("Of", "posts · 1 of 40 done")
    w.expect("post 10 of 40")
    w.leave()


def clicks():
    """clicks: a row of a filtered list, of the menu of filters, of all places"""
    w = opened(rows=24, columns=100)
    w.keys("Ftcamp\r\x1b", "14/40")
    w.settle()
    row = next(i for i, line in enumerate(w.screen.lines()) if line[:8].split()[:1] == ["7"])
    w.keys("\x1b[<0;5;%dM\x1b[<0;5;%dm" % (row + 1, row + 1), "post 7 of 40|7/40")
    w.keys("F", "a   all posts")
    row = next(i for i, line in enumerate(w.screen.lines()) if "a   all posts" in line)
    w.keys("\x1b[<0;70;%dM\x1b[<0;70;%dm" % (row + 1, row + 1), "in the list: 40")
    w.keys("\x1b", "posts · 1 of 40")
    w.keys("www*l", "14 of 14 open")
    w.settle()
    row = next(i for i, line in enumerate(w.screen.lines()) if " 10   " in line and "[Camp]" in line)
    w.keys("\x1b[<0;30;%dM\x1b[<0;30;%dm" % (row + 1, row + 1), "▶ +10 ")
    w.keys("a", "post 10: LOC")
    w.keys("\x1b")
    w.leave("qq")


def searches():
    """search over posts and within one, round the end, and to a post by id"""
    w = opened()
    w.keys("/NOU\r", "is not in any post")
    w.keys("/nou\r", r'match 1 of 1 in post 1')
    w.keys("]", "in post 4")
    w.keys("[[", r"in post 40 \(went round")
    w.keys(":p12\r", "post 12 of 40|12/40")
    w.keys("]", "in post 13")
    w.keys(":41\r", "there is no post 41")
    w.leave()


def places():
    """all places of the same words: one skipped, the others one act, one undo, saved"""
    w = opened()
    w.keys("wwwvwtl", "is LOC")
    w.keys("*", r'"Camp Nou" → LOC: 13 of 14 open|13 of 14 open')
    w.keys("jjx", "skipped")
    w.keys("A", "12 places in 12 posts: LOC; u undoes all of it")
    w.expect("LOC 13")
    w.keys("u", "undone in 12 posts, the first of them is post 4")
    w.expect("LOC 1 ")
    w.keys("U", "done again in 12 posts")
    w.keys("s", "saved c.json")
    w.leave()
    saved = json.loads(read("c.json"))
    same(labels(saved, 0), [(3, 5, "LOC")])
    same(labels(saved, 6), [])
    same(sum(len(p.get("entities", [])) for p in saved["posts"]), 13)
    w = Workbench(try_.path("c.json")).started()
    w.keys("u", "undone in 12 posts")  # behind the save, in another session
    w.expect("LOC 1 ")
    w.leave("qq")


def counts():
    """the screen of counts, at two sizes"""
    for rows, columns in (24, 80), (36, 120):
        w = opened(rows=rows, columns=columns)
        w.keys("wwwvwtl", "is LOC")
        w.keys("C", "1 of 40 done")
        w.expect(r"LOC +1 +1 +0 +0 +0 +0 +-")
        w.keys("jjjjjjjjjj", "from one change to the next|not known yet")
        w.keys("\x1b", "─ labels ")
        w.leave("qq")


def figures():
    """the counts' figures: times out of the history, and wrong proposals that were kept, seen and blind"""
    made = corpus(5)
    for i, blind in (0, False), (3, True):  # LOC was proposed in both, and kept in the first
        made["posts"][i]["proposed"] = {"blind": blind, "tokens": 5, "threshold": 0, "relations": [], "entities": [
            {"start": 3, "end": 5, "type": "LOC", "score": 0.9, "kept": not blind}]}
    source = write("c.json", json.dumps(made))
    for post in made["posts"]:
        post["entities"] = [{"id": "e1", "start": 3, "end": 5, "type": "ORG"}] if "Camp" in post["tokens"] else []
    gold = write("gold.json", json.dumps(made))
    w = Workbench(source, rows=40).started()
    w.keys("pDJpDJpDs", "saved c.json")
    w.leave()
    times = iter(["10:00:00", "10:00:10", "10:00:12", "10:00:42", "12:00:00", "12:00:00"])
    history = re.sub(r'(?<="time": ")[^"]*', lambda _: "2026-05-01T%sZ" % next(times, "12:00:00"),
                     read("c.json.history"))
    write("c.json.history", history)
    w = Workbench(source, "--gold", gold, rows=48, columns=80).started()
    w.keys("C", "3 of 5 done")
    # 10 s, then 2 + 30 s, then five minutes of a pause.
    w.expect(r"a post: median 32\.0 s, mean 1 min 54 s, of 3 that are done")
    w.expect(r"5 min 42 s of work; 32 posts an hour")
    w.expect(r"about 3 min 48 s are left for 2 open posts")
    w.expect(r"seen +1 of 1 wrong proposals kept \(100%\), in 1 post")
    w.expect(r"blind +0 of 1 wrong proposals kept \(0%\), in 1 post")
    w.leave("qq")


def never_waits():
    """a great corpus: keys are answered while a filter and a search are at work"""
    n = 60000
    w = opened(n)
    w.send("Ftnothing\r\x1b")
    w.expect("nothing")
    begin = time.monotonic()
    w.keys("l")
    w.keys("/no such words anywhere\r")
    w.keys("l")
    if time.monotonic() - begin > 5:
        raise AssertionError("keys waited")
    w.expect("40000/60000|40000 of 60000", 60)
    w.leave()


TESTS = [filters, orders, clicks, searches, places, counts, figures, never_waits]

if __name__ == "__main__":
    sys.exit(main(TESTS))
