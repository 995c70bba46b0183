# Sorting, filtering, searching, all places of the same words, counts: see annotate-order.py.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
[ -x /usr/bin/python3 ] || tap_skip_all "python3 is not installed"
PYTHONDONTWRITEBYTECODE=1 TMPDIR=$work /usr/bin/python3 "$SRCDIR/tests/annotate-order.py"
