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
else
    tap_skip "golden numbers" "no measured data beside the source tree"
fi
tap_exit 3 "a folder without data is unreadable" "$golden" "$work"
tap_done
