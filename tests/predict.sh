# predict and explain as commands: what they write, what they refuse, and that real predictions come back.
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

mini=$SRCDIR/model/pretrained/mini
demo=$SRCDIR/corpora/demo/demo.json
shared=$SRCDIR/../shared
unset MMIB_MODEL

# Runs mmib; its answers are kept in $work/out and $work/err, its exit code in $code.
run()
{
    code=0
    "$MMIB" "$@" > "$work/out" 2> "$work/err" || code=$?
}

# one_line CODE WHAT PATTERN: the last run ended with that code and one line on stderr that has the pattern.
one_line()
{
    if [ "$code" = "$1" ] && [ "$(wc -l < "$work/err")" = 1 ] && grep -q "^mmib: .*$3" "$work/err"; then
        tap_result 0 "$2"
    else
        tap_result 1 "$2"
        echo "# exit $code:"
        sed 's/^/# /' "$work/err"
    fi
}

# What the formats hold
run predict "$demo" --model "$mini" --to json -o "$work/demo.json" --quiet
tap_result "$code" "predicts the demonstration corpus"
tap_ok "every label is the model's, with a score" python3 -c '
import json, sys
posts = json.load(open(sys.argv[1]))["posts"]
labels = [l for p in posts for l in p.get("entities", []) + p.get("relations", [])]
assert len(labels) > 10, len(labels)
assert all(l["source"] == "model" and 0 < l["score"] <= 1 for l in labels)
assert all(p.get("status", "new") == "new" and "annotator" not in p for p in posts)
assert all(r["type"] != "None" for p in posts for r in p.get("relations", []))
' "$work/demo.json"
run predict "$demo" --model "$mini" --to conll --quiet
tap_ok "CoNLL out has the same entities" python3 -c '
import json, sys
posts = json.load(open(sys.argv[1]))["posts"]
want = sum(len(p.get("entities", [])) for p in posts)
got = sum(line.split("\t")[1].startswith("B-") for line in open(sys.argv[2]) if "\t" in line)
assert want == got, (want, got)
' "$work/demo.json" "$work/out"
run predict "$demo" --model "$mini" --to mnre --gold-entities --quiet
tap_ok "MNRE out has every pair of the corpus, None included" python3 -c '
import ast, json, sys
want = sum(len(p.get("relations", [])) for p in json.load(open(sys.argv[1]))["posts"])
got = [ast.literal_eval(line) for line in open(sys.argv[2])]
assert want == len(got) > 0, (want, len(got))
' "$demo" "$work/out"
run predict "$demo" --model "$mini" --no-image --to json -o "$work/blind.json" --quiet
tap_ok "hiding the pictures changes scores" sh -c '! cmp -s "$1" "$2"' - "$work/demo.json" "$work/blind.json"

# Other people's pictures
run predict "$demo" --model "$mini" --shuffle-images --seed 3 --to json -o "$work/shuffled.json" --quiet
tap_ok "other posts' pictures change scores, and leave the corpus's own in place" python3 -c '
import json, sys
demo, own, shuffled = ([p for p in json.load(open(f))["posts"]] for f in sys.argv[1:])
assert [p.get("image") for p in demo] == [p.get("image") for p in shuffled]
assert [p.get("objects") for p in own] == [p.get("objects") for p in shuffled]
scores = [[e["score"] for p in posts for e in p.get("entities", [])] for posts in (own, shuffled)]
assert scores[0] != scores[1]
' "$demo" "$work/demo.json" "$work/shuffled.json"
run predict "$demo" --model "$mini" --shuffle-images --seed 3 --to json -o "$work/again.json" --quiet
tap_ok "a seed deals the same pictures again" cmp "$work/shuffled.json" "$work/again.json"
run predict "$demo" --model "$mini" --lend-images "$SRCDIR/corpora/demo/images" --to json -o "$work/lent.json" --quiet
tap_ok "pictures of a folder reach every post" sh -c '! cmp -s "$1" "$2"' - "$work/demo.json" "$work/lent.json"
mkdir "$work/bare"
run predict "$demo" --model "$mini" --lend-images "$work/bare" --quiet
one_line 3 "a folder without pictures is refused" "bare: no JPEG or PNG"
run predict "$demo" --model "$mini" --lend-images "$work/bare" --no-image --quiet
one_line 2 "pictures cannot be lent and hidden at once" "exclude each other"

# explain
run explain "$demo" --model "$mini" --json
tap_ok "explain writes a whole object a post, in the order of the corpus" python3 -c '
import json, math, sys
posts = json.load(open(sys.argv[1]))["posts"]
lines = [json.loads(line) for line in open(sys.argv[2])]
assert [p["id"] for p in posts] == [l["id"] for l in lines]
names = ("id pieces piece_ids text_kl image_kl consistency text_contribution token_contribution image_contribution "
         "grid_contribution cut token_rate image_rate token_before image_before ner re").split()
for post, line in zip(posts, lines):
    assert sorted(line) == sorted(names), sorted(line)
    assert len(line["token_contribution"]) == len(line["token_rate"]) == len(line["token_before"]) == len(post["tokens"])
    assert len(line["ner"]["labels"]) == len(line["ner"]["marginals"]) == len(post["tokens"]) - line["cut"]
    for score, grid in zip(line["image_contribution"], line["grid_contribution"]):
        assert math.isclose(score, sum(map(sum, grid)), rel_tol=1e-4, abs_tol=1e-4)
    n = len(post.get("entities", []))
    assert len(line["re"]) == (len(post.get("relations", [])) or n * (n - 1))
    for pair in line["re"]:
        assert math.isclose(sum(pair["probabilities"].values()), 1, rel_tol=1e-4)
assert any(line["consistency"] is None for line in lines) and any(line["consistency"] for line in lines)
' "$demo" "$work/out"

# Pictures that are not there or no pictures
cp "$demo" "$work/pictures.json"
mkdir "$work/images"
run predict "$work/pictures.json" --model "$mini" --to json -o "$work/none.json" --quiet
one_line 0 "missing pictures: one summary line, exit 0" "picture that is not there"
name=$(python3 -c 'import json, sys; print(next(p["image"] for p in json.load(open(sys.argv[1]))["posts"] if "image" in p))' "$demo")
echo "no picture" > "$work/images/$name"
run predict "$work/pictures.json" --model "$mini" --to json -o "$work/broken.json" --quiet
tap_ok "a broken picture is named, the exit is 3, the output complete" sh -c '
    [ "$1" = 3 ] && grep -q "$2" "$3" && cmp "$4" "$5"' - "$code" "$name" "$work/err" "$work/none.json" "$work/broken.json"

# Models that are not whole
bad_model()
{
    rm -rf "$work/model"
    cp -r "$mini" "$work/model"
    chmod -R u+w "$work/model"
}
bad_model
head -c 100000 "$mini/model.safetensors" > "$work/model/model.safetensors"
run predict "$demo" --model "$work/model" -o "$work/never.json"
one_line 3 "a weights file that is cut" "model.safetensors"
bad_model
sed -i 's/"hidden_size": *[0-9]*/"hidden_size": 96/' "$work/model/config.json"
run predict "$demo" --model "$work/model" -o "$work/never.json"
one_line 3 "a config that contradicts the weights" "model.safetensors.*shape\|config.json"
bad_model
head -n 50 "$mini/vocab.txt" > "$work/model/vocab.txt"
run predict "$demo" --model "$work/model" -o "$work/never.json"
one_line 3 "a vocabulary that is cut" "vocab.txt"
bad_model
rm "$work/model/config.json"
run predict "$demo" --model "$work/model" -o "$work/never.json"
one_line 4 "no config" "config.json"
# What stands behind everything else spoils only its own numbers: they must not get out either.
for tensor in text_mean.norm2.bias discriminator.output.bias re.classifier.weight; do
    bad_model
    python3 - "$work/model/model.safetensors" $tensor <<'PY'
import json, struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
size = struct.unpack("<Q", data[:8])[0]
entry = json.loads(data[8:8 + size])[sys.argv[2]]
start = 8 + size + entry["data_offsets"][0]
data[start:start + 2] = b"\x00\x7e"  # a half that is not a number
open(sys.argv[1], "wb").write(data)
PY
    run explain "$demo" --model "$work/model" --quiet
    one_line 3 "explain: a weight that is not a number in $tensor" "not finite"
    run predict "$demo" --model "$work/model" --quiet -o "$work/never.json"
    one_line 3 "predict: a weight that is not a number in $tensor" "not finite"
done
tap_ok "nothing was written by what failed" sh -c '[ ! -e "$1" ]' - "$work/never.json"
run predict "$demo" --model "$work/nowhere"
one_line 4 "no model directory" "nowhere"

# A pair that is cut is None with score 0, also where the model has no such label
python3 - "$mini/config.json" "$work/config.json" "$work/cut.json" <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
config["text_encoder"]["max_pieces"] = 4
config["tasks"]["re"]["labels"] = ["/per/per/peer", "/per/org/member_of"]
json.dump(config, open(sys.argv[2], "w"))
entities = [{"id": "e%d" % i, "start": i, "end": i + 1, "type": "PER"} for i in (0, 1, 8)]
json.dump({"format": "mmib-corpus", "version": 1, "posts": [{"id": "p", "tokens": ["a"] * 9, "entities": entities,
    "relations": [{"id": "r1", "head": "e0", "tail": "e1", "type": "x"}, {"id": "r2", "head": "e0", "tail": "e8", "type": "x"}]}]},
    open(sys.argv[3], "w"))
PY
"$MMIB" init --random 1 --config "$work/config.json" --out "$work/few"
run predict "$work/cut.json" --model "$work/few" --gold-entities --quiet
tap_ok "a pair that is cut is None, with score 0" python3 -c '
import json, sys
whole, cut = json.load(open(sys.argv[1]))["posts"][0]["relations"]
assert whole["type"].startswith("/per/") and whole["score"] >= 0.5, whole
assert (cut["type"], cut["score"]) == ("None", 0), cut
' "$work/out"

# A full disk
for arguments in "--version" "--help" "convert --help" "stats $demo" "completion" "eval $demo $demo" "predict $demo" \
    "explain $demo" "bench --repeat 1 --pieces 5 --images 1 --model $mini"; do
    code=0
    "$MMIB" $arguments > /dev/full 2> "$work/err" || code=$?
    one_line 4 "a full disk: ${arguments%% *}" "standard output: No space left"
done

# Real posts, and a model of real size with its predictions
if [ -d "$shared/models/interim" ]; then
    interim=$shared/models/interim
    for name in twitter2017 twitter2015; do
        "$MMIB" predict "$shared/data/$name/test.txt" --model "$interim" --map OTHER=MISC --quiet -o "$work/$name.conll" 2> "$work/err"
    done
    "$MMIB" predict "$shared/data/mnre/test.txt" --model "$interim" --quiet -o "$work/mnre.mnre" 2> "$work/err"
    for name in twitter2017 twitter2015; do
        tap_ok "$name: 99.9 % of the recorded tags" python3 -c '
import json, sys
want = [tag for line in open(sys.argv[1]) for tag in json.loads(line)["tags"]]
got = [line.rstrip("\n").split("\t")[1] for line in open(sys.argv[2], newline="\n") if "\t" in line]
assert len(want) == len(got), (len(want), len(got))
same = sum(a == b for a, b in zip(want, got))
print(same, "of", len(want))
assert same >= 0.999 * len(want)
' "$interim/$name-test.predicted" "$work/$name.conll"
    done
    tap_ok "mnre: 99.9 % of the recorded relations" python3 -c '
import ast, collections, json, sys
want = collections.Counter((tuple(post["tokens"]), tuple(head), tuple(tail), relation) for post in map(json.loads, open(sys.argv[1]))
                           for head, tail, relation in post["pairs"])
got = collections.Counter((tuple(x["token"]), tuple(x["h"]["pos"]), tuple(x["t"]["pos"]), x["relation"])
                          for x in map(ast.literal_eval, open(sys.argv[2])))
same = sum((want & got).values())
print(same, "of", sum(want.values()))
assert sum(want.values()) == sum(got.values()) and same >= 0.999 * sum(want.values())
' "$interim/mnre-test.predicted" "$work/mnre.mnre"
    # The scores that are recorded with that model.
    score()
    {
        "$MMIB" eval "$shared/data/$1/test.txt" "$work/$1.$2" --map OTHER=MISC 2> "$work/err" | awk '$1 == "micro" { print $4; exit }'
    }
    for row in twitter2017.conll.82.00 twitter2015.conll.71.01 mnre.mnre.61.26; do
        name=${row%%.*} rest=${row#*.}
        got=$(score "$name" "${rest%%.*}")
        tap_ok "$name: F1 ${rest#*.} as recorded" [ "$got" = "${rest#*.}" ]
    done
else
    tap_skip "real predictions" "no model beside the source tree"
fi
tap_done
