# The words agree: every subcommand has a manual page, and --help, the manual and the bash completion name the same
# options.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

"$MMIB" completion > "$work/completion"
tap_ok "the completion is bash" bash -n "$work/completion"
tap_same "the completion that is installed is the program's own" "$work/completion" "$BUILDDIR/completions/mmib"

# complete_words WORD...: what bash offers for the last of these words.
complete_words()
{
    bash -c 'source "$1"; shift; COMP_WORDS=(mmib "$@"); COMP_CWORD=$#
             _mmib mmib "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
             printf "%s\n" "${COMPREPLY[@]}"' bash "$work/completion" "$@" | sort
}

"$MMIB" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' > "$work/subcommands"
tap_ok "there are subcommands" test -s "$work/subcommands"
(cat "$work/subcommands"; echo '--help'; echo '--version') | sort > "$work/expected"
complete_words '' > "$work/got"
tap_same "the completion knows all subcommands" "$work/expected" "$work/got"
sort "$work/subcommands" > "$work/expected"
sed -n 's/^\.It Cm \([a-z]*\)$/\1/p' "$SRCDIR/man/mmib.1" | sort > "$work/got"
tap_same "mmib.1 lists all subcommands" "$work/expected" "$work/got"
sed -n 's/^\.Xr mmib-\([a-z]*\) 1.*/\1/p' "$SRCDIR/man/mmib.1" | sort -u > "$work/got"
tap_same "mmib.1 points to the page of every subcommand" "$work/expected" "$work/got"
ls "$SRCDIR/man" | sed -n 's/^mmib-\([a-z]*\)\.1$/\1/p' | sort > "$work/got"
tap_same "a page for every subcommand, and none without one" "$work/expected" "$work/got"

while read -r name; do
    page=$SRCDIR/man/mmib-$name.1
    "$MMIB" "$name" --help | sed -n 's/^  \(-[a-zA-Z],\|   \) --\([a-z0-9-]*\).*/\2/p' | sort > "$work/expected"
    sed -n 's/^\.It Fl.* -\([a-z][a-z0-9-]*\).*/\1/p' "$page" | sort > "$work/got"
    tap_same "$name: the manual has the options of --help" "$work/expected" "$work/got"
    complete_words "$name" - | sed 's/^--//' > "$work/got"
    tap_same "$name: the completion has the options of --help" "$work/expected" "$work/got"
done < "$work/subcommands"

"$MMIB" annotate --print-keys > "$work/expected"
awk '/^\.Sh/ { keys = $2 == "KEYS"; next } keys' "$SRCDIR/man/mmib-annotate.1" > "$work/got"
tap_same "the manual's keys are those of the program" "$work/expected" "$work/got"

if command -v mandoc > /dev/null; then
    for page in "$SRCDIR"/man/*.[15]; do
        tap_ok "${page##*/} is clean mdoc" mandoc -T lint -W warning "$page"
    done
else
    tap_skip "the manual pages are clean mdoc" "mandoc is not installed"
fi
tap_done
