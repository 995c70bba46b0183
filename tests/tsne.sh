# mmib tsne: a figure, its points and letters from the demonstration; and t-SNE itself beside scikit-learn's.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
export MMIB_MODEL="$SRCDIR/model/pretrained/mini"
demo=$SRCDIR/corpora/demo/demo.json
cd "$work" || exit 99

tap_ok "draws an SVG" sh -c '"$MMIB" tsne "$1" --quiet --threads 2 -o pairs.svg > shown' sh "$demo"
tap_ok "with a line for every pair, text and image, and says how many" python3 - "$demo" pairs.csv shown <<'PY'
import csv, json, sys
demo, numbers, shown = sys.argv[1:]
linked = {}
for post in json.load(open(demo))["posts"]:
    for entity in post.get("entities", []):
        if entity.get("grounding") and entity["type"] in ("PER", "LOC", "ORG"):
            words = " ".join(post["tokens"][entity["start"]:entity["end"]])
            linked[post["id"], words, entity["grounding"][0]] = entity["type"]
rows = list(csv.DictReader(open(numbers)))
assert len(rows) == 2 * len(linked) and {r["side"] for r in rows} == {"text", "image"}
for row in rows:
    assert linked[row["post"], row["entity"], row["object"]] == row["type"]
    float(row["x"]), float(row["y"])
lines = open(shown).read().splitlines()
assert lines[0].startswith("%d linked entities" % len(linked)), lines[0]
assert "KL 0." in lines[-1] and "%d points" % (2 * len(linked)) in lines[-1], lines[-1]
assert "\033" not in "".join(lines)
marks = set("".join(lines[2:-2])) - {" "}
assert marks <= set("ploPLO*") and len(marks) > 4, marks
PY
tap_ok "the same again" sh -c '
    "$MMIB" tsne "$1" --quiet --threads 2 -o again.svg > again && cmp again shown && cmp pairs.csv again.csv && cmp pairs.svg again.svg' sh "$demo"
tap_ok "two models, five pairs of a type" sh -c '
    "$MMIB" tsne "$1" --quiet --model2 "$MMIB_MODEL" --per-type 5 --types ORG,PER --perplexity 4 -o two.png > two &&
    [ "$(wc -l < two.csv)" = 41 ] && [ "$(grep -c "20 points" two)" = 2 ]' sh "$demo"
tap_ok "on terminals with sixel, with colours, without" \
    python3 "$SRCDIR/tests/tsne-terminal.py" "$MMIB" tsne "$demo" --quiet --threads 2
tap_ok "too few pairs" tap_says 3 "demo.json: 14 entities of MISC are linked to an object, 14 can be used: a perplexity of 30 needs 16" \
    "$MMIB" tsne "$demo" --quiet --types MISC --perplexity 30 -o none.png
printf 'Rob\tB-PER\nnaps\tO\n\n' > bare.conll
tap_ok "no pair at all" tap_says 3 "bare.conll: 0 entities of PER,LOC,ORG are linked" "$MMIB" tsne bare.conll -o none.png
tap_ok "nothing was left of it" sh -c '! ls none.* 2> /dev/null'
tap_ok "no figure of another kind" tap_says 2 ".png, .svg or .pdf" "$MMIB" tsne "$demo" -o none.gif
tap_ok "a type twice" tap_says 2 "PER stands twice" "$MMIB" tsne "$demo" --types PER,LOC,PER
tap_ok "an empty type" tap_says 2 "empty name" "$MMIB" tsne "$demo" --types PER,
tap_ok "no iteration" tap_says 2 "--iterations: 0" "$MMIB" tsne "$demo" --iterations 0
tap_ok "a full disk" tap_says 4 "No space left" sh -c 'exec "$@" > /dev/full' sh "$MMIB" tsne "$demo" --quiet

python=/usr/bin/python3
if "$python" -c 'import sklearn.manifold' 2> /dev/null; then
    tap_ok "P is that of scikit-learn, and the cost no higher than where it gets to" "$python" "$SRCDIR/tests/tsne.py" "$BUILDDIR/tests/test-tsne"
else
    tap_skip "t-SNE beside scikit-learn's" "scikit-learn is not installed"
fi
tap_done
