# Kills an inspection at random moments and looks for every verdict: see fault-inspect.py.
#
#   MMIB=build/mmib SRCDIR=. sh tests/fault-inspect.sh [TIMES [SEED]]
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
[ -x /usr/bin/python3 ] || tap_skip_all "python3 is not installed"
PYTHONDONTWRITEBYTECODE=1 TMPDIR=$work /usr/bin/python3 "$SRCDIR/tests/fault-inspect.py" "$@"
