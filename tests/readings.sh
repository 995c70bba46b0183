# mmib explain --readings --faithfulness: every number again, computed from the weights in plain Python.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
readings="python3 -B $SRCDIR/tests/readings.py"
shared=$SRCDIR/../shared/golden

# explain MODEL CORPUS OUT [OPTION...]
explain()
{
    explain_model=$1 explain_corpus=$2 explain_out=$3
    shift 3
    "$MMIB" explain "$explain_corpus" --model "$explain_model" --readings --faithfulness --orders 2 --quiet "$@" \
        > "$explain_out" 2> "$work/err"
}

# A model of our own: subword and word tagging, both kinds of relations.
python3 - "$work" <<'PY'
import json, sys
words = "kevin durant enters oracle arena wearing off white the in paris with jordan apple".split()
vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words + ["##s", "##ing", "<s>", "</s>", "<o>", "</o>"]
open(sys.argv[1] + "/vocab.txt", "w").write("".join(piece + "\n" for piece in vocab))
def config(tagging, representation, ffn):
    return {"format": "mmib", "version": 1,
            "text_encoder": {"architecture": "bert", "vocab_size": len(vocab), "hidden_size": 16,
                             "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
                             "max_position_embeddings": 24,
                             "type_vocab_size": 2, "layer_norm_eps": 1e-12, "lowercase": True, "max_pieces": 16},
            "image_encoder": {"architecture": "none"},
            "mmib": {"heads": 4, "ffn_size": ffn, "max_objects": 4, "pooling": "mean", "discriminator": "mlp",
                     "dropout": 0.1, "beta_text": 0.1, "beta_image": 0.1},
            "tasks": {"ner": {"labels": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], "tagging": tagging},
                      "re": {"labels": ["None", "/per/loc/in", "/per/per/peer"], "representation": representation}}}
json.dump(config("word", "span-mean", 24), open(sys.argv[1] + "/word.json", "w"))
json.dump(config("subword", "marker", 0), open(sys.argv[1] + "/subword.json", "w"))
def post(name, text, entities, relations):
    return {"id": name, "tokens": text.split(),
            "entities": [{"id": "e%d" % i, "start": s, "end": e, "type": t} for i, (s, e, t) in enumerate(entities)],
            "relations": [{"id": "r%d" % i, "head": h, "tail": t, "type": n} for i, (h, t, n) in enumerate(relations)]}
posts = [post("a", "Kevin Durant enters Oracle Arena wearing white", [(0, 2, "PER"), (3, 5, "LOC")],
              [("e0", "e1", "/per/loc/in")]),
         post("b", "jordans in paris with apple", [(0, 1, "PER"), (2, 3, "LOC")], []),
         post("c", "Kevin", [], []), post("d", "wearing off white", [], []),
         post("e", "the paris arena in oracle with Kevin off the durant",
              [(1, 2, "LOC"), (6, 7, "PER"), (9, 10, "PER")],
              [("e1", "e0", "/per/loc/in"), ("e2", "e1", "None")])]
corpus = {"format": "mmib-corpus", "version": 1, "images": "", "posts": posts}
json.dump(corpus, open(sys.argv[1] + "/corpus.json", "w"))
PY
for kind in word subword; do
    "$MMIB" init --random 1 --config "$work/$kind.json" --vocab "$work/vocab.txt" --out "$work/$kind" &&
        $readings spread "$work/$kind" || exit 1
    tap_ok "readings and curves are written with rows by $kind" explain "$work/$kind" "$work/corpus.json" "$work/out"
    tap_ok "and are what the weights give" $readings check "$work/$kind" "$work/corpus.json" "$work/out"
done

for name in ner-paper ner-released re-paper re-marker edge; do
    if [ -d "$shared/$name" ]; then
        # Of its pictures no stage is measured.
        [ $name != re-marker ] || set -- --no-image
        explain "$shared/$name" "$shared/$name/corpus.json" "$work/out" "$@"
        set --
        tap_ok "the numbers of $name are what the measured stages give" $readings check "$shared/$name" \
            "$shared/$name/corpus.json" "$work/out" "$shared/$name/expected.safetensors"
    else
        tap_skip "the numbers of $name" "no measured data beside the source tree"
    fi
done

# A seed gives the same numbers, whatever else is in the corpus and however many threads there are.
demo=$SRCDIR/corpora/demo/demo.json
python3 - "$demo" "$work/some.json" "$(dirname "$demo")" <<'PY'
import json, os, sys
corpus = json.load(open(sys.argv[1]))
corpus["posts"] = corpus["posts"][3:9]
corpus["images"] = os.path.join(os.path.abspath(sys.argv[3]), corpus["images"])
json.dump(corpus, open(sys.argv[2], "w"))
corpus["posts"] = corpus["posts"][2:3]
json.dump(corpus, open(sys.argv[2] + ".one.json", "w"))
PY
mini=$SRCDIR/model/pretrained/mini
explain "$mini" "$work/some.json" "$work/together" --threads 2 --seed 5
explain "$mini" "$work/some.json.one.json" "$work/alone" --threads 1 --seed 5
explain "$mini" "$work/some.json.one.json" "$work/other" --threads 1 --seed 6
tap_ok "a seed makes the numbers of a post, not its batch" python3 - "$work/together" "$work/alone" "$work/other" <<'PY'
import json, sys
def near(a, b):
    if isinstance(a, float):
        return abs(a - b) <= 2e-4 * max(1, abs(a))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(near, a, b))
    return a == b
together, alone, other = ([json.loads(line) for line in open(path)] for path in sys.argv[1:])
assert together[2]["id"] == alone[0]["id"]
for name in ("readings", "faithfulness", "token_before", "image_before"):
    assert near(together[2][name], alone[0][name]), name
assert not near(alone[0]["faithfulness"]["cells"]["random"], other[0]["faithfulness"]["cells"]["random"])
assert all(near(post["faithfulness"]["words"]["hottest"][0], post["faithfulness"]["cells"]["hottest"][0])
           for post in together if post["faithfulness"]["words"] and post["faithfulness"]["cells"])
PY
for option in --samples --orders; do
    tap_ok "$option 0 is refused" tap_says 2 "takes 1 to 64" "$MMIB" explain "$demo" $option 0
    tap_ok "$option 65 is refused" tap_says 2 "takes 1 to 64" "$MMIB" explain "$demo" $option 65
done
tap_done
