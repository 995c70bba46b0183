# mmib import: a graph of CenterNet comes in, and goes on into a model; what is none is refused.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
mini=$SRCDIR/model/pretrained/mini

# A made-up model's image encoder as a graph, in half precision and two files, with a detector of one number.
python3 - "$mini/config.json" "$work/config.json" <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
config["image_encoder"] = {"architecture": "mobilenetv3-centernet"}
json.dump(config, open(sys.argv[2], "w"))
PY
tap_ok "a model of this architecture can be made up" \
    "$MMIB" init --random 4 --config "$work/config.json" --vocab "$mini/vocab.txt" --dtype f16 --out "$work/random"
cat > "$work/graph.py" <<'PY'
import json, struct, sys
model, out = sys.argv[1:3]
change = sys.argv[3] if len(sys.argv) > 3 else ""
data = open(model, "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
data = data[8 + size:]
weights, numbers = [], b""
for name, entry in header.items():
    if name.startswith("image."):
        weights.append({"name": name[6:], "shape": entry["shape"], "dtype": "float32", "quantization": {"dtype": "float16"}})
        numbers += data[entry["data_offsets"][0]:entry["data_offsets"][1]]
weights.append({"name": "CenternetHead/conv1x1_se_b/weights", "shape": [1], "dtype": "float32"})
weights.append({"name": "tower_0/concat/axis", "shape": [], "dtype": "int32"})
numbers += struct.pack("<fi", 0.25, -1)
if change == "name":
    weights[0]["name"] += "s"
if change == "shape":
    changed = next(weight for weight in weights if weight["shape"] != weight["shape"][::-1])
    changed["shape"] = changed["shape"][::-1]
half = len(numbers) // 2
open(out + "/graph.1.bin", "wb").write(numbers[:half])
open(out + "/graph.2.bin", "wb").write(numbers[half:])
json.dump({"format": "graph-model", "modelTopology": {}, "weightsManifest":
           [{"paths": ["graph.1.bin", "graph.2.bin"], "weights": weights}]}, open(out + "/graph.json", "w"))
PY
python3 "$work/graph.py" "$work/random/model.safetensors" "$work"
tap_ok "a graph comes in" "$MMIB" import "$work/graph.json" "$work/encoder"
tap_ok "as config and weights" [ "$(ls "$work/encoder" | tr '\n' ' ')" = "config.json model.safetensors " ]
tap_ok "with the detector's weights, without whole numbers" sh -c \
    'grep -qa "image.CenternetHead/conv1x1_se_b/weights" "$1" && ! grep -qa concat/axis "$1"' - "$work/encoder/model.safetensors"
cp "$work/encoder/model.safetensors" "$work/before"
tap_ok "what is there stays" tap_says 4 "is there already" "$MMIB" import "$work/graph.json" "$work/encoder"
tap_ok "unless it shall be replaced" "$MMIB" import --force "$work/graph.json" "$work/encoder"
tap_ok "by the same" cmp "$work/before" "$work/encoder/model.safetensors"
tap_ok "a model takes it as its image encoder" "$MMIB" init --text "$work/random" --image "$work/encoder" \
    --entities PER,LOC --out "$work/model" --dtype f16
tap_ok "with every number as it was" python3 - "$work/random/model.safetensors" "$work/model/model.safetensors" <<'PY'
import json, struct, sys
def read(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    return {name: data[8 + size:][slice(*entry["data_offsets"])]
            for name, entry in json.loads(data[8:8 + size]).items() if name.startswith("image.")}
old, new = read(sys.argv[1]), read(sys.argv[2])
assert len(old) > 150 and set(new) - set(old) == {"image.CenternetHead/conv1x1_se_b/weights"}
assert all(new[name] == old[name] for name in old)
PY
tap_ok "and runs" "$MMIB" predict --quiet --model "$work/model" "$SRCDIR/corpora/demo/demo.json" -o "$work/predicted.json"
tap_ok "giving labels" grep -q '"source":"model"\|"source": "model"' "$work/predicted.json"

tap_ok "a folder that is no model tap_says so" tap_says 3 "config.json" \
    "$MMIB" predict --model "$work/encoder" "$SRCDIR/corpora/demo/demo.json" -o "$work/none.json"
tap_ok "a file that is not there" tap_says 4 "absent.json" "$MMIB" import "$work/absent.json" "$work/x"
tap_ok "a file of another kind" tap_says 3 "vocab.txt" "$MMIB" import "$mini/vocab.txt" "$work/x"
truncate -s -1 "$work/graph.2.bin"
tap_ok "files that are cut" tap_says 3 "the files end before it" "$MMIB" import "$work/graph.json" "$work/x"
rm "$work/graph.2.bin"
tap_ok "a file that is missing" tap_says 4 "graph.2.bin" "$MMIB" import "$work/graph.json" "$work/x"
python3 "$work/graph.py" "$work/random/model.safetensors" "$work" name
tap_ok "a graph that lacks a tensor" tap_says 3 "this tensor is missing" "$MMIB" import "$work/graph.json" "$work/x"
python3 "$work/graph.py" "$work/random/model.safetensors" "$work" shape
tap_ok "a graph of other shapes" tap_says 3 "has another shape" "$MMIB" import "$work/graph.json" "$work/x"
tap_ok "none of these left anything" [ ! -e "$work/x" ]
tap_exit 2 "one name is too few" "$MMIB" import "$work/graph.json"
tap_done
