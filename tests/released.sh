# mmib import FILE DIR of the released program's checkpoints: safetensors, and PyTorch's zip files.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
released="python3 -B $SRCDIR/tests/released.py"
shared=$SRCDIR/../shared

# write_config FILE HIDDEN VOCAB MAX_PIECES TASKS: a small model as the released program makes it.
write_config()
{
    cat > "$1" << END
{"format": "mmib", "version": 1, "text_encoder": {"architecture": "bert", "vocab_size": $3, "hidden_size": $2,
 "num_hidden_layers": 2, "num_attention_heads": $(($2 > 64 ? $2 / 64 : 2)), "intermediate_size": 24,
 "max_position_embeddings": 130, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "lowercase": true, "max_pieces": $4},
 "image_encoder": {"architecture": "resnet", "layer_type": "bottleneck", "embedding_size": 4,
 "hidden_sizes": [8, 12, 16, 20], "depths": [1, 2, 1, 1], "image_size": 224, "preprocess": "resize-crop", "resize": 256,
 "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
 "mmib": {"heads": $(($2 > 64 ? 12 : 2)), "ffn_size": 0, "max_objects": 3, "dropout": 0.1, "beta_text": 0.1,
 "beta_image": 0.1, "pooling": "first", "discriminator": "linear"}, "tasks": {$5}}
END
}

# members FILE: its JSON in one order and spelling.
members()
{
    python3 -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1])), sort_keys=True))' "$1"
}

ner='"ner": {"labels": ["[PAD]", "O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "X",
 "[CLS]", "[SEP]"], "tagging": "subword"}'
few='"re": {"labels": ["None", "a"], "representation": "marker"}'
write_config "$work/small.json" 16 120 40 "$few"
"$MMIB" init --random 1 --config "$work/small.json" --out "$work/small" || exit 99
head -n 116 "$work/small/vocab.txt" > "$work/vocab.txt"

import()
{
    rm -rf "$work/x"
    "$MMIB" import "$1" "$work/x" --config "$work/small.json" "--vocab=${2-$work/small/vocab.txt}"
}

# same_weights: the model that was imported has the numbers of the one that it was made of.
same_weights()
{
    cmp "$work/small/model.safetensors" "$work/x/model.safetensors"
}

for variant in plain re nested module parameter shared strided; do
    $released make "$work/small" "$work/$variant.pth" $variant
    tap_ok "a checkpoint ($variant)" import "$work/$variant.pth"
    tap_ok "comes back as it was" same_weights
done
tap_same "with the config that was given" "$work/small.json" "$work/x/config.json"
tap_ok "markers are added to a vocabulary that lacks them" import "$work/plain.pth" "$work/vocab.txt"
tap_same "at its end" "$work/small/vocab.txt" "$work/x/vocab.txt"
$released make "$work/small" "$work/plain.safetensors"
tap_ok "in safetensors" import "$work/plain.safetensors"
tap_ok "it is the same" same_weights
cp "$work/small/vocab.txt" "$work/vocab.txt"
rm -rf "$work/x"
tap_ok "the vocabulary beside it is found" "$MMIB" import "$work/plain.pth" "$work/x" --config "$work/small.json"
tap_ok "a model that is there stays" tap_says 4 "is there already" \
    "$MMIB" import "$work/plain.pth" "$work/x" --config "$work/small.json"
tap_ok "unless it shall be replaced" "$MMIB" import "$work/plain.pth" "$work/x" --config "$work/small.json" --force

# Without a config.
write_config "$work/large.json" 192 90 128 "$ner"
"$MMIB" init --random 1 --config "$work/large.json" --out "$work/large" || exit 99
$released make "$work/large" "$work/large.pth"
tap_ok "a config is made of the shapes" "$MMIB" import "$work/large.pth" "$work/made" --vocab "$work/large/vocab.txt"
members "$work/large.json" > "$work/expected"
members "$work/made/config.json" > "$work/got"
tap_same "as the released program has it" "$work/expected" "$work/got"
tap_ok "with all weights" cmp "$work/large/model.safetensors" "$work/made/model.safetensors"
tap_ok "widths that do not tell the heads" tap_says 3 "--config is needed" \
    "$MMIB" import "$work/plain.pth" "$work/y" --vocab "$work/vocab.txt"

# Broken ones.
broken()
{
    what=$1 words=$2
    $released make "$work/small" "$work/$what.pth" "$what"
    tap_ok "$what is refused" tap_says 3 "$words" import "$work/$what.pth"
    tap_ok "and leaves nothing" [ ! -e "$work/x" ]
}
cd "$work" || exit 99
broken missing "missing.pth: linear.bias: this tensor is missing"
broken shape "shape.pth: linear.bias: shape is [1, 16], the config asks for [16]"
broken double "dtype is F64"
broken beyond "data.pkl: "
broken compressed "is compressed"
broken big-endian 'byteorder: is not "little"'
broken damaged "is damaged"
broken no-data "none of PyTorch's: data.pkl is missing"
broken evil "data.pkl: byte "
tap_ok "what would have been run is named" grep -q 'asks for posix.system' "$work/err"
tap_ok "and was not run" [ ! -e "$work/evil" ]
head -c 5000 "$work/plain.pth" > "$work/cut.pth"
tap_ok "a file that is cut" tap_says 3 "no zip file" import "$work/cut.pth"
printf '\200\002\212\012lF\371\234j\250\120\031.\200\002' > "$work/old.pth"
tap_ok "an old kind of file" tap_says 3 "before 1.6" import "$work/old.pth"
echo 'no weights' > "$work/text.pth"
tap_ok "a text" tap_says 3 "neither a graph" import "$work/text.pth"
tap_ok "a file that is not there" tap_says 4 "absent.pth" import "$work/absent.pth"
tap_ok "a config for a graph" tap_says 2 "--config and --vocab go with a checkpoint" import "$work/small.json"

# The golden model under the released names tap_says the same.
golden=$shared/golden/ner-released
if [ -d "$golden" ]; then
    $released make "$golden" "$work/golden.pth"
    tap_ok "the golden model comes in" "$MMIB" import "$work/golden.pth" "$work/golden" --config "$golden/config.json" \
        --vocab "$golden/vocab.txt"
    "$MMIB" explain "$golden/corpus.json" --json --model "$golden" > "$work/expected"
    "$MMIB" explain "$golden/corpus.json" --json --model "$work/golden" > "$work/got"
    tap_ok "it tap_says something" [ -s "$work/expected" ]
    tap_same "and the same as the original" "$work/expected" "$work/got"
else
    tap_skip "the golden model tap_says the same" "../shared is absent"
fi

# What PyTorch itself writes.
if [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch"))'; then
    /usr/bin/python3 - "$work" << 'END' || exit 99
import collections, os, sys
import torch
sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["SRCDIR"] + "/tests")
import released_names as names
state = collections.OrderedDict()
for i, (name, (shape, data)) in enumerate(names.read(sys.argv[1] + "/small/model.safetensors").items()):
    tensor = torch.frombuffer(bytearray(data), dtype=torch.float32).reshape(shape)
    state[names.released_name(name, "plain")] = torch.nn.Parameter(tensor) if i % 2 else tensor
torch.save({"epoch": 1, "state_dict": state}, sys.argv[1] + "/torch.pth")
END
    tap_ok "what PyTorch writes" import "$work/torch.pth"
    tap_ok "comes back as it was" same_weights
else
    tap_skip "what PyTorch writes" "PyTorch is not installed"
fi
tap_done
