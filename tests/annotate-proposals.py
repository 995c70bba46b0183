"""Proposals on the screen: margins, the threshold, what the model has seen, posts that are labelled blind. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import MINI, Workbench, demo, labels, main, mmib, path, read, same, write  # noqa: E402


def predicted(corpus):
    """What the model proposes for each post: (start, end, type, score), where no label stands."""
    said = mmib("predict", corpus, "--model", MINI, "--to", "json")
    same(said.returncode, 0)
    own, out = json.loads(read(corpus)), []
    for post, mine in zip(json.loads(said.stdout)["posts"], own["posts"]):
        kept = [(e["start"], e["end"]) for e in mine.get("entities", [])]
        out.append([(e["start"], e["end"], e["type"], e["score"]) for e in post.get("entities", [])
                    if not any(e["start"] < k[1] and k[0] < e["end"] for k in kept)])
    return out


def probability(value):
    """As the screen shows it."""
    return "1.0" if value >= 0.995 else ("%.2f" % value)[1:]


def bare(posts):
    """A corpus of some posts of the demonstration, without labels."""
    source = json.loads(read("demo/start.json" if os.path.exists(path("demo")) else demo()))
    wanted = [dict(p) for p in source["posts"] if posts is None or p["id"] in posts]
    for post in wanted:
        for member in ("entities", "relations", "rejected", "status"):
            post.pop(member, None)
    source["posts"] = wanted
    return write("demo/bare.json", json.dumps(source))


def two_proposals():
    """A corpus of one post that has two proposals of different probability, and these."""
    corpus = bare(None)
    said = predicted(corpus)
    ids = [p["id"] for p in json.loads(read(corpus))["posts"]]
    # A threshold in hundredths must fit between the two.
    fitting = [i for i, s in enumerate(said)
               if len(s) == 2 and int(100 * max(e[3] for e in s)) > int(100 * min(e[3] for e in s)) + 1]
    if not fitting:
        raise AssertionError("no post of the demonstration has two proposals")
    corpus = bare([ids[fitting[0]]])
    return corpus, sorted(said[fitting[0]], key=lambda e: -e[3])


def margins():
    """a proposal stands there with its probability and how far it is ahead"""
    corpus, (sure, unsure) = two_proposals()
    w = Workbench(corpus, "--graphics", "none", model=MINI).started()
    for start, end, kind, score in (sure, unsure):
        probable = probability(score).replace(".", r"\.")
        w.expect(r"%s\? +%s  ([+-]?\.\d\d|\+1\.0) over [A-Z]+ \.\d\d" % (kind, probable))
    w.leave()


def threshold():
    """below the threshold nothing is shown or accepted, and nothing is decided"""
    corpus, (sure, unsure) = two_proposals()
    limit = int(100 * unsure[3]) + 1
    w = Workbench(corpus, "--graphics", "none", "--threshold", "%.2f" % (limit / 100), model=MINI).started()
    w.expect(r"labels · proposals ≥ \.%02d, [1-9]\d* below" % limit)
    w.expect(r"%s\? +%s" % (sure[2], probability(sure[3]).replace(".", r"\.")))
    w.refuse(r"%s\? +%s" % (unsure[2], probability(unsure[3]).replace(".", r"\.")))
    w.keys("\r", "post 1 done")
    w.keys("s", "saved")
    same(labels(json.loads(read(corpus)), 0), [sure[:3]])
    same(json.loads(read(corpus))["posts"][0].get("rejected", []), [])
    w.keys("-" * 20, r"─ labels ─")  # all again, without the model
    w.expect(r"%s\? +%s" % (unsure[2], probability(unsure[3]).replace(".", r"\.")))
    w.keys("+" * 20, r"proposals ≥ 1\.0, [1-9]\d* below")
    w.keys("u", "undone")
    w.leave("qq")


def blind():
    """a blind post shows nothing of the model until it is done; then how people fare is counted"""
    corpus, (sure, unsure) = two_proposals()
    w = Workbench(corpus, "--graphics", "none", "--blind", "1", model=MINI).started()
    w.expect("blind post: proposals are hidden")
    w.expect(r"model mini \d+ ms")  # it has run
    w.refuse(r"[A-Z]+\?|match \.|over [A-Z]|images |words ")
    w.keys("a", "no proposal is left here|accepts this one")
    w.refuse("accepts this one")
    w.keys("l" * sure[0])
    w.keys("v" + "l" * (sure[1] - sure[0] - 1) + "t")
    w.keys({"PER": "p", "LOC": "l", "ORG": "o", "MISC": "m"}[sure[2]], " is " + sure[2])
    w.keys("\r", r"post 1 done\. [1-9] proposals? shown only now")
    w.expect(r"%s\? +%s" % (unsure[2], probability(unsure[3]).replace(".", r"\.")))
    os.kill(w.pid, signal.SIGKILL)
    w.wait()
    w.close()
    w = Workbench(corpus, "--graphics", "none", "--blind", "1", model=MINI).started()
    w.expect(r"%s\? +%s" % (unsure[2], probability(unsure[3]).replace(".", r"\.")))  # what was shown stays shown
    w.keys("s", "saved")
    w.leave()
    post = json.loads(read(corpus))["posts"][0]
    record = post["proposed"]
    same((record["blind"], len(record["model"]), post["status"]), (True, 64, "done"))
    same(sorted((e["type"], e["kept"]) for e in record["entities"]), sorted([(sure[2], True), (unsure[2], False)]))
    same([(e["source"], e["decision"]) for e in post["entities"]], [("human", "created")])

    told = mmib("stats", "--anchoring", corpus)
    same(told.returncode, 0)
    if "1 of 2 (50.0 %)" not in told.stdout or "not known" not in told.stdout:
        raise AssertionError(told.stdout)
    gold = json.loads(read(corpus))  # where the one that was made is wrong
    gold["posts"][0]["entities"] = []
    told = mmib("stats", "--anchoring", "--json", "--gold", write("demo/gold.json", json.dumps(gold)), corpus)
    hidden = json.loads(told.stdout)["hidden"]
    same((hidden["judged"], hidden["entities"]["wrong"]), (1, {"n": 2, "kept": 1, "share": 0.5}))
    same(hidden["entities"]["right"]["share"], None)


def background():
    """the model sees the whole corpus while nobody asks it, unless it is told not to"""
    corpus = bare(None)
    open_posts = len(json.loads(read(corpus))["posts"])
    w = Workbench(corpus, "--graphics", "none", model=MINI, rows=open_posts + 8).started()
    w.expect(r"(?m)^ *%d [·–] ?[0-9+]" % open_posts, 60)
    w.leave()
    w = Workbench(corpus, "--graphics", "none", "--no-background", model=MINI, rows=open_posts + 8).started()
    w.expect(r"(?m)^ *3 [·–] ?[0-9+]", 30)  # the next ones are looked at, whatever happens
    w.settle(0.5)
    w.refuse(r"(?m)^ *%d [·–] ?[0-9+]" % open_posts)
    w.leave()


def doubt():
    """sorted by the doubt of words or picture, the whole corpus is drawn from, and the post says how much it is"""
    corpus = bare(None)
    w = Workbench(corpus, "--graphics", "none", "--no-image", model=MINI, columns=130).started()
    w.refuse(r"doubt +words")
    w.keys("Ow", "uncertainty of the words")
    w.keys("\x1b")
    w.expect(r"(?m)^ by uncertainty of the words +│", 60)  # no longer "known of"
    w.keys("g", r"doubt +words (\.\d\d|1\.0) +picture \.00")  # every picture is hidden: none of the doubt is its own
    w.refuse(r"doubt +words \.00")  # the most doubtful comes first
    w.leave()


def usage():
    """options that make no sense are refused"""
    corpus = demo()
    for arguments, words in (((corpus, "--threshold", "1.5"), "not between 0 and 1"),
                             ((corpus, "--blind", "-3"), "whole number")):
        got = mmib("annotate", *arguments)
        same(got.returncode, 2)
        if words not in got.stderr:
            raise AssertionError(got.stderr)
    got = mmib("stats", "--gold", corpus, corpus)
    same(got.returncode, 2)


if __name__ == "__main__":
    sys.exit(main([margins, threshold, blind, background, doubt, usage]))
