# A case on the screen: see inspect-case.py.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
[ -x /usr/bin/python3 ] || tap_skip_all "python3 is not installed"
PYTHONDONTWRITEBYTECODE=1 TMPDIR=$work /usr/bin/python3 "$SRCDIR/tests/inspect-case.py"
