# The demonstration holds together: the program finds the corpus and the bundled model beside its build, when installed, and
# when told; the copy that is opened has labels left to do; and the picture decides where only it can.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
unset MMIB_MODEL
corpus=$SRCDIR/corpora/demo/demo.json
mini=$SRCDIR/model/pretrained/mini

# labels ARGUMENT...: one line a post of what is predicted, "Rob/B-MISC ...", without what is O.
labels()
{
    "$MMIB" predict "$corpus" --to conll "$@" 2> "$work/said" |
        awk -F '\t' '/^$/ { print ""; next } NF == 2 && $2 != "O" { printf "%s/%s ", $1, $2 }' | sed 's/ $//'
}

# score FILE: the F1 of the entities that FILE predicts, in per cent.
score()
{
    "$MMIB" eval "$corpus" "$1" --json | python3 -c 'import json, sys; print(100 * json.load(sys.stdin)["ner"]["micro"]["f1"])'
}

labels > "$work/got"
tap_ok "every post of the demonstration is answered" test "$(wc -l < "$work/got")" = "$(grep -c '^{"id"' "$corpus")"
tap_ok "the picture that is missing is mentioned" grep -q '1 of [0-9]' "$work/said"
labels --no-image > "$work/blind"
tap_ok "without their pictures, the two of Rob are the same" sh -c 'test "$(sed -n 1p "$1")" = "$(sed -n 3p "$1")"' sh "$work/blind"

if grep -q mobilenetv3-centernet "$mini/config.json"; then
    tap_ok "with its picture, Rob the cat is no person" grep -qx 'Rob/B-MISC' "$work/got"
    "$MMIB" predict "$corpus" --to json --quiet > "$work/got.json"
    "$MMIB" predict "$corpus" --to json --quiet --no-image > "$work/blind.json"
    with=$(score "$work/got.json") without=$(score "$work/blind.json")
    echo "# entity F1 on the demonstration: $with with pictures, $without without"
    tap_ok "the pictures are worth ten points of entity F1" awk "BEGIN { exit !($with >= $without + 10) }"
else
    tap_skip "the pictures are worth ten points of entity F1" "the bundled model was made for other pictures"
fi

mkdir -p "$work/bin" "$work/share/mmib/model/pretrained"
cp "$MMIB" "$work/bin/mmib"
cp -r "$mini" "$work/share/mmib/model/pretrained/"
MMIB=$work/bin/mmib
labels > "$work/installed"
tap_same "an installed program finds the data of its prefix" "$work/got" "$work/installed"

rm -r "$work/share/mmib/model/pretrained/mini"
export MMIB_MODEL="$mini"
labels > "$work/told"
tap_same "MMIB_MODEL names the model" "$work/got" "$work/told"
tap_exit 4 "a model that is not there is named" env MMIB_MODEL="$work/nowhere" "$MMIB" predict "$corpus"
tap_done
