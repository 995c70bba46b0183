# Reports: the same numbers as mmib eval, nothing of a post is ever markup, filters before and inside of the page (in a
# real browser where there is one), refusals.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

demo=$SRCDIR/corpora/demo/demo.json
mini=$SRCDIR/model/pretrained/mini
page() { python3 "$SRCDIR/tests/report.py" "$@"; }
cd "$work" || exit 99

# ---- Numbers ----

"$MMIB" predict "$demo" --model "$mini" --threads 1 --quiet -o pred.json || exit 99
tap_ok "a page with a model" "$MMIB" report "$demo" model.html --model "$mini" --threads 1 --limit 4
tap_ok "a page with predictions" "$MMIB" report "$demo" pred.html --pred pred.json --limit 0 --class all
"$MMIB" eval "$demo" pred.json --json > eval.json
tap_ok "its scores, classes and cases are those of eval" page numbers pred.html eval.json
tap_ok "one with a model has the picture's and the bottleneck's part" page parts model.html
tap_ok "DESIGN's form, without pictures" "$MMIB" report hidden.html --gold "$demo" --pred pred.json --no-image
tap_ok "holds none" sh -c '! grep -q "<img" hidden.html && grep -q "pictures are hidden" hidden.html'
tap_ok "a model without pictures" "$MMIB" report "$demo" blind.html --model "$mini" --threads 1 --no-image --limit 3
tap_ok "has a bottleneck's part, and no picture's" sh -c 'grep -q "data-filter=.saved\|data-filter=.kept" blind.html &&
    ! grep -q "data-picture=.[a-z]" blind.html'
tap_ok "a word is searched for" "$MMIB" report "$demo" text.html --pred pred.json --class all --text "BELLWEATHER signs"
tap_ok "and found in one post" sh -c '[ "$(grep -c "<article" text.html)" = 1 ]'
tap_ok "types and classes choose" "$MMIB" report "$demo" chosen.html --pred pred.json --class type --class missed --type LOC
tap_ok "what they say" page chosen chosen.html

python3 -c '
import json, sys
corpus = json.load(open(sys.argv[1], encoding="utf-8"))
for post in corpus["posts"]:
    post["relations"] = []
json.dump(corpus, open("bare.json", "w"))' "$demo"
ln -s "$SRCDIR/corpora/demo/images" images
tap_ok "a corpus without any relations" "$MMIB" report bare.json bare.html --pred pred.json --class all
tap_ok "is not asked for them" sh -c 'grep -q "data-level=.entities" bare.html && ! grep -q "data-level=.relations" bare.html'

# ---- Untrusted posts ----

cat > odd.json << 'END'
{"format": "mmib-corpus", "version": 1, "schema": {"entities": ["PER", "<b>LOC</b>"]}, "posts": [
 {"id": "\"><script>alert(1)</script>", "tokens": ["<script>document.title='taken'</script>", "\"><img", "src=x", "onerror='document.title=1'>", "</article>", "&amp;", "x\u202ey", "\u0007bell", "--><!--"],
  "entities": [{"id": "e1", "start": 0, "end": 2, "type": "<b>LOC</b>"}], "note": "</q><script>document.title='note'</script>",
  "verdicts": [{"gold": {"start": 0, "end": 2, "type": "<b>LOC</b>"}, "predicted": null, "verdict": "model", "note": "'\"><svg onload=document.title=2>", "by": "<i>ana</i>"}]},
 {"id": "two", "tokens": ["quiet"], "image": "../escape.jpg"},
 {"id": "three", "tokens": ["PER", "شكرا"], "entities": [{"id": "e1", "start": 0, "end": 1, "type": "PER"}], "image": "broken.jpg"}]}
END
python3 - << 'END'
import json
corpus = json.load(open("odd.json", encoding="utf-8"))
for post in corpus["posts"]:
    post.pop("verdicts", None)
    post["entities"] = []
corpus["posts"][1]["entities"] = [{"id": "e1", "start": 0, "end": 1, "type": "PER"}]
json.dump(corpus, open("odd-pred.json", "w"))
END
echo "no picture" > broken.jpg
tap_ok "posts of any kind" "$MMIB" report odd.json odd.html --pred odd-pred.json
tap_ok "are never markup" page odd odd.html
tap_ok "what people said stands with its case" sh -c 'grep -q "model wrong <small>&lt;i&gt;ana&lt;/i&gt;</small>" odd.html'
"$MMIB" eval odd.json odd-pred.json --json > odd-eval.json
tap_ok "the gap's parts are those of eval" page gap odd.html odd-eval.json
tap_ok "and chooses" "$MMIB" report odd.json said.html --pred odd-pred.json --verdict model
tap_ok "one case" sh -c '[ "$(grep -c "<tr data-level" said.html)" = 1 ]'

cat > two.json << 'END'
{"format": "mmib-corpus", "version": 1, "posts": [{"id": "1", "tokens": ["a"],
  "entities": [{"id": "e1", "start": 0, "end": 1, "type": "PER"}],
  "verdicts": [{"gold": {"start": 0, "end": 1, "type": "PER"}, "predicted": null, "verdict": "model", "system": "b.json"},
               {"gold": {"start": 0, "end": 1, "type": "PER"}, "predicted": null, "verdict": "gold", "system": "a.json"}]}]}
END
echo '{"format": "mmib-corpus", "version": 1, "posts": [{"id": "1", "tokens": ["a"]}]}' > a.json
cp a.json c.json
tap_ok "what is said of another system" "$MMIB" report two.json two.html --pred a.json --verdict gold
tap_ok "is not said of this one" sh -c '[ "$(grep -c "<tr data-level" two.html)" = 1 ]'
tap_ok "where only others are judged" "$MMIB" report two.json two.html --pred c.json --verdict differ
tap_ok "they all speak" sh -c '[ "$(grep -c "<tr data-level" two.html)" = 1 ]'

odd=$(printf 'bad\342')
cp odd-pred.json "$odd"
tap_ok "a name that is no text" "$MMIB" report odd.json name.html --pred "$odd" --pred-from json
tap_ok "is text in the page" python3 -c 'assert "against <bdi>bad\ufffd</bdi>" in open("name.html", encoding="utf-8").read()'

# ---- A browser ----

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -n "$browser" ] && timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" \
    --dump-dom "file://$work/text.html" > /dev/null 2>&1; then
    tap_ok "filters work in a browser" page browse "$browser" "$work/pred.html" "$work/profile"
    tap_ok "and nothing of a post runs in it" page trap "$browser" "$work/odd.html" "$work/profile"
else
    tap_skip "filters work in a browser" "no chromium that starts"
    tap_skip "and nothing of a post runs in it" "no chromium that starts"
fi

# ---- Refusals ----

cp "$demo" kept.json
report() { "$MMIB" report "$@"; }
tap_ok "a report is no corpus" tap_says 2 "kept.json: a report's name ends with .html" report pred.json kept.json --pred pred.json
tap_same "which stays" "$demo" kept.json
tap_ok "gold is named once" tap_says 2 "report: takes GOLD and OUT.html" report "$demo" never.html --gold "$demo" --pred pred.json
tap_ok "and it must be" tap_says 2 "report: takes GOLD and OUT.html" report never.html --pred pred.json
tap_ok "one system" tap_says 2 "--pred and --model" report "$demo" never.html --pred pred.json --model "$mini"
tap_ok "a class that is none" tap_says 2 "--class wrong" report "$demo" never.html --pred pred.json --class wrong
tap_ok "a verdict that is none" tap_says 2 "--verdict yes" report "$demo" never.html --pred pred.json --verdict yes
tap_ok "predictions of other posts" tap_says 3 "odd-pred.json" report "$demo" never.html --pred odd-pred.json
tap_ok "a full disk" sh -c 'ln -s /dev/full full.html; "$@" 2>&1 | grep "full.html: No space left"' sh "$MMIB" report "$demo" full.html --pred pred.json
tap_ok "nothing was left" sh -c '[ ! -e never.html ] && ! ls -A | grep tmp-'
tap_done
