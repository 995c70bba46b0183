# mmib init: what it makes, and how it refuses.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
config=$SRCDIR/model/pretrained/mini/config.json

tap_ok "makes a model" "$MMIB" init --random 3 --config "$config" --out "$work/model" --dtype f16
tap_same "with the config" "$config" "$work/model/config.json"
tap_ok "a vocabulary of the size that it says" [ "$(wc -l < "$work/model/vocab.txt")" = \
    "$(sed -n 's/.*"vocab_size": \([0-9]*\).*/\1/p' "$config")" ]
tap_ok "the tensors of the bundled model, but for a detector's" python3 - "$work/model/model.safetensors" \
    "$SRCDIR/model/pretrained/mini/model.safetensors" <<'PY'
import json, struct, sys
def read(path):
    data = open(path, "rb").read()
    header = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
    return {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}
made, bundled = read(sys.argv[1]), read(sys.argv[2])
assert all(bundled[name] == shape for name, shape in made.items())
assert all(name in made or name.startswith("image.") for name in bundled)
PY
tap_ok "and nothing else" [ "$(ls "$work/model" | wc -l)" = 3 ]
tap_ok "a model that is there stays" tap_says 4 "is there already" \
    "$MMIB" init --random 3 --config "$config" --out "$work/model"
tap_ok "unless it shall be replaced" "$MMIB" init --random 3 --config "$config" -o "$work/model" --dtype bf16 --force

# The mean of models
python3 - "$config" "$work/tiny.json" <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
config["text_encoder"].update(vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                              intermediate_size=32, max_position_embeddings=20)
config["image_encoder"] = {"architecture": "none"}
config["mmib"].update(heads=2, ffn_size=32)
json.dump(config, open(sys.argv[2], "w"))
PY
for seed in 1 2 3; do
    "$MMIB" init --random $seed --config "$work/tiny.json" --out "$work/tiny$seed" || exit 1
done
tap_ok "the mean of models" "$MMIB" init --average "$work/tiny1" "$work/tiny2" "$work/tiny3" --out "$work/mean"
tap_ok "is the mean of each weight" python3 - "$work/mean" "$work/tiny1" "$work/tiny2" "$work/tiny3" <<'PY'
import json, struct, sys
def read(folder):
    data = open(folder + "/model.safetensors", "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    out = {}
    for name, entry in json.loads(data[8:8 + n]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            out[name] = struct.unpack("<%df" % ((end - begin) // 4), data[8 + n + begin:8 + n + end])
    return out
mean, *each = [read(folder) for folder in sys.argv[1:]]
assert all(one.keys() == mean.keys() for one in each)
for name, values in mean.items():
    for got, parts in zip(values, zip(*(one[name] for one in each))):
        assert abs(got - sum(parts) / 3) <= 1e-6 * sum(map(abs, parts)), name
PY
tap_ok "and opens as a model" "$MMIB" bench --repeat 1 --pieces 5 --images 0 --model "$work/mean"
sed -i 's/"intermediate_size": 32/"intermediate_size": 24/' "$work/tiny.json"
"$MMIB" init --random 1 --config "$work/tiny.json" --out "$work/other" || exit 1
tap_ok "models of other shapes have no mean" tap_says 3 "bias: has another shape than in the first model" \
    "$MMIB" init --average "$work/tiny1" "$work/other" --out "$work/x"
sed -i 's/^\[unused1\]$\|^[^[].*$/&x/' "$work/tiny2/vocab.txt"
tap_ok "nor have those of other vocabularies" tap_says 3 "tiny2/vocab.txt: is not the vocabulary" \
    "$MMIB" init --average "$work/tiny1" "$work/tiny2" --out "$work/x"
tap_ok "a mean is not described" tap_says 2 "--average goes with" \
    "$MMIB" init --average "$work/tiny1" --heads 2 --out "$work/x"

tap_ok "no seed" tap_says 2 "--random" "$MMIB" init --config "$config" --out "$work/x"
tap_ok "no config" tap_says 2 "--config" "$MMIB" init --random 1 --out "$work/x"
tap_ok "no folder" tap_says 2 "--out" "$MMIB" init --random 1 --config "$config"
tap_ok "no such type" tap_says 2 "--dtype" "$MMIB" init --random 1 --config "$config" --out "$work/x" --dtype f64
tap_ok "a config that is not there" tap_says 4 "absent.json" "$MMIB" init --random 1 --config "$work/absent.json" -o "$work/x"
sed 's/"heads": [0-9]*/"heads": 7/' "$config" > "$work/bad.json"
tap_ok "a config that is wrong" tap_says 3 "bad.json: mmib.heads: does not divide" \
    "$MMIB" init --random 1 --config "$work/bad.json" -o "$work/x"
printf '[UNK]\n[CLS]\n[SEP]\n' > "$work/short.txt"
tap_ok "a vocabulary of another size" tap_says 3 "short.txt: has 3 lines" \
    "$MMIB" init --random 1 --config "$config" --vocab "$work/short.txt" -o "$work/x"
tap_ok "none of these left anything" [ ! -e "$work/x" ]
: > "$work/file"
tap_ok "a file in the folder's place" tap_says 4 "file" "$MMIB" init --random 1 --config "$config" -o "$work/file"
tap_done
