# Every folder of golden numbers, one case each. SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

golden=$BUILDDIR/tests/golden
shared=$SRCDIR/../shared/golden

if [ -d "$shared" ]; then
    for folder in ner-paper ner-released re-paper re-marker edge preprocess tokenizer train-ner train-re; do
        tap_ok "golden numbers of $folder hold" "$golden" "$shared/$folder"
    done
    # The check itself must be able to fail: one weight changed, one stage named.
    cp -r "$shared/ner-paper" "$work/changed"
    chmod -R u+w "$work/changed"
    size=$(wc -c < "$work/changed/model.safetensors")
    printf '\200\200\200\100' | dd of="$work/changed/model.safetensors" bs=1 seek=$((size - 4000)) conv=notrunc 2> "$work/dd.log"
    tap_exit 1 "a changed weight is found" "$golden" "$work/changed"

    # broken WHAT COMMAND...: the command, run in a copy of a folder, makes it unreadable.
    broken()
    {
        rm -rf "$work/broken"
        cp -r "$shared/edge" "$work/broken"
        chmod -R u+w "$work/broken"
        broken_what=$1
        shift
        (cd "$work/broken" && "$@")
        tap_exit 3 "$broken_what is unreadable" "$golden" "$work/broken"
    }
    for file in config.json vocab.txt model.safetensors corpus.json expected.safetensors images/e1.png; do
        broken "a folder without $file" rm "$file"
        broken "a folder whose $file is cut" truncate -s -20 "$file"
    done
    # A value for a relation that the post does not have would pass unseen.
    rm -rf "$work/changed"
    cp -r "$shared/ner-paper" "$work/changed"
    chmod -R u+w "$work/changed"
    python3 - "$work/changed/expected.safetensors" <<'PY'
import json, struct, sys
data = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
end = len(data) - 8 - size
header["0/relation_probability/9"] = {"dtype": "F32", "shape": [1], "data_offsets": [end, end + 4]}
text = json.dumps(header).encode()
open(sys.argv[1], "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:] + bytes(4))
PY
    tap_exit 1 "a value that belongs to nothing is found" "$golden" "$work/changed"
else
    tap_skip "golden numbers" "no measured data beside the source tree"
fi
tap_exit 3 "a folder without data is unreadable" "$golden" "$work"
tap_done
