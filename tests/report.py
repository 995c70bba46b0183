# Looks into the pages of mmib report: python3 report.py CHECK FILE...
#
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import html.parser
import json
import re
import subprocess
import sys


class Page(html.parser.HTMLParser):
    """What stands in a page: elements with their attributes, rows of cells by table caption, cases and articles."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.elements, self.tables, self.cases, self.text, self.links = [], {}, [], [], []
        self.caption = self.row = self.into = None
        self.source = open(path, encoding="utf-8").read()
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        if tag == "a":
            self.links.append([attributes["href"], ""])
        if tag == "caption":
            self.caption, self.into = "", "caption"
        elif tag == "table":
            self.caption = None
        elif tag == "tr":
            self.row = []
            if "data-class" in attributes:
                self.cases.append(attributes)
        elif tag in ("td", "th"):
            self.row.append("")
            self.into = "cell"

    def handle_endtag(self, tag):
        if tag == "caption":
            self.into = None
            self.tables.setdefault(self.caption, []).append([])
        elif tag in ("td", "th"):
            self.into = None
        elif tag == "tr" and self.caption is not None:
            self.tables[self.caption][-1].append(self.row)

    def handle_data(self, data):
        self.text.append(data)
        if self.into == "caption":
            self.caption += data
        elif self.into == "cell":
            self.row[-1] += data
            if self.links and not self.links[-1][1]:
                self.links[-1][1] = data


def numbers(path, scores):
    page, scores = Page(path), json.load(open(scores, encoding="utf-8"))
    tables = {"ner": page.tables["Scores (seqeval default)"][0], "re": page.tables["Scores (MNRE, without None)"][0]}
    for task, table in tables.items():
        rows = {row[0]: row[1:] for row in table[1:]}
        expected = dict(scores[task]["types"], all=scores[task]["micro"])
        assert set(rows) == set(expected), (set(rows), set(expected))
        for name, score in expected.items():
            shown = ["\u2013" if score[k] is None else "%.2f" % (100 * score[k]) for k in ("p", "r", "f1")]
            assert rows[name] == shown + [str(score[k]) for k in ("tp", "fp", "fn")], (name, rows[name], shown)
    for level, table in enumerate(page.tables["Classes: what each costs"]):
        rows = {row[0]: row[1:] for row in table[1:]}
        task = ("ner", "re")[level]
        gap = float(rows.pop("gap to 100")[3])
        assert abs(gap - (100 - 100 * scores[task]["micro"]["f1"])) < 0.006
        assert abs(sum(float(row[3]) for row in rows.values() if row[3]) - gap) < 0.05
        for name, row in rows.items():
            if row[3]:
                shown = [c for c in page.cases if c["data-level"] == ("entities", "relations")[level] and c["data-class"] == name]
                assert len(shown) == int(row[0]), (name, len(shown), row)
    matrix = page.tables["Gold (rows) and predicted (columns)"][0]
    per = scores["ner"]["types"]["PER"]
    row = [r for r in matrix if r[0] == "PER"][0]
    assert sum(map(int, row[1:])) == per["tp"] + per["fn"]
    cells = [(href[6:], int(n)) for href, n in page.links if href.startswith("#cell=")]
    assert len(cells) > 20
    for cell, n in cells:
        assert n == len([c for c in page.cases if cell in c["data-cells"].split()]), (cell, n)
    pictures = [a for t, a in page.elements if t == "img"]
    assert pictures and all(a["src"].startswith("data:image/jpeg;base64,/9j/") and a["alt"] for a in pictures)
    assert all(base64.b64decode(a["src"].split(",")[1])[-2:] == b"\xff\xd9" for a in pictures)
    assert not re.search(r'(src|href)="(?!data:|#)', page.source), "something from outside"
    policy = [a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"][0]
    for tag in ("style", "script"):
        inside = re.findall("<%s>(.*?)</%s>" % (tag, tag), page.source, re.S)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert "%s-src 'sha256-%s'" % (tag, digest) in policy, policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def gap(path, scores):
    tables, ledger = Page(path).tables, json.load(open(scores, encoding="utf-8"))["ledger"]["ner"]
    name = [caption for caption in tables if caption.startswith("Whose the gap is")][0]
    shown = {row[0]: float(row[1]) for row in tables[name][0]}
    points = ledger["all"]["points"]
    assert 0 < points["model"] < ledger["gap"], ledger
    for title, part in (("model, people say", "model"), ("corpus, people say", "corpus"), ("open", "open"),
                        ("corpus, corrected since", "corrected")):
        assert abs(shown[title] - points[part]) < 0.006, (title, shown, points)
    assert abs(shown["gap to 100"] - ledger["gap"]) < 0.006


def parts(path):
    page = Page(path)
    assert 0 < len([e for e in page.elements if e[0] == "article"]) <= 4
    answers = {"helped", "hurt", "ignored", "any picture would do", "unjudged", ""}
    effects = {"saved", "lost", "kept right", "kept wrong", "unknown"}
    assert page.cases and all(c["data-picture"] in answers and c["data-filter"] in effects for c in page.cases)
    assert any(c["data-filter"] != "unknown" for c in page.cases) and any(c["data-picture"] for c in page.cases)
    classes = " ".join(a.get("class") or "" for t, a in page.elements).split()
    assert "heat-picture" in classes and "w" in classes and ("h9" in classes or "k9" in classes)
    assert re.search(r"used [+-][0-9.e]+, before [+-][0-9.e]+, kept [0-9.]+ nats", page.source)


def chosen(path):
    cases = Page(path).cases
    assert cases and all(c["data-class"] in ("type", "missed") and "LOC" in (c["data-gold"], c["data-predicted"]) for c in cases)


def odd(path):
    page = Page(path)
    assert [t for t, a in page.elements].count("script") == 1
    known = set("html head meta title style body header h1 h2 h3 p b bdi small section div table caption thead tbody tr td th"
                " a form label select option input button output main article span i q br script".split())
    assert {t for t, a in page.elements} <= known, {t for t, a in page.elements} - known
    assert not any(name.startswith("on") for t, a in page.elements for name in a)
    text = "".join(page.text)
    assert "<script>document.title='taken'</script>" in text and "&amp;" in text and "\u2407bell" in text
    assert "\u202e" not in page.source and "\a" not in page.source
    assert page.source.count("the picture cannot be read") == 2


def dump(browser, profile, address):
    return subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile, "--dump-dom",
                           address], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True).stdout.decode()


def visible(dom):
    """Cases that are shown: rows that are not hidden in articles that are not."""
    shown = []
    for article in re.findall(r"<article[^>]*>.*?</article>", dom, re.S):
        if re.match(r"<article[^>]*\bhidden\b", re.sub(r'"[^"]*"', '""', article)) is None:
            shown += [row for row in re.findall(r"<tr data-level[^>]*>", article) if " hidden" not in row]
    return shown


def browse(browser, path, profile):
    page = Page(path)
    cases, link = page.cases, [href for href, n in page.links if href.startswith("#cell=r")][0]
    for fragment, fits in (("", lambda c: True),
                           ("#class=type", lambda c: c["data-class"] == "type"),
                           ("#level=entities&class=missed", lambda c: c["data-class"] == "missed" and c["data-level"] == "entities"),
                           ("#type=LOC", lambda c: "LOC" in (c["data-gold"], c["data-predicted"])),
                           (link, lambda c: link[6:] in c["data-cells"].split()),
                           ("#gold=MISC&predicted=LOC", lambda c: (c["data-gold"], c["data-predicted"]) == ("MISC", "LOC"))):
        dom = dump(browser, profile, "file://" + path + fragment)
        expected = len([c for c in cases if fits(c)])
        assert 0 < expected and len(visible(dom)) == expected, (fragment, len(visible(dom)), expected)
        assert "%d of %d cases" % (expected, len(cases)) in dom
    assert "0 of %d cases" % len(cases) in dump(browser, profile, "file://" + path + "#text=nobody+says+this")
    assert len(visible(dump(browser, profile, "file://" + path + "#text=bellweather"))) > 0


def trap(browser, path, profile):
    dom = dump(browser, profile, "file://" + path)
    assert "<title>odd.json / odd-pred.json</title>" in dom
    assert "3 of 3 cases" in dom


CHECKS = {check.__name__: check for check in (numbers, gap, parts, chosen, odd, browse, trap)}
CHECKS[sys.argv[1]](*sys.argv[2:])
