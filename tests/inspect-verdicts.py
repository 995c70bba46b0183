"""Verdicts given on the screen: they survive the end of the program at any moment, are undone, and make the ledger.
Prints TAP.

environment: MMIB (the program), SRCDIR, TMPDIR

SPDX-License-Identifier: Apache-2.0
"""
import json
import sys

from workbench_try import Workbench, main, mmib, path, read, same, write

GOLD = """IMGID:1
Mara\tB-PER
Lind\tI-PER
visits\tO
Camp\tB-LOC
Nou\tI-LOC

IMGID:2
Celtic\tB-ORG
win\tO

"""
PREDICTED = GOLD.replace("Camp\tB-LOC\nNou\tI-LOC", "Camp\tB-ORG\nNou\tI-ORG").replace("Celtic\tB-ORG", "Celtic\tO")


def inspect(*more):
    return Workbench(write("gold.conll", GOLD), "--pred", write("pred.conll", PREDICTED), "--graphics", "none",
                     "-a", "ana", *more, command="inspect", columns=120)


def verdicts(post):
    done = mmib("convert", path("gold.mmib.json"), "-", "--to", "json")  # with the journal
    return [(v["verdict"], v.get("note"), v["by"], v["system"]) for v in json.loads(done.stdout)["posts"][post].get(
        "verdicts", [])]


def points():
    done = mmib("eval", path("gold.mmib.json"), path("pred.conll"), "--json")
    ledger = json.loads(done.stdout)["ledger"]
    return ledger["published"], {k: round(v, 6) for k, v in ledger["ner"]["all"]["points"].items()}


def survives():
    """a verdict and its note survive a kill, are undone in the next session, and make the ledger"""
    w = inspect()
    w.expect("all errors")
    w.keys("\r", "─ case 1/2")
    w.keys("g", "verdict: gold wrong")
    w.keys(";", "note of the verdict")
    w.keys("a football club\r", "noted")
    w.keys("n", "─ case 2/2")
    w.keys("m", "verdict: model wrong")
    w.kill()
    w.close()
    same(verdicts(0), [("gold", "a football club", "ana", "pred.conll")])
    same(verdicts(1), [("model", None, "ana", "pred.conll")])
    # 2 wrong and 2 missed of 5 labels: a gold of 3, a prediction of 2. Three shares: the type's two and the missed one.
    same(points(), (path("gold.conll"), {"all": 60, "model": 20, "corpus": 40, "corrected": 0, "open": 0}))

    w = inspect()
    w.expect("all errors")
    w.keys("\r", "─ case 1/2")
    w.expect("verdict: gold wrong")
    w.keys("uuu")
    same(verdicts(0), [])
    same(verdicts(1), [])
    w.keys("UU")
    same(verdicts(0), [("gold", "a football club", "ana", "pred.conll")])
    w.keys("s", "saved")
    w.leave()
    same(json.loads(read("gold.mmib.json"))["posts"][0]["verdicts"][0]["note"], "a football club")
    same(read("gold.conll"), GOLD)


def corrected():
    """gold that is corrected in a case makes the share the corpus's"""
    w = inspect()
    w.expect("all errors")
    w.keys("\r", "─ case 1/2")
    w.keys("e", "─ labels ")
    w.keys("o")  # ORG
    w.keys("s", "saved")
    w.leave()
    same(points(), (path("gold.conll"), {"all": 60, "model": 0, "corpus": 0, "corrected": 40, "open": 20}))


sys.exit(main([survives, corrected]))
