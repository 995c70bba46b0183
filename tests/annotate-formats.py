"""Files that are not the workbench's own, from raw posts to a labelled corpus. Prints TAP.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workbench_try import MINI, SRCDIR, Workbench, labels, main, mmib, path, read, same, write  # noqa: E402

VOC = """<annotation>
\t<filename>p1.jpg</filename>
\t<object>
\t\t<name>Camp Nou</name>
\t\t<bndbox>
\t\t\t<xmin>1</xmin>
\t\t\t<ymin>2</ymin>
\t\t\t<xmax>30</xmax>
\t\t\t<ymax>40</ymax>
\t\t</bndbox>
\t</object>
</annotation>
"""


def label_messi(source, *arguments):
    """Opens the source, labels its third token PER, saves; returns the work."""
    w = Workbench(source, "--graphics", "none", *arguments).started()
    w.expect(r"stays as it is")
    w.keys("wwp", "Messi is PER")
    w.keys("s", "saved")
    w.leave()
    return json.loads(read(os.path.basename(source).rsplit(".", 1)[0] + ".mmib.json"))


def plain_text():
    """plain text is split into tokens and labelled; the file stays as it is"""
    text = "😀 Go Messi at Camp Nou\n\nRT @x: nothing\n"
    work = label_messi(write("tweets.txt", text), "--from", "text")
    same(labels(work, 0), [(2, 3, "PER")])
    same(work["posts"][0]["offsets"][2], [5, 10])
    same(read("tweets.txt"), text)
    back = mmib("convert", path("tweets.mmib.json"), "-", "--to", "text")
    same(back.stdout, text)
    same(back.returncode, 1)
    assert "post line-1: 1 entity" in back.stderr, back.stderr
    # --from is about the input, not about the work that is continued
    w = Workbench(path("tweets.txt"), "--from", "text", "--graphics", "none").started("PER 1")
    w.leave()


def raw_lines():
    """JSON Lines of raw posts are known by their first line"""
    text = '{"id": 7, "text": "Go go Messi", "lang": "es"}\n{"text": ""}\n{"text": "more"}\n'
    work = label_messi(write("tweets.jsonl", text))
    same([p["id"] for p in work["posts"]], ["7", "line-2", "line-3"])
    same(labels(work, 0), [(2, 3, "PER")])
    back = mmib("convert", path("tweets.mmib.json"), "-", "--to", "raw")
    same(back.stdout, text)


def gmner():
    """GMNER opens with its boxes, in a folder that is named"""
    os.mkdir(path("boxes"))
    write("boxes/p1.xml", VOC)
    source = write("g.txt", "IMGID:p1\nGo\tO\nto\tO\nMessi\tO\nCamp\tB-LOC\nNou\tI-LOC\n\n")
    work = label_messi(source, "--from", "gmner", "--boxes", path("boxes"))
    same(labels(work, 0), [(2, 3, "PER"), (3, 5, "LOC")])
    same([e.get("grounding") for e in sorted(work["posts"][0]["entities"], key=lambda e: -e["start"])], [["o1"], None])
    back = mmib("convert", path("g.mmib.json"), path("out.gmner"))
    same(read("out-xml/p1.xml"), VOC)
    same(read("out.gmner"), "IMGID:p1\nGo\tO\nto\tO\nMessi\tB-PER\nCamp\tB-LOC\nNou\tI-LOC\n\n")
    assert "1 entity that nobody looked for" in back.stderr, back.stderr


def repeated_name():
    """a name that comes twice in GMNER is told on the first screen, too"""
    os.mkdir(path("g-xml"))
    write("g-xml/p1.xml", VOC.replace("Camp Nou", "Messi"))
    source = write("g.txt", "IMGID:p1\nMessi\tB-PER\nand\tO\nMessi\tB-PER\n\n")
    w = Workbench(source, "--from", "gmner", "--graphics", "none", columns=140).started()
    w.expect("1 box is linked to several entities of one name")
    w.leave()


def coco():
    """posts without tokens: every key is safe, boxes are seen, the model runs"""
    shutil.copy(os.path.join(SRCDIR, "corpora/demo/images/dog.jpg"), path("dog.jpg"))
    content = {"images": [{"id": 3, "file_name": "dog.jpg", "width": 480, "height": 360},
                          {"id": 4, "file_name": "no.jpg"}],
               "annotations": [{"id": 1, "image_id": 3, "category_id": 18, "bbox": [10, 20, 100, 200]}],
               "categories": [{"id": 18, "name": "dog"}]}
    source = write("boxes.txt", json.dumps(content))
    w = Workbench(source, "--from", "coco", "--graphics", "blocks", model=MINI).started()
    w.expect("dog")
    for keys in "wbhjkl0$^GgvpvlpoxaRrHBq?q*nNu|&;q\x1b[]EXS!;\x1bDJ\rK":
        w.keys(keys)
    w.keys("\x1b\x1b\x1b")
    w.keys("s", "saved")
    w.leave()
    work = json.loads(read("boxes.mmib.json"))
    same([p["tokens"] for p in work["posts"]], [[], []])
    back = mmib("convert", path("boxes.mmib.json"), "-", "--to", "coco")
    got = json.loads(back.stdout)
    same(got["annotations"][0], content["annotations"][0])
    same(got["images"], content["images"])


if __name__ == "__main__":
    sys.exit(main([plain_text, raw_lines, gmner, repeated_name, coco]))
