# The demonstration corpus is what it claims to be: see demo-corpus.py.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
[ -x /usr/bin/python3 ] || tap_skip_all "python3 is not installed"
PYTHONDONTWRITEBYTECODE=1 WORK=$work /usr/bin/python3 "$SRCDIR/tests/demo-corpus.py"
