# verdict as a command: its readings are those of predict and explain over posts with other pictures, its counts are those of its
# cases and of eval, and what it says where pictures, others or gold are lacking.
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

mini=$SRCDIR/model/pretrained/mini
demo=$SRCDIR/corpora/demo/demo.json
images=$SRCDIR/corpora/demo/images
shared=$SRCDIR/../shared
unset MMIB_MODEL

# The readings
python3 - "$demo" "$work/half.json" <<'PY'
import json, sys
corpus = json.load(open(sys.argv[1]))
corpus["posts"] = corpus["posts"][::2]
json.dump(corpus, open(sys.argv[2], "w"))
PY
tap_ok "the bundled model: labels, probabilities, rule and counts are those of plain commands" \
    python3 "$SRCDIR/tests/verdict.py" "$MMIB" "$mini" "$work/half.json" "$images" "$work" 3 1 10
python3 - "$mini/config.json" "$demo" "$work" <<'PY'
import json, sys
config, corpus = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
text = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96, "max_pieces": 20, "vocab_size": 400}
config["text_encoder"].update(text)
config["image_encoder"] = {"architecture": "resnet", "layer_type": "basic", "embedding_size": 8, "hidden_sizes": [8, 16, 24, 32], "depths": [1, 1, 1, 1],
    "image_size": 64, "preprocess": "squash", "resize": 64, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
config["mmib"].update({"heads": 4, "ffn_size": 0, "max_objects": 2})
config["tasks"]["ner"]["tagging"] = "subword"
config["tasks"]["re"]["representation"] = "marker"
config.pop("training", None)
json.dump(config, open(sys.argv[3] + "/config.json", "w"))
corpus["posts"] = [p for p in corpus["posts"] if p.get("relations")][:10] + corpus["posts"][:10]
seen = set()
corpus["posts"] = [p for p in corpus["posts"] if not (p["id"] in seen or seen.add(p["id"]))]
json.dump(corpus, open(sys.argv[3] + "/some.json", "w"))
PY
"$MMIB" init --random 3 --config "$work/config.json" --out "$work/random"
tap_ok "random weights, tags of pieces, marked pairs, cut posts: the same" \
    python3 "$SRCDIR/tests/verdict.py" "$MMIB" "$work/random" "$work/some.json" "$images" "$work" 4 2
for name in ner-paper ner-released re-paper re-marker edge; do
    if [ -d "$shared/golden/$name" ]; then
        golden=$shared/golden/$name
        tap_ok "golden $name: the same" \
            python3 "$SRCDIR/tests/verdict.py" "$MMIB" "$golden" "$golden/corpus.json" "$golden/images" "$work" 3 1
    else
        tap_skip "golden $name: the same" "no ../shared"
    fi
done

# The counts of eval
"$MMIB" verdict "$demo" --model "$mini" --json --quiet > "$work/verdict.json" 2> "$work/err"
"$MMIB" predict "$demo" --model "$mini" --quiet -o "$work/own.json" 2> "$work/err"
"$MMIB" predict "$demo" --model "$mini" --quiet --no-image -o "$work/blind.json"
"$MMIB" eval "$demo" "$work/own.json" --json > "$work/own.eval"
"$MMIB" eval "$demo" "$work/blind.json" --json > "$work/blind.eval"
tap_ok "what pictures save is what eval counts less without them" python3 -c '
import json, sys
verdict, own, blind = (json.load(open(f)) for f in sys.argv[1:])
gold, excess = verdict["entities"], verdict["not_in_gold"]
own, blind = own["ner"]["micro"], blind["ner"]["micro"]
fn, fp = blind["fn"] - own["fn"], blind["fp"] - own["fp"]
assert fn == gold["wrong_without"] - gold["wrong"] == gold["helped"] + gold["any"] - gold["hurt"], (fn, gold)
assert fp == excess["wrong_without"] - excess["wrong"] == excess["helped"] + excess["any"] - excess["hurt"], (fp, excess)
assert fn > 5 and fp > 5
' "$work/verdict.json" "$work/own.eval" "$work/blind.eval"
"$MMIB" explain "$demo" --model "$mini" --readings --json --quiet > "$work/readings" 2> "$work/err"
tap_ok "the bottleneck's counts are the sums of explain's" python3 -c '
import json, sys
total = json.load(open(sys.argv[1]))["bottleneck"]
lines = [json.loads(line)["readings"] for line in open(sys.argv[2])]
for name, effects in (("entities", "entity_effects"), ("relations", "relation_effects")):
    got = {k: total[name][k.replace(" ", "_")] for k in ("saved", "lost")}
    want = {k: sum(line[effects][k] for line in lines if line.get(effects)) for k in got}
    assert got == want, (name, got, want)
assert total["changed_posts"] == sum(line["changed"] for line in lines)
assert total["entities"]["saved"] > 0
' "$work/verdict.json" "$work/readings"

# The same answer whatever the machine does
"$MMIB" verdict "$demo" --model "$mini" --cases --quiet --threads 1 > "$work/one" 2> "$work/err"
"$MMIB" verdict "$demo" --model "$mini" --cases --quiet --threads 2 > "$work/two" 2> "$work/err"
tap_same "threads change nothing" "$work/one" "$work/two"
"$MMIB" verdict "$demo" --model "$mini" --cases --quiet --seed 9 > "$work/two" 2> "$work/err"
tap_ok "another seed draws others" sh -c '! cmp -s "$1" "$2"' - "$work/one" "$work/two"
tap_ok "a table fits 80 columns for types that are short" sh -c '! grep -E "^.{81}" "$1" | grep -v "^[a-z-]*: "' - "$work/one"

# What is lacking
python3 - "$demo" "$work" <<'PY'
import json, shutil, sys
corpus, work = json.load(open(sys.argv[1])), sys.argv[2]
folder = sys.argv[1].rsplit("/", 1)[0] + "/images/"
posts = [p for p in corpus["posts"] if p.get("image")][:3]
for i, p in enumerate(posts):
    p.pop("objects", None)
    for e in p["entities"]:
        e.pop("grounding", None)
    shutil.copyfile(folder + posts[0]["image"], "%s/same-%d.jpg" % (work, i))
    shutil.copyfile(folder + p["image"], "%s/own-%d.jpg" % (work, i))
def write(name, images):
    json.dump(dict(corpus, posts=[dict(p, image=image) for p, image in zip(posts, images)]), open(work + "/" + name, "w"))
write("few.json", ["own-0.jpg", "own-1.jpg", "own-2.jpg"])
write("same.json", ["same-0.jpg", "same-1.jpg", "same-2.jpg"])
open(work + "/broken.jpg", "w").write("no picture")
write("broken.json", ["own-0.jpg", "broken.jpg", "gone.jpg"])
bare = [{k: v for k, v in p.items() if k in ("id", "tokens", "image")} for p in posts]
json.dump(dict(corpus, posts=bare), open(work + "/bare.json", "w"))
PY
others='
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
got = [len(line["others"]) for line in lines[:-1]]
want, few, without = map(int, sys.argv[2:])
assert got and set(got) == {want}, got
assert (lines[-1]["fewer_others"], lines[-1]["without_picture"]) == (few, without), lines[-1]
'
for case in "few 2 3 0" "same 0 3 0"; do
    set -- $case
    "$MMIB" verdict "$work/$1.json" --images "$work" --model "$mini" --cases --json --quiet > "$work/out" 2> "$work/err"
    tap_ok "a corpus with few pictures ($1): all there are, and no copy of the own one" python3 -c "$others" "$work/out" "$2" "$3" "$4"
done
code=0
"$MMIB" verdict "$work/broken.json" --images "$work" --model "$mini" --cases --json --quiet > "$work/out" 2> "$work/err" || code=$?
tap_ok "a broken picture is named, counts as none, is nobody's other, and the exit is 3" sh -c '
    [ "$1" = 3 ] && grep -q "broken.jpg" "$2" && python3 -c "$3" "$4" 0 1 2' - "$code" "$work/err" "$others" "$work/out"
"$MMIB" verdict "$work/bare.json" --images "$images" --model "$mini" --cases --json --quiet > "$work/out" 2> "$work/err"
tap_ok "without gold there is no verdict, but what changed" python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert all(line["verdict"] is None and "right" not in line["own"] for line in lines[:-1])
total = lines[-1]
assert not total["entities"]["judged"] and "helped" not in total["entities"] and "not_in_gold" not in total
assert total["entities"]["n"] == len(lines) - 1 > 0 and total["entities"]["changed"] == sum(line["changed"] for line in lines[:-1])
assert total["bottleneck"]["entities"] is None
' "$work/out"
"$MMIB" verdict "$SRCDIR/tests/data/tweets.conll" --model "$mini" --quiet > "$work/out" 2> "$work/err"
tap_ok "a corpus without pictures: none has a verdict, the bottleneck's table is there" sh -c '
    grep -q "^Picture: 0 posts with one" "$1" && grep -q "saved" "$1" && ! grep -q "helped" "$1"' - "$work/out"
for n in 0 33; do
    tap_ok "$n others are refused" tap_says 2 "from 1 to 32" "$MMIB" verdict "$demo" --others $n
done
for arguments in "" "--cases" "--json"; do
    tap_exit 4 "a full disk $arguments" sh -c '"$@" > /dev/full' - "$MMIB" verdict "$work/few.json" --images "$work" --model "$mini" --quiet $arguments
done
tap_done
