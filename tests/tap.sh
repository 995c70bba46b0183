# TAP for shell tests: read in with   . "$SRCDIR/tests/tap.sh"
# It gives the test a folder of its own, $work, that is removed at the end, and these functions; tap_done ends the test.
#
# SPDX-License-Identifier: Apache-2.0
set -u

tap_count=0
tap_failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/mmib-test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# tap_result STATUS WHAT: passes where the status is 0.
tap_result()
{
    tap_count=$((tap_count + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $2"
    fi
}

# tap_ok WHAT COMMAND...: passes where the command succeeds; shows what it said where it does not.
tap_ok()
{
    tap_what=$1
    shift
    if "$@" > "$work/tap.out" 2>&1; then
        tap_result 0 "$tap_what"
    else
        tap_result 1 "$tap_what"
        sed 's/^/# /' "$work/tap.out"
    fi
}

# tap_exit CODE WHAT COMMAND...: passes where the command ends with that code.
tap_exit()
{
    tap_code=$1 tap_what=$2
    shift 2
    "$@" > "$work/tap.out" 2>&1
    tap_got=$?
    if [ "$tap_got" = "$tap_code" ]; then
        tap_result 0 "$tap_what"
    else
        tap_result 1 "$tap_what"
        echo "# exit $tap_got instead of $tap_code:"
        sed 's/^/# /' "$work/tap.out"
    fi
}

# tap_same WHAT EXPECTED GOT: passes where two files are equal to the byte.
tap_same()
{
    tap_ok "$1" diff -u "$2" "$3"
}

# tap_says EXIT WORDS COMMAND...: succeeds where the command ends so, prints nothing, and says one line that starts with
# "mmib: " and has these words. For tap_ok.
tap_says()
{
    tap_code=$1 tap_words=$2
    shift 2
    "$@" > "$work/out" 2> "$work/err"
    tap_got=$?
    cat "$work/err"
    [ "$tap_got" = "$tap_code" ] && [ ! -s "$work/out" ] && [ "$(wc -l < "$work/err")" = 1 ] &&
        grep -q '^mmib: ' "$work/err" && grep -qF -e "$tap_words" "$work/err"
}

# tap_skip WHAT WHY: for one test among others.
tap_skip()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# tap_skip_all WHY: ends the test; nothing may have been printed before.
tap_skip_all()
{
    echo "1..0 # SKIP $1"
    exit 0
}

tap_done()
{
    echo "1..$tap_count"
    [ "$tap_failed" = 0 ]
    exit
}
