# The demonstration holds together: the bundled model finds what was left unlabelled in the demonstration corpus, the
# picture decides where only it can, and the program finds both beside its build, when installed, and when told.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
unset MMIB_MODEL
corpus=$SRCDIR/corpora/demo/demo.json

# labels ARGUMENT...: one line a post of what is predicted, "Rob/B-MISC ...", without what is O.
labels()
{
    "$MMIB" predict "$corpus" --to conll "$@" 2> "$work/said" |
        awk -F '\t' '/^$/ { print ""; next } NF == 2 && $2 != "O" { printf "%s/%s ", $1, $2 }' | sed 's/ $//'
}

# Posts 11 and 12 of the corpus have labels that the model gets wrong, or no picture, and are not among these.
cat > "$work/expected" << END
Rob/B-MISC
Mara/B-PER Lind/I-PER Joel/B-PER Okafor/I-PER Harbour/B-LOC Hall/I-LOC
Tomas/B-PER Reyes/I-PER Celtic/B-ORG
Paris/B-LOC
Paris/B-PER
Norvik/B-ORG Lisbon/B-LOC Portugal/B-LOC
Ana/B-PER Costa/I-PER Golden/B-MISC Lantern/I-MISC
Sam/B-PER Biscuit/B-MISC Leeds/B-LOC
Lena/B-PER Marco/B-PER Zadar/B-LOC
Jordan/B-PER Bell/I-PER Ajax/B-ORG
END
labels > "$work/got"
sed -i '11,$d' "$work/got"
tap_same "the bundled model labels the demonstration" "$work/expected" "$work/got"
tap_ok "the picture that is missing is mentioned" grep -q '1 of 12' "$work/said"

labels --no-image > "$work/blind"
tap_ok "without its picture, Rob is a person" grep -qx 'Rob/B-PER' "$work/blind"
tap_ok "without their pictures, the two of Paris are the same" sh -c 'test "$(sed -n 4p "$1")" = "$(sed -n 5p "$1")"' sh \
    "$work/blind"

mkdir -p "$work/bin" "$work/share/mmib/model/pretrained"
cp "$MMIB" "$work/bin/mmib"
cp -r "$SRCDIR/model/pretrained/mini" "$work/share/mmib/model/pretrained/"
MMIB=$work/bin/mmib
labels > "$work/installed"
sed -i '11,$d' "$work/installed"
tap_same "an installed program finds the data of its prefix" "$work/expected" "$work/installed"

rm -r "$work/share/mmib/model/pretrained/mini"
export MMIB_MODEL="$SRCDIR/model/pretrained/mini"
labels > "$work/told"
sed -i '11,$d' "$work/told"
tap_same "MMIB_MODEL names the model" "$work/expected" "$work/told"
tap_exit 4 "a model that is not there is named" env MMIB_MODEL="$work/nowhere" "$MMIB" predict "$corpus"
tap_done
