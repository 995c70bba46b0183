# Merging annotators' files: what is taken, how conflicts are marked, and that the result is a corpus like any other.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

# post ID MEMBERS: a post of four tokens.
post()
{
    printf '{"id": "%s", "tokens": ["Rob", "meets", "New", "York"]%s}' "$1" "${2:+, $2}"
}

# corpus FILE POST...: a native file.
corpus()
{
    corpus_file=$1
    shift
    {
        printf '{"format": "mmib-corpus", "version": 1, "schema": {"entities": ["PER", "LOC", "ORG"], "relations": []},'
        printf ' "posts": ['
        corpus_comma=
        for corpus_post; do
            printf '%s%s' "$corpus_comma" "$corpus_post"
            corpus_comma=', '
        done
        printf ']}\n'
    } > "$work/$corpus_file"
}

rob='{"id": "e1", "start": 0, "end": 1, "type": "PER", "source": "human", "by": "%s"}'
york='{"id": "e2", "start": 2, "end": 4, "type": "%s", "source": "human", "by": "%s"}'
corpus base.json "$(post 1)" "$(post 2)" "$(post 3)"
corpus a.json "$(post 1 "\"entities\": [$(printf "$rob" ana)], \"annotator\": \"ana\"")" \
    "$(post 2 "\"entities\": [$(printf "$york" LOC ana)], \"annotator\": \"ana\"")" "$(post 3)"
corpus b.json "$(post 1 "\"entities\": [$(printf "$york" LOC bob)], \"annotator\": \"bob\"")" "$(post 2)" \
    "$(post 3 '"note": "later"')"
corpus c.json "$(post 2 "\"entities\": [$(printf "$york" ORG carla)], \"annotator\": \"carla\"")"

"$MMIB" merge "$work/base.json" "$work/a.json" "$work/b.json" -o "$work/ab.json" 2> "$work/said"
tap_result $? "two that do not meet"
tap_ok "what is said of it" grep -F "3 posts, no conflicts" "$work/said"
tap_ok "each one's share" grep -F "a.json (ana): 2 changes taken, 0 in conflict" "$work/said"
tap_ok "all labels are there" sh -c '"$1" stats "$2" | grep -q "PER" && [ "$(grep -o "\"start\"" "$2" | wc -l)" = 3 ]' \
    sh "$MMIB" "$work/ab.json"
tap_exit 0 "one alone" "$MMIB" merge "$work/base.json" "$work/a.json" -o "$work/alone.json"
"$MMIB" convert "$work/a.json" "$work/expected.json"
tap_same "is that one" "$work/expected.json" "$work/alone.json"

"$MMIB" merge "$work/base.json" "$work/a.json" "$work/b.json" "$work/c.json" -o "$work/abc.json" 2> "$work/said"
tap_result $(($? != 1)) "two that differ"
tap_ok "are said to" grep -F '3 posts, 1 conflict in 1 of them, flagged "conflict"' "$work/said"
tap_ok "both versions are in the file" sh -c 'grep "\"conflicts\"" "$1" | grep "LOC.*ana" | grep -q "ORG.*carla"' sh \
    "$work/abc.json"
tap_exit 0 "the result is a corpus" "$MMIB" stats "$work/abc.json"
tap_exit 0 "that can be converted" "$MMIB" convert "$work/abc.json" "$work/again.json"
tap_same "without a change" "$work/abc.json" "$work/again.json"
"$MMIB" merge "$work/base.json" "$work/c.json" "$work/b.json" "$work/a.json" > "$work/other.json" 2> "$work/err"
tap_result $(($? != 1)) "in another order, to standard output"
tap_same "it is the same" "$work/abc.json" "$work/other.json"

cp "$work/a.json" "$work/kept.json"
tap_ok "no version is written over" tap_says 2 "would be written over" \
    "$MMIB" merge "$work/base.json" "$work/a.json" "$work/b.json" -o "$work/a.json"
tap_same "it stands as it was" "$work/kept.json" "$work/a.json"
tap_ok "the result is native" tap_says 2 "is written as .json or .jsonl" \
    "$MMIB" merge "$work/base.json" "$work/a.json" -o "$work/out.conll"
tap_ok "a missing file is named" tap_says 4 "$work/missing.json" "$MMIB" merge "$work/base.json" "$work/missing.json"
tap_ok "an id that stands twice is named" sh -c '
    sed "s/\"id\": \"3\"/\"id\": \"2\"/" "$2/base.json" > "$2/twice.json"
    "$1" merge "$2/twice.json" "$2/a.json" 2> "$2/err"; [ $? = 3 ] && grep -q twice.json "$2/err"' sh "$MMIB" "$work"
tap_done
