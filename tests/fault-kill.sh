# Kills the workbench at random moments and looks for every label that was on the screen: see fault-kill.py.
#
#   MMIB=build/mmib SRCDIR=. sh tests/fault-kill.sh [TIMES [SEED]]
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
[ -x /usr/bin/python3 ] || tap_skip_all "python3 is not installed"
PYTHONDONTWRITEBYTECODE=1 TMPDIR=$work /usr/bin/python3 "$SRCDIR/tests/fault-kill.py" "$@"
