# The numbers of mmib eval, computed again: see eval-again.py.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
[ -x /usr/bin/python3 ] || tap_skip_all "python3 is not installed"
shared=$SRCDIR/../shared

# predictions DATA TAGS: the published file with recorded tags.
predictions()
{
    awk -F '\t' 'NR == FNR { gsub(/.*"tags": \[|[]"}]/, ""); gsub(/, */, "\t"); tags[FNR] = $0; next }
        /^IMGID:/ && NF == 1 { n = split(tags[++post], tag, "\t"); k = 0 }
        NF == 2 { print $1 "\t" tag[++k]; next } { print }' "$2" "$1"
}
set --
for name in twitter2015 twitter2017; do
    data=$shared/data/$name/test.txt tags=$shared/models/interim/$name-test.predicted
    if [ -r "$data" ] && [ -r "$tags" ]; then
        predictions "$data" "$tags" > "$work/$name.conll"
        set -- "$@" "$name,$data,$work/$name.conll"
    else
        echo "# $name is not here: made-up corpora only"
    fi
done
PYTHONDONTWRITEBYTECODE=1 TMPDIR=$work /usr/bin/python3 "$SRCDIR/tests/eval-again.py" "$@"
