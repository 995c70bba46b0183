# One post as a figure: all three kinds of file, the same numbers in figure, CSV and JSON, two models, scripts of all
# directions, posts without a picture, refusals.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

demo=$SRCDIR/corpora/demo/demo.json
mini=$SRCDIR/model/pretrained/mini
cd "$work" || exit 99

explain() { "$MMIB" explain "$demo" --model "$mini" --threads 1 "$@"; }

tap_ok "a PNG" explain --post arena --figure arena.png --before --kept
tap_ok "an SVG of a post by number, with two models" explain --post 67 --figure rtl.svg --model2 "$mini"
tap_ok "a PDF of a post without a picture" explain --post no-picture --figure none.pdf
tap_ok "of one whose picture is lost" sh -c '"$@" 2>&1 | grep "1 of 1 posts name a picture that is not there"' \
    sh "$MMIB" explain "$demo" --model "$mini" --threads 1 --post missing --figure lost.pdf
tap_ok "of one with all scripts" explain --post scripts --figure scripts.pdf
tap_ok "the pictures are whole" python3 -c '
import struct, xml.etree.ElementTree, zlib
data = open("arena.png", "rb").read()
at, pixels = 8, b""
while at < len(data):
    n, kind = struct.unpack(">I4s", data[at:at + 8])
    pixels += data[at + 8:at + 8 + n] if kind == b"IDAT" else b""
    at += 12 + n
assert kind == b"IEND" and len(set(zlib.decompress(pixels))) > 100
svg = xml.etree.ElementTree.parse("rtl.svg").getroot()
assert svg.tag.endswith("svg") and svg.get("width").endswith("pt")
assert len(svg.findall(".//{*}image")) >= 2  # a picture for each model
'
explain --post arena > arena.json
tap_ok "the CSV has the numbers of the JSON" python3 -c '
import csv, json
post = json.loads(open("arena.json").read())
rows = list(csv.DictReader(open("arena.csv", encoding="utf-8")))
gold = [p for p in json.load(open("'"$demo"'", encoding="utf-8"))["posts"] if p["id"] == "arena"][0]
def of(what):
    return [r for r in rows if r["what"] == what]
def near(a, b):
    return abs(float(a) - b) <= 1e-6 * max(1, abs(b))
words = of("word")
assert [w["name"] for w in words] == gold["tokens"]
assert all(near(w["used"], v) for w, v in zip(words, post["token_contribution"], strict=True))
assert all(near(w["kept"], v) for w, v in zip(words, post["token_rate"], strict=True))
assert all(near(w["before"], v) for w, v in zip(words, post["token_before"], strict=True))
assert all(near(r["used"], v) for r, v in zip(of("region"), post["image_contribution"], strict=True))
assert all(near(r["kept"], v) for r, v in zip(of("region"), post["image_rate"], strict=True))
assert all(near(r["before"], v) for r, v in zip(of("region"), post["image_before"], strict=True))
for i, grid in enumerate(post["grid_contribution"]):
    cells = [r for r in of("cell") if int(r["region"]) == i]
    assert len(cells) == len(grid) ** 2
    assert all(near(c["used"], grid[int(c["row"])][int(c["column"])]) for c in cells)
assert near(of("match")[0]["score"], post["consistency"])
spans = [(int(r["start"]), int(r["end"]), r["type"]) for r in of("entity") if r["model"] == "gold"]
assert sorted(spans) == sorted((e["start"], e["end"], e["type"]) for e in gold["entities"])
assert any(r["model"] == "mini" and 0 < float(r["score"]) <= 1 for r in of("entity"))
assert len([r for r in of("relation") if r["model"] == "gold"]) == len(gold["relations"])
'
if command -v pdftotext > /dev/null; then
    pdftotext -layout scripts.pdf scripts.txt
    pdftotext -layout none.pdf none.txt
    tap_ok "the PDF holds words, numbers, units and labels as text" sh -c 'grep -q supercalifragilisticexpialidocious scripts.txt &&
        grep -q "kept (nats)" scripts.txt && grep -q "dot product" scripts.txt && grep -q "LOC 0\.[0-9][0-9]" scripts.txt'
    tap_ok "and says that there is no picture" grep -q "no picture" none.txt
else
    tap_skip "the PDF holds words, numbers, units and labels as text" "pdftotext is not installed"
    tap_skip "and says that there is no picture" "pdftotext is not installed"
fi
tap_ok "--post chooses a line of JSON, too" sh -c '[ "$(wc -l < arena.json)" = 1 ] && grep -q "^{\"id\":\"arena\"" arena.json'

# ---- What a model does not say is not judged ----

other=$SRCDIR/../shared/golden/re-marker
if [ -d "$other" ] && command -v pdftotext > /dev/null; then
    explain --post arena --figure heads.pdf --model2 "$other"
    pdftotext -layout heads.pdf heads.txt
    tap_ok "entities of a model that has no head for them are not called wrong" \
        grep -q "Mara Lind  *PER  *✓  *PER [01].*no head for it" heads.txt
    tap_ok "words that its text was cut before have no numbers" python3 -c '
import csv
rows = [r for r in csv.DictReader(open("heads.csv", encoding="utf-8")) if r["what"] == "word" and r["model"] == "re-marker"]
cut = [not r["used"] and not r["before"] and not r["kept"] for r in rows]
assert len(rows) == 21 and cut.count(True) == 7 and all(cut[-7:])
'
else
    tap_skip "entities of a model that has no head for them are not called wrong" "no ../shared or no pdftotext"
    tap_skip "words that its text was cut before have no numbers" "no ../shared or no pdftotext"
fi

# ---- Untrusted words ----

cat > odd.json << 'END'
{"format": "mmib-corpus", "version": 1, "posts": [{"id": "a/b,\"c", "tokens": ["=1+1", "a,\"b", "<b>", "x\u202ey", "\u0001", "e\u0301\u0301\u0301"]},
 {"id": "empty", "tokens": []}]}
END
tap_ok "words of any kind" "$MMIB" explain odd.json --model "$mini" --figure odd.svg
tap_ok "are words in the CSV" python3 -c '
import csv
rows = [r for r in csv.DictReader(open("odd.csv", encoding="utf-8", newline="")) if r["what"] == "word"]
assert [r["name"] for r in rows][:3] == ["=1+1", "a,\"b", "<b>"] and rows[0]["post"] == "a/b,\"c", rows
'
tap_ok "no words at all" "$MMIB" explain odd.json --model "$mini" --post empty --figure empty.pdf

odd=$(printf 'bad\342')
ln -s "$mini" "$odd"
tap_ok "a model whose name is no text" sh -c '"$@" 2>&1 | cmp - /dev/null' sh "$MMIB" explain odd.json --model "$odd" --figure name.svg

# ---- Refusals ----

tap_ok "no figure of another kind" tap_says 2 "fig.gif: a figure's name ends with .png, .svg or .pdf" explain --figure fig.gif
tap_ok "no post of that name" tap_says 2 "--post 999: " explain --post 999 --figure never.png
tap_ok "no second model without a figure" tap_says 2 "explain: --model2" explain --model2 "$mini"
tap_ok "no second model that is none" tap_says 4 "$work/absent" explain --model2 "$work/absent" --figure never.png
tap_ok "no figure in a folder that is not there" tap_says 4 "absent/fig" explain --figure absent/fig.png
echo "mine,1" > mine.csv
tap_ok "nobody's numbers are written over" tap_says 4 "mine.csv: is there" explain --figure mine.png
tap_ok "nothing was left" sh -c '[ ! -e never.png ] && [ ! -e never.csv ] && [ ! -e mine.png ] && [ "$(cat mine.csv)" = "mine,1" ] && ! ls -A | grep tmp-'
tap_done
