# detect as a command: boxes of pictures and of corpora, what is written into a corpus, and what is refused.
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

mini=$SRCDIR/model/pretrained/mini
demo=$SRCDIR/corpora/demo/demo.json
photos=$SRCDIR/../shared/data/photos
golden=$SRCDIR/../shared/golden/centernet
unset MMIB_MODEL
picture=$(ls "$SRCDIR"/corpora/demo/images/*.jpg "$SRCDIR"/corpora/demo/images/*.png 2> /dev/null | head -n 1)

# Runs mmib detect; its answers are kept in $work/out and $work/err, its exit code in $code.
run()
{
    code=0
    "$MMIB" detect "$@" --quiet > "$work/out" 2> "$work/err" || code=$?
}

# ends CODE WHAT PATTERN: the last run ended with that code, and said one line that has the pattern ("" = nothing).
ends()
{
    lines=0
    [ -z "$3" ] || lines=1
    if [ "$code" = "$1" ] && [ "$(wc -l < "$work/err")" -eq "$lines" ] && { [ -z "$3" ] || grep -q "^mmib: .*$3" "$work/err"; }; then
        tap_result 0 "$2"
    else
        tap_result 1 "$2"
        echo "# exit $code:"
        sed 's/^/# /' "$work/err"
    fi
}

# A picture
run "$picture" --json --threshold 0.05
ends 0 "looks at a picture" ""
tap_ok "a JSON line has everything, best first, inside the picture" python3 -c '
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == 1, lines
line = json.loads(lines[0])
assert set(line) == {"image", "width", "height", "objects"} and line["image"] == sys.argv[2]
assert line["objects"]
scores = [o["score"] for o in line["objects"]]
assert scores == sorted(scores, reverse=True) and min(scores) >= 0.05
for o in line["objects"]:
    x0, y0, x1, y1 = o["box"]
    assert 0 <= x0 < x1 <= line["width"] and 0 <= y0 < y1 <= line["height"], o
    assert 0 <= o["class"] < 80 and (o["class"] != 0 or o["label"] == "person")
' "$work/out" "$picture"
cp "$work/out" "$work/json"
run "$picture" --threshold 0.05
tap_ok "the table has as many lines, after one of the picture" python3 -c '
import json, sys
objects = json.load(open(sys.argv[1]))["objects"]
table = open(sys.argv[2]).read().splitlines()
assert len(table) == 1 + len(objects) and objects[0]["label"] in table[1], table
' "$work/json" "$work/out"
run "$picture" --json --threshold 0.05 --threads 1
tap_ok "one thread sees the same" python3 -c '
import json, sys
a, b = (json.load(open(p))["objects"] for p in sys.argv[1:])
assert len(a) == len(b)
for x, y in zip(a, b):
    assert x["class"] == y["class"] and abs(x["score"] - y["score"]) < 1e-5
    assert all(abs(p - q) < 1e-3 for p, q in zip(x["box"], y["box"]))
' "$work/json" "$work/out"
cp "$picture" "$work/named-otherwise"
run "$work/named-otherwise" "$picture" --json --threshold 0.05
tap_ok "several pictures, known by their bytes too" \
    sh -c '[ "$(wc -l < "$1")" = 2 ] && [ "$(sed "s/[^,]*,//" "$1" | uniq | wc -l)" = 1 ]' - "$work/out"

if [ -d "$photos" ] && [ -d "$golden" ]; then
    run "$photos/bus.jpg" "$photos/zidane.jpg" --json
    tap_ok "the photographs' objects are those that were measured" python3 -c '
import json, sys
for line, name in zip(open(sys.argv[1]), ("bus", "zidane")):
    line = json.loads(line)
    want = [d for d in json.load(open("%s/%s_512.json" % (sys.argv[2], name)))["detections"] if d[4] >= 0.3]
    assert len(want) == len(line["objects"]) > 0, name
    for w, o in zip(want, line["objects"]):
        assert o["class"] == w[5] and abs(o["score"] - w[4]) < 1e-4, (o, w)
        for k in range(4):
            side = (line["width"], line["height"])[k % 2]
            edge = min(max(w[k] * side / 512, 0), side)
            assert abs(o["box"][k] - edge) <= 1e-3 + 2e-4 * abs(edge), (o, w)
' "$work/out" "$golden"
else
    tap_skip "the photographs' objects are those that were measured" "no measured data beside the source tree"
fi

# A corpus: one picture twice, one that is missing, one broken, one post without
mkdir "$work/images"
cp "$picture" "$work/images/a.png"
echo broken > "$work/images/b.jpg"
cat > "$work/posts.json" << 'EOF'
{"format": "mmib-corpus", "version": 1, "images": "images", "mine": 12345678901234567890, "posts": [
 {"id": "1", "tokens": ["a"], "image": "a.png",
  "entities": [{"id": "e1", "start": 0, "end": 1, "type": "PER", "source": "human", "grounding": ["o3"]}],
  "objects": [{"id": "o1", "box": [0, 0, 3, 3], "label": "mine", "source": "human"},
              {"id": "o2", "box": [1, 1, 2, 2], "label": "old", "score": 0.5, "source": "detector"},
              {"id": "o3", "box": [4, 4, 6, 6], "label": "linked", "score": 0.5, "source": "detector"},
              {"id": "o4", "box": [5, 1, 7, 3], "label": "taken", "score": 0.5, "source": "human", "decision": "accepted"},
              {"id": "o5", "box": [9, 1, 12, 3], "label": "imported", "source": "import"}]},
 {"id": "2", "tokens": ["b"], "image": "a.png"},
 {"id": "3", "tokens": ["c"], "image": "gone.png"},
 {"id": "4", "tokens": ["d"], "image": "b.jpg"},
 {"id": "5", "tokens": ["e"]}]}
EOF
run "$work/posts.json" --json --threshold 0.05
tap_ok "a picture of two posts is one line; a broken one is named, missing ones are counted, and the exit is 3" sh -c '
    [ "$1" = 3 ] && [ "$(wc -l < "$2")" = 1 ] && grep -q "\"image\":\"a.png\"" "$2" &&
    [ "$(wc -l < "$3")" = 2 ] && grep -q "post 4: .*b.jpg: neither JPEG nor PNG" "$3" &&
    grep -q "1 of 5 posts name a picture that is not there" "$3"' - "$code" "$work/out" "$work/err"
rm "$work/images/b.jpg"
cp "$work/posts.json" "$work/posts.before"
run "$work/posts.json" -o "$work/boxes.json" --threshold 0.05
ends 0 "writes the boxes into a corpus" "2 of 5 posts"
tap_ok "with -o nothing else is printed, and the input stays" \
    sh -c '[ ! -s "$1" ] && cmp "$2" "$3"' - "$work/out" "$work/posts.json" "$work/posts.before"
tap_ok "what people touched stays, what the detector left goes, what is there already is not doubled" python3 -c '
import json, sys
found = json.load(open(sys.argv[2]))["objects"]
corpus = json.load(open(sys.argv[1]))
first, second = corpus["posts"][:2]
ids = [o["id"] for o in first["objects"]]
assert ids[:4] == ["o1", "o3", "o4", "o5"] and len(set(ids)) == len(ids), ids
assert first["entities"][0]["grounding"] == ["o3"]
assert [o["box"] for o in second["objects"]] == [o["box"] for o in found]
for got, want in zip(second["objects"], found):
    assert got["source"] == "detector" and got["label"] == want["label"] and got["score"] == want["score"], got
    assert len(got["model"]) == 64 and "decision" not in got, got
assert len(first["objects"]) > 4
assert "12345678901234567890" in open(sys.argv[1]).read()
assert all("objects" not in p or not p["objects"] for p in corpus["posts"][2:])
' "$work/boxes.json" "$work/json"
run "$work/boxes.json" -o "$work/again.json" --threshold 0.05
tap_same "the same again changes nothing" "$work/boxes.json" "$work/again.json"
run "$work/boxes.json" -o "$work/boxes.json" --threshold 0.9
ends 0 "a corpus may be written over" "2 of 5"
tap_ok "a higher threshold takes its own boxes away again" python3 -c '
import json, sys
first = json.load(open(sys.argv[1]))["posts"][0]
assert [o["id"] for o in first["objects"]] == ["o1", "o3", "o4", "o5"], first["objects"]
' "$work/boxes.json"
cp -r "$work/images" "$work/elsewhere"
run "$work/posts.json" --images "$work/elsewhere" --from json --json --threshold 0.05
tap_ok "--images says where the pictures are" grep -q '"image":"a.png"' "$work/out"
run "$demo"
ends 0 "looks at the demonstration corpus" "1 of .* posts name a picture that is not there"

# What is refused
run "$work/posts.json" -o "$work/out.conll" --threshold 0.05
tap_ok "what a format cannot hold is named, and the exit is 1" \
    sh -c '[ "$1" = 1 ] && grep -q "not in conll: post 1: .*box" "$2"' - "$code" "$work/err"
cp "$work/posts.json" "$work/open.json"
echo '{"journal": 1}' > "$work/open.json.journal"
cp "$work/open.json" "$work/open.before"
run "$work/posts.json" -o "$work/open.json"
ends 3 "work that is not saved is not written over" "open.json.journal"
tap_same "and stays" "$work/open.before" "$work/open.json"
echo broken > "$work/broken.png"
run "$work/broken.png" "$picture" --json
ends 3 "a broken picture is named" "broken.png: neither JPEG nor PNG"
tap_ok "and the others are looked at" test "$(wc -l < "$work/out")" = 1
run "$work/nowhere.png" "$picture" --json
ends 4 "a picture that is not there is named" "nowhere.png"
run "$work/nowhere.json"
ends 4 "a corpus that is not there is named" "nowhere.json"
run "$picture" -o "$work/x.json"
ends 2 "-o goes with a corpus" "goes with one corpus"
run "$picture" --threshold 1.5
ends 2 "a threshold above 1 is refused" "--threshold"
run "$picture" --threshold nan
ends 2 "and one that is no number" "--threshold"
run "$picture" --model "$work"
ends 4 "a model that is not there is named" "model.safetensors"
cat > "$work/none.json" << 'EOF'
{"format": "mmib", "version": 1,
 "text_encoder": {"architecture": "bert", "vocab_size": 64, "hidden_size": 8, "num_hidden_layers": 1,
                  "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 32,
                  "type_vocab_size": 2, "layer_norm_eps": 1e-12, "lowercase": true},
 "image_encoder": {"architecture": "none"},
 "mmib": {"heads": 2, "ffn_size": 16, "max_objects": 4, "pooling": "mean", "discriminator": "mlp", "dropout": 0.1,
          "beta_text": 0.1, "beta_image": 0.1},
 "tasks": {"ner": {"labels": ["O", "B-PER", "I-PER"], "tagging": "word"}}}
EOF
tap_ok "a model without pictures is made" "$MMIB" init --random 1 --config "$work/none.json" --out "$work/none"
run "$picture" --model "$work/none"
ends 2 "a model without a detector says so" "none: it has no detector"
tap_done
