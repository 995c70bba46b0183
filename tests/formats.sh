# Published corpora come back byte for byte and have the counts that are known of them; commands say what went wrong.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
data=$SRCDIR/tests/data
shared=$SRCDIR/../shared/data

# comes_back FILE FORMAT: through the format's own writer, and by way of both native formats.
comes_back()
{
    "$MMIB" convert "$1" "$work/direct.$2" && cmp "$1" "$work/direct.$2" &&
        "$MMIB" convert "$1" "$work/native.json" && "$MMIB" convert "$work/native.json" "$work/from-json.$2" &&
        cmp "$1" "$work/from-json.$2" &&
        "$MMIB" convert "$work/native.json" "$work/native.jsonl" &&
        "$MMIB" convert "$work/native.jsonl" - --to "$2" > "$work/from-jsonl.$2" && cmp "$1" "$work/from-jsonl.$2"
}

# counts FILE TEXT...: every text stands in the statistics.
counts()
{
    counts_file=$1
    shift
    "$MMIB" stats --json "$counts_file" > "$work/stats" || return 1
    cat "$work/stats"
    for text; do
        grep -qF -- "$text" "$work/stats" || { echo "not there: $text"; return 1; }
    done
}

# says CODE TEXT COMMAND...: the command ends with that code, and its output has the text.
says()
{
    says_code=$1 says_text=$2
    shift 2
    "$@" > "$work/said" 2>&1
    says_got=$?
    grep -qF -- "$says_text" "$work/said" && [ "$says_got" = "$says_code" ] ||
        { echo "exit $says_got, and instead of: $says_text"; cat "$work/said"; return 1; }
}

# refused CODE NAME MESSAGE COMMAND...: ends with that code and exactly this one line on stderr, nothing on stdout.
refused()
{
    refused_code=$1 refused_name=$2 message=$3
    shift 3
    "$@" > "$work/stdout" 2> "$work/stderr"
    got=$?
    printf 'mmib: %s\n' "$message" > "$work/expected"
    tap_ok "$refused_name" sh -c 'diff -u "$1" "$2" && [ ! -s "$3" ] && [ "$4" = "$5" ]' sh \
        "$work/expected" "$work/stderr" "$work/stdout" "$got" "$refused_code"
}

for name in tweets.conll pairs.mnre pairs-ascii.mnre pairs-utf8.mnre pairs-mixed.mnre; do
    tap_ok "$name comes back" comes_back "$data/$name" "${name##*.}"
done
tap_ok "standard input is known by its first line" sh -c '"$MMIB" convert - - --to conll < "$1" | cmp - "$1"' sh "$data/tweets.conll"

mkfifo "$work/pipe"
cat "$data/everything.json" > "$work/pipe" &
timeout 20 "$MMIB" convert "$work/pipe" - --to json > "$work/from-pipe.json"
wait
"$MMIB" convert "$data/everything.json" - --to json > "$work/from-file.json"
tap_same "a pipe is read once" "$work/from-file.json" "$work/from-pipe.json"

if [ -d "$shared" ]; then
    for file in twitter2015/train twitter2015/valid twitter2015/test twitter2017/train twitter2017/valid twitter2017/test; do
        tap_ok "$file comes back" comes_back "$shared/$file.txt" conll
    done
    for file in mnre/train mnre/val mnre/test; do
        tap_ok "$file comes back" comes_back "$shared/$file.txt" mnre
    done
    while read -r file posts per loc org other name total strict invalid; do
        tap_ok "$file has its counts" counts "$shared/$file.txt" "\"posts\": $posts," \
            "\"total\": $total, \"strict\": $strict, \"invalid_tags\": $invalid, \"untyped\": 0" \
            "\"strict_types\": {\"PER\": $per, \"LOC\": $loc, \"ORG\": $org, \"$name\": $other}"
    done << 'END'
twitter2017/train 3373 2943 731 1674 701 MISC 6049 6049 0
twitter2017/valid 723 626 173 375 150 MISC 1324 1324 0
twitter2017/test 723 621 178 395 157 MISC 1351 1351 0
twitter2015/train 4000 2217 2091 927 931 OTHER 6352 6166 186
twitter2015/valid 1000 552 522 247 220 OTHER 1594 1541 53
twitter2015/test 3257 1816 1697 839 720 OTHER 5207 5072 135
END
    while read -r file posts pairs none images; do
        tap_ok "$file has its counts" counts "$shared/$file.txt" "\"posts\": $posts," \
            "\"relations\": {\"total\": $pairs, \"against_signature\": 0, \"types\": {\"None\": $none," \
            "\"images\": {\"named\": $images, \"distinct\": $images}"
    done << 'END'
mnre/train 7356 12247 7744 7356
mnre/val 931 1624 1000 931
mnre/test 914 1614 974 914
END
    "$MMIB" stats "$shared"/mnre/*.txt | sed -nE 's#^    (None|/[a-z/_]*) .*#\1#p' | sort -u > "$work/names"
    tap_ok "MNRE has 23 relations, alumi among them" sh -c '[ $(wc -l < "$1") = 23 ] && grep -qx /per/per/alumi "$1"' sh "$work/names"
    tap_ok "OTHER becomes MISC on request" sh -c '"$MMIB" convert --map OTHER=MISC "$1" "$2" && ! grep -q OTHER "$2" &&
        sed s/-OTHER/-MISC/ "$1" | cmp - "$2"' sh "$shared/twitter2015/test.txt" "$work/mapped.conll"
else
    tap_skip "the published corpora" "../shared/data is not here"
fi

cat > "$work/overlap.json" << 'END'
{"format": "mmib-corpus", "posts": [{"id": "p", "tokens": ["a", "b"], "entities": [
 {"id": "e1", "start": 0, "end": 2, "type": "PER"}, {"id": "e2", "start": 1, "end": 2, "type": "LOC"}],
 "relations": [{"id": "r1", "head": "e1", "tail": "e2", "type": "/per/loc/x"}]}]}
END
tap_ok "what CoNLL cannot hold is a finding, which says what and where" \
    says 1 "mmib: $work/overlap.json: not in conll: post p: entity e2 overlaps e1" \
    "$MMIB" convert "$work/overlap.json" "$work/overlap.conll"
printf 'IMGID:p\na\tB-PER\nb\tI-PER\n\n' > "$work/expected.conll"
tap_same "and the rest is written" "$work/expected.conll" "$work/overlap.conll"
tap_exit 0 "MNRE holds it" "$MMIB" convert "$work/overlap.json" "$work/overlap.mnre"

cd "$work" || exit 99
refused 4 "a file that is missing" "none.json: No such file or directory" "$MMIB" convert none.json out.json
tap_exit 4 "a folder that is missing" "$MMIB" convert overlap.json none/out.json
refused 2 "a name without a format" "out.txt: its name tells no format; --to says which: json, jsonl, conll, mnre, raw, gmner, coco, text" \
    "$MMIB" convert overlap.json out.txt
refused 2 "a format that is none" "--to: yaml is not one of json, jsonl, conll, mnre, raw, gmner, coco, text" "$MMIB" convert --to yaml overlap.json -
refused 2 "a map that is none" "OTHER: a map is written FROM=TO" "$MMIB" stats --map OTHER overlap.json
printf 'IMGID:1\none\n' > column.conll
refused 3 "a CoNLL line with one column" "column.conll:2: one column where a token, a TAB and a tag are expected" \
    "$MMIB" convert column.conll out.json
printf '{oops\n' > literal.mnre
refused 3 "an MNRE line that is no literal" "literal.mnre:1: not a line of MNRE: a string is expected here (column 2)" \
    "$MMIB" convert literal.mnre out.json
head -c 200 "$data/everything.json" > cut.json
refused 3 "JSON that is cut" "cut.json:2: the JSON is cut: it ends too early" "$MMIB" convert cut.json out.json
printf '{"format": "mmib-corpus", "posts": [\n{"id": "p", "tokens": ["a"], "entities": [{"id": "e1", "start": 0, "end": 2, "type": "PER"}]}]}' > span.json
refused 3 "a span out of range" "span.json:2: post p: entity e1 ends at 2, after the last of 1 tokens" "$MMIB" stats span.json
printf 'IMGID:1\n\377\tO\n' > utf8.conll
refused 3 "invalid UTF-8" "utf8.conll:2: invalid UTF-8" "$MMIB" stats utf8.conll
: > empty
refused 3 "an empty file" "empty:1: the file is empty" "$MMIB" stats empty
printf 'IMGID:1\na\t\033]0;title\007\n' > escape.conll
refused 3 "an escape sequence in a message" 'escape.conll:2: tag "?]0;title?" is not O, B-TYPE or I-TYPE' "$MMIB" stats escape.conll
tap_ok "nothing was written" test ! -e out.json

printf 'IMGID:../secret\n\033[2Ja\tO\n\n' > dots.conll
mkdir pictures
tap_ok "a picture outside of its folder is refused by name" \
    says 3 "post ../secret: the picture's name ../secret leads out of the folder" "$MMIB" stats dots.conll --images pictures
tap_ok "and the rest is counted" says 3 "tokens                                   1" "$MMIB" stats dots.conll --images pictures
tap_ok "escape sequences stay in files as they are" sh -c '"$MMIB" convert dots.conll - --to conll | cmp - dots.conll'
if command -v script > /dev/null; then
    script -qec '"$MMIB" convert dots.conll - --to conll' /dev/null < /dev/null > screen
    tap_ok "and never reach a terminal" sh -c 'grep -qF "?[2Ja" "$1" && ! grep -q "$(printf "\033")" "$1"' sh screen
else
    tap_skip "and never reach a terminal" "script is not installed"
fi
touch pictures/1.png
printf 'IMGID:1\na\tO\n\nIMGID:2\nb\tO\n\n' > two.conll
tap_ok "pictures that are there are told from those that are not" sh -c \
    '"$MMIB" stats --json --images pictures two.conll | grep -qF "\"distinct\": 2, \"present\": 1, \"missing\": 1, \"refused\": 0"'
printf 'x' > kept.conll
tap_exit 3 "a failed conversion" "$MMIB" convert column.conll kept.conll
tap_ok "leaves what was there" sh -c '[ "$(cat kept.conll)" = x ]'
tap_exit 4 "a full disk is told" sh -c '"$MMIB" convert two.conll - --to json > /dev/full'
tap_done
