# Agreement: the table and the JSON of annotators' files, and what is said where there is no figure.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

# conll FILE: a post of five tokens from each line of five tags.
conll()
{
    awk 'NF { print "IMGID:" NR; for (i = 1; i <= NF; i++) print "w" i "\t" $i; print "" }' > "$work/$1"
}

# shows TEXT FILE: the file has the text.
shows()
{
    grep -qF -- "$1" "$2" || { echo "no: $1"; cat "$2"; return 1; }
}

conll a.conll << 'END'
B-PER I-PER O O B-LOC
O B-LOC I-LOC I-LOC O
B-ORG O O O O
END
conll b.conll << 'END'
B-PER I-PER O O B-LOC
O O B-LOC I-LOC O
O O O O O
END
conll none.conll << 'END'
O O O O O
END

"$MMIB" agree "$work/a.conll" "$work/b.conll" > "$work/table"
tap_result $? "two files are compared"
tap_ok "with the posts" shows "3 posts compared" "$work/table"
# 15 tokens, 12 alike. Counts: B-PER 1 1, I-PER 1 1, B-LOC 2 2, I-LOC 2 1, B-ORG 1 0, O 8 10: p_e = 88 / 225.
tap_ok "kappa of tags" shows "0.6715   12 of 15 tokens alike" "$work/table"
tap_ok "exact F1" shows "0.5714   2 of both, 4 and 3 of each" "$work/table"
tap_ok "partial F1" shows "0.7143   and 1 that overlap, each for half" "$work/table"
tap_ok "alpha" shows "-   undefined: neither has a relation" "$work/table"
tap_ok "no boxes" shows "-   undefined: neither has a box" "$work/table"
tap_ok "nothing left out" shows "left out: nothing" "$work/table"

"$MMIB" agree --json "$work/a.conll" "$work/b.conll" > "$work/json"
tap_ok "the JSON has the same figures" /usr/bin/python3 - "$work/json" << 'END'
import json, sys
found = json.load(open(sys.argv[1]), parse_constant=None)
pair = found["pairs"][0]
assert len(found["pairs"]) == 1
assert abs(pair["kappa"] - (12 / 15 - 88 / 225) / (1 - 88 / 225)) < 1e-12, pair["kappa"]
assert abs(pair["span_f1"] - 4 / 7) < 1e-12
assert abs(pair["span_f1_partial"] - 5 / 7) < 1e-12
assert pair["alpha"] is None and pair["alpha_reason"]
assert pair["types"]["LOC"]["n"] == [2, 2] and abs(pair["types"]["LOC"]["f1"] - 0.5) < 1e-12
assert pair["types"]["ORG"]["f1"] == 0
assert pair["left_out"]["only"] == [0, 0]
assert found["mean"]["kappa"] == pair["kappa"] and found["mean"]["box_iou"] is None
END

"$MMIB" agree "$work/b.conll" "$work/a.conll" | grep -v conll | sed 's/4 and 3/3 and 4/' > "$work/got"
grep -v conll "$work/table" | sed 's/4 and 3/3 and 4/' | sed '/ORG/s/      1      0$/      0      1/' > "$work/expected"
tap_same "the order of the files does not matter" "$work/expected" "$work/got"

"$MMIB" agree "$work/a.conll" "$work/b.conll" "$work/none.conll" > "$work/table"
tap_ok "three files: posts that one lacks" shows "posts that the other lacks                        2 of the first, 0 of the second" \
    "$work/table"
tap_ok "three files: means" shows "All 3 annotators: mean of the pairs" "$work/table"
"$MMIB" agree "$work/none.conll" "$work/none.conll" > "$work/table"
tap_ok "an undefined kappa is explained" shows "undefined: both gave every token the same one label" "$work/table"
if grep -qi nan "$work/table" "$work/json"; then
    tap_result 1 "there is no NaN"
else
    tap_result 0 "there is no NaN"
fi

tap_ok "one file is not enough" tap_says 2 "agree" "$MMIB" agree "$work/a.conll"
tap_ok "a missing file is named" tap_says 4 "$work/missing.conll" "$MMIB" agree "$work/a.conll" "$work/missing.conll"
tap_done
