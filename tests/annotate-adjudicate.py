"""Adjudication as people do it, on a pseudo-terminal. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import Workbench, demo, labels, main, mmib, path, read, same, write  # noqa: E402

POSTS = [("p1", "Rob Lind met Ana at Camp Nou"), ("p2", "Acme opens in Oslo"), ("p3", "nothing here"),
         ("p4", "Celtic beat Paris in Glasgow")]
SCHEMA = {"entities": ["PER", "LOC", "ORG"], "relations": [{"name": "at", "head": ["PER"]}, {"name": "in"}]}


def corpus(name, entities, relations=None, status="done"):
    """A file of an annotator: {post: [(start, end, type)]}, {post: [(head, tail, type)]} by places in that list."""
    posts = []
    for post, words in POSTS:
        said = dict({"source": "human", "decision": "created"}, **({"by": name} if name else {}))
        made = dict(id=post, tokens=words.split(), status=status)
        made["entities"] = [dict(said, id="e%d" % i, start=s, end=e, type=t)
                            for i, (s, e, t) in enumerate((entities or {}).get(post, []), 1)]
        made["relations"] = [dict(said, id="r%d" % i, head="e%d" % h, tail="e%d" % t, type=kind)
                             for i, (h, t, kind) in enumerate((relations or {}).get(post, []), 1)]
        if name:
            made["annotator"] = name
        posts.append(made)
    return write((name or "base") + ".json",
                 json.dumps({"format": "mmib-corpus", "version": 1, "schema": SCHEMA, "posts": posts}))


def annotators():
    ana = corpus("ana", {"p1": [(0, 2, "PER"), (5, 7, "LOC"), (3, 4, "PER")], "p2": [(0, 1, "ORG"), (3, 4, "LOC")],
                         "p4": [(0, 1, "ORG"), (2, 3, "ORG"), (4, 5, "LOC")]},
                 {"p1": [(1, 2, "at")], "p2": [(1, 2, "in")], "p4": [(1, 3, "in")]})
    bob = corpus("bob", {"p1": [(0, 2, "PER"), (5, 7, "ORG"), (3, 4, "PER")], "p2": [(0, 1, "ORG"), (3, 4, "LOC")],
                         "p4": [(0, 1, "ORG"), (2, 3, "LOC"), (4, 5, "LOC")]},
                 {"p1": [(1, 2, "at")], "p2": [(1, 2, "in")]})
    carla = corpus("carla", {"p1": [(0, 1, "PER"), (5, 7, "LOC"), (3, 4, "PER")], "p2": [(0, 1, "ORG"), (3, 4, "LOC")],
                             "p4": [(0, 1, "ORG"), (2, 3, "LOC"), (4, 5, "LOC")]}, {"p2": [(1, 2, "in")]})
    return ana, bob, carla


def gold_of(name="gold.json"):
    return json.loads(read(name))


def screen(gold, *files, rows=24, columns=80):
    w = Workbench(gold, "--adjudicate", *files, "--annotator", "dora", "--graphics", "none", rows=rows,
                  columns=columns)
    w.expect("─ (disagreement|labels) ")
    return w


def one_key_each():
    """what all agree on is taken over; each disagreement is settled by one key; then Enter"""
    w = screen(path("gold.json"), *annotators())
    w.expect(r"gold.json is new; 6 agreed labels in 3 posts taken over")
    w.expect(r"disagreement 1 of 2 .* 4 left in 2 posts")
    w.refuse("Acme opens")  # nothing to settle there: it is not in the list
    w.keys("J", "Celtic beat")
    w.keys("K", r"1 ana, bob +Rob Lind PER")
    w.expect(r"2 carla +Rob PER")
    w.keys("1", r"Rob Lind: as ana, bob")
    w.expect(r"disagreement 1 of 1 .* 3 left in 2 posts")
    w.expect(r"1 ana, carla +Camp Nou LOC")
    w.keys("\r", "1 disagreement is left here")
    w.keys("7", "there are 2 versions here")
    w.keys("2", r"Camp Nou: as bob; nothing is left here, Enter goes on")
    w.expect(r"Rob Lind → Camp Nou +at")  # all who have both entities agree: it follows
    w.keys("\r", r"post 1 done; 2 disagreements left in 1 post")
    w.expect("Celtic beat")
    w.keys("2", r"Paris: as bob, carla")
    w.expect(r"1 ana +in +Celtic → Glasgow")
    w.expect(r"2 bob, carla +no relation")
    w.keys("1", r"Celtic, Glasgow: as ana; nothing is left")
    w.keys("\r", r"post 4 done; no disagreement is left in any post")
    w.keys("s", "saved gold.json")
    w.leave("q")
    gold = gold_of()
    same(labels(gold, 0), [(0, 2, "PER"), (3, 4, "PER"), (5, 7, "ORG")])
    same(labels(gold, 1), [(0, 1, "ORG"), (3, 4, "LOC")])
    same(labels(gold, 3), [(0, 1, "ORG"), (2, 3, "LOC"), (4, 5, "LOC")])
    same([p["status"] for p in gold["posts"]], ["done"] * 4)
    taken = [e for e in gold["posts"][0]["entities"] if e["start"] == 5][0]
    same((taken["source"], taken["by"], taken["decision"], taken["from"]), ("human", "dora", "accepted", "bob"))
    same([e["by"] for e in gold["posts"][1]["entities"]], ["ana, bob, carla"] * 2)
    same([r["type"] for r in gold["posts"][1]["relations"]], ["in"])
    same(gold["posts"][3]["relations"][0]["from"], "ana")
    same(json.loads(read("ana.json"))["posts"][3]["status"], "done")
    w = screen(path("gold.json"), path("ana.json"), path("bob.json"), path("carla.json"))
    w.expect("no disagreement left")
    w.expect("0 disagreements in 0 posts")
    w.leave("q")


def none_undone_and_by_hand():
    """none of them; undone; something else by the usual keys; and another session goes on"""
    files = annotators()
    w = screen(path("gold.json"), *files)
    w.keys("0", "Rob Lind: no label")
    w.expect("3 left in 2 posts")
    w.keys("u", "undone in post 1")
    w.expect(r"disagreement 1 of 2 .* 4 left in 2 posts")
    w.keys("\t", r"entity in +Camp Nou")
    w.keys("\t", r"entity in +Rob Lind")
    w.keys("0", "Rob Lind: no label")
    w.keys("o", "Camp is ORG")  # the cursor is there; a label of one's own settles it
    w.expect("labels ")
    w.keys("n", "Celtic beat")
    w.keys("1", "Paris: as ana")
    w.kill()
    w.close()
    w = screen(path("gold.json"), *files)
    w.expect(r"1 left in 1 post")
    w.expect(r"1 ana +in +Celtic → Glasgow")
    w.keys("2", "Celtic, Glasgow: no relation, as bob, carla")
    w.expect("no disagreement left")
    w.keys("s", "saved")
    w.leave("q")
    gold = gold_of()
    same(labels(gold, 0), [(3, 4, "PER"), (5, 6, "ORG")])
    same([(r["start"], r["end"], r["type"]) for r in gold["posts"][0]["rejected"]], [(0, 2, "PER"), (0, 1, "PER")])
    same(gold["posts"][3]["rejected"][0]["type"], "in")
    same(gold["posts"][3]["relations"], [])


def everything_at_once_is_undone():
    """taking over what all agree on is one act; a post that was begun is left alone"""
    files = annotators()
    base = json.loads(read(os.path.basename(corpus(None, {"p2": [(0, 1, "PER")]}, status="new"))))
    base["posts"][1]["status"] = "started"
    write("base.json", json.dumps(base))
    w = screen(path("base.json"), *files)
    w.expect("3 agreed labels in 2 posts taken over")
    w.keys("u", "undone")
    w.expect(r"PER 1 +LOC 0 +ORG 0")
    w.leave("qq")


def what_they_started_from_gives_way():
    """labels of the corpus that the annotators changed, or deleted, give way in posts that nobody began"""
    start = {"p1": [(0, 1, "PER"), (3, 4, "ORG")], "p2": [(0, 1, "ORG"), (3, 4, "PER")], "p3": [(0, 1, "LOC")]}
    base = json.loads(read(os.path.basename(corpus(None, start, {"p1": [(1, 2, "at")], "p2": [(1, 2, "in")]},
                                                   status="new"))))
    for post in base["posts"]:
        for label in post["entities"] + post["relations"]:
            label.update(source="import")
            label.pop("decision")
    write("base.json", json.dumps(base))
    w = screen(path("base.json"), *annotators())
    # Ana is PER for all, and Oslo LOC; nothing is here; Acme stays ORG and in Oslo, and all say so.
    w.expect(r"6 agreed labels in 4 posts taken over, 5 dropped")
    w.expect(r"1 ana, bob +Rob Lind PER")
    w.keys("s", "saved")
    w.leave("q")
    gold = gold_of("base.json")
    same(labels(gold, 0), [(3, 4, "PER")])
    same(labels(gold, 1), [(0, 1, "ORG"), (3, 4, "LOC")])
    same(labels(gold, 2), [])
    same([e["by"] for e in gold["posts"][1]["entities"]], ["ana, bob, carla"] * 2)
    same(len(gold["posts"][1]["relations"]), 1)
    w = Workbench(path("ana.json"), "--adjudicate", path("bob.json"), path("ana.json"))
    w.wait()
    same(w.status, 2)
    w.close()


def merged_conflicts():
    """conflicts that merge marked, without further files"""
    files = annotators()
    corpus(None, None, status="new")
    got = mmib("merge", path("base.json"), *files, "-o", path("merged.json"))
    same(got.returncode, 1)
    w = screen(path("merged.json"))
    w.expect(r"disagreement 1 of 2 .* left in 2 posts")
    w.expect(r"Rob Lind PER")
    w.keys("1", "Rob Lind: as ana, bob")
    w.keys("1", "Camp Nou: as ana, carla")
    w.keys("\r", "post 1 done")
    w.keys("1", "Paris: as ana")
    w.keys("\r", "no disagreement is left in any post")
    w.keys("s", "saved")
    w.leave("q")
    merged = gold_of("merged.json")
    same(labels(merged, 0), [(0, 2, "PER"), (3, 4, "PER"), (5, 7, "LOC")])
    same([p.get("flags", []) for p in merged["posts"]], [[], [], [], []])
    same("conflicts" in merged["posts"][0], True)  # who said what stays on record
    same(merged["posts"][0]["relations"][0]["type"], "at")


def boxes_and_answers():
    """boxes and answers to where entities are in the picture: agreed ones follow, others are asked about"""
    def file(name, dog, answer, more=()):
        post = dict(id="p", tokens=["Rex", "and", "Tom"], image="x.jpg", status="done", annotator=name, entities=[
            dict(id="e1", start=0, end=1, type="PER", source="human", by=name, grounding=answer),
            dict(id="e2", start=2, end=3, type="PER", source="human", by=name, grounding=["o9"])], objects=[
            dict(id="o1", box=dog, label="dog", source="human", by=name),
            dict(id="o9", box=[100, 100, 200, 200], label="man", source="human", by=name), *more])
        return write(name + ".json", json.dumps({"format": "mmib-corpus", "version": 1, "schema": SCHEMA,
                                                 "posts": [post]}))
    ana = file("ana", [0, 0, 50, 50], ["o1"], [dict(id="o3", box=[300, 0, 310, 10], label="cat", source="human")])
    bob = file("bob", [0, 0, 40, 50], [])
    w = screen(path("gold.json"), ana, bob)
    w.expect(r"3 agreed labels in 1 post taken over")  # Rex, Tom, and the man, in whom Tom is
    w.expect(r"1 ana +dog 0,0 to 50,50")
    w.expect(r"2 bob +dog 0,0 to 40,50")
    w.keys("2", "box: as bob")
    w.expect(r"1 ana +cat 300,0 to 310,10")
    w.keys("0", "box: none")
    w.expect(r"where in the picture is +Rex")
    w.expect(r"2 bob +not in the picture")
    w.keys("1", "Rex: as ana; nothing is left here")
    w.keys("\r", "no disagreement is left in any post")
    w.keys("s", "saved")
    w.leave("q")
    post = gold_of()["posts"][0]
    boxes = {o["id"]: o for o in post["objects"]}
    where = {e["start"]: [boxes[g]["box"] for g in e["grounding"]] for e in post["entities"]}
    same(where, {0: [[0, 0, 40, 50]], 2: [[100, 100, 200, 200]]})
    same(sorted(o["label"] for o in post["objects"]), ["dog", "man"])  # Rex is in the dog that was taken
    w = screen(path("gold.json"), ana, bob)
    w.expect("no disagreement left")
    w.leave("q")


def boxes_are_drawn():
    """the boxes between which there is to choose are drawn, each with its number and who said it"""
    demo()
    files = [write("demo/%s.json" % name, json.dumps({
        "format": "mmib-corpus", "version": 1, "images": "images", "schema": SCHEMA, "posts": [dict(
            id="p", tokens=["Rex"], image="dog.jpg", status="done", annotator=name, entities=[],
            objects=[dict(id="o1", box=box, label="dog", source="human", by=name)])]}))
             for name, box in (("ana", [50, 60, 200, 180]), ("bob", [80, 60, 230, 200]))]
    w = Workbench(path("demo/gold.json"), "--adjudicate", *files, "--graphics", "blocks", rows=40)
    w.expect("1 ana: dog")
    w.expect("2 bob: dog")
    w.keys("2", "box: as bob")
    w.expect("1 dog")
    w.refuse("1 ana: dog")
    w.leave("qs")


def answers_follow_a_taken_label():
    """a label that is taken is the adjudicator's, also where all agree where it is in the picture"""
    for name, kind in (("ana", "PER"), ("bob", "ORG")):
        write(name + ".json", json.dumps({"format": "mmib-corpus", "version": 1, "schema": SCHEMA, "posts": [dict(
            id="p", tokens=["Rex"], image="x.jpg", status="done", annotator=name, entities=[
                dict(id="e1", start=0, end=1, type=kind, source="human", by=name, grounding=["o1"])],
            objects=[dict(id="o1", box=[0, 0, 50, 50], label="dog", source="human", by=name)])]}))
    w = screen(path("gold.json"), path("ana.json"), path("bob.json"))
    w.keys("2", "Rex: as bob; nothing is left here")
    w.keys("s", "saved")
    w.leave("q")
    post = gold_of()["posts"][0]
    entity = post["entities"][0]
    same((entity["type"], entity["by"], entity["decision"], entity["from"]), ("ORG", "dora", "accepted", "bob"))
    same((entity["grounding"], len(post["objects"])), ([post["objects"][0]["id"]], 1))
    same(post["objects"][0]["by"], "ana, bob")


def other_words():
    """a post that somebody split otherwise is not compared, and that is said"""
    ana, bob, carla = annotators()
    said = json.loads(read("carla.json"))
    said["posts"][0]["tokens"][0:2] = ["RobLind"]
    said["posts"][0].update(entities=[], relations=[])
    write("carla.json", json.dumps(said))
    w = screen(path("gold.json"), ana, bob)
    w.leave("qq")
    os.remove(path("gold.json.journal"))
    w = screen(path("gold.json"), ana, bob, carla, columns=120)
    w.expect(r"1 post is in other words in a file: not compared; ")
    w.expect(r"1 ana +Camp Nou LOC")
    w.expect(r"2 bob +Camp Nou ORG")
    w.leave("qq")
    got = mmib("annotate", path("new.json"), "--adjudicate", ana, bob, carla)
    same(got.returncode, 4)  # no terminal; but it is there, in the words of the first
    same(gold_of("new.json")["posts"][0]["tokens"][0], "Rob")


def by_mouse():
    """a click on a version takes it, and one on none of them refuses all"""
    w = screen(path("gold.json"), *annotators())

    def click(text):
        w.settle()
        y = next(i for i, line in enumerate(w.screen.lines()) if text in line)
        x = w.screen.lines()[y].index(text)
        w.keys("\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x + 1, y + 1, x + 1, y + 1))
    click("2 carla ")
    w.expect("Rob: as carla|Rob Lind: as carla")
    w.expect("entity in +Camp Nou")
    click("0 none of them")
    w.expect("Camp Nou: no label")
    w.leave("qq")


def small_and_large():
    """readable at 60x20 and at 120x36; without a corpus's name it stands beside the first file"""
    files = annotators()
    w = screen(path("gold.json"), *files, rows=20, columns=60)
    w.expect(r"1 ana, bob +Rob Lind PER")
    w.keys("1", "Rob Lind: as ana, bob")
    w.leave("qq")
    w = Workbench("--adjudicate", *files, "--graphics", "none", rows=36, columns=120)
    w.expect(r"adjudicated.json is new")
    w.expect(r"u undo .*1-9 take a version +0 none +⏎ done, next")
    w.leave("qq")
    same(os.path.exists(path("adjudicated.json")), True)
    got = mmib("annotate", path("new.conll"), "--adjudicate", *files)
    same((got.returncode, os.path.exists(path("new.conll"))), (2, False))


sys.exit(main([one_key_each, none_undone_and_by_hand, everything_at_once_is_undone, what_they_started_from_gives_way,
               merged_conflicts, boxes_and_answers, boxes_are_drawn, answers_follow_a_taken_label, other_words,
               by_mouse, small_and_large]))
