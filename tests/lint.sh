# Reads the sources: the order of the rooms, what each room must not do, and what cppcheck finds.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR" || exit 99

# found_none COMMAND...: succeeds where the command finds nothing.
found_none()
{
    ! "$@"
}

sources=$(ls corpora/*.[ch] model/*.[ch] ui/*.[ch] src/*.[ch] tests/*.[ch] 2> /dev/null)

tap_ok "corpora includes nothing of the rooms to its right" \
    found_none grep -nE '#include "(model|ui|src)/' corpora/*.[ch]
tap_ok "model includes nothing of the rooms to its right" found_none grep -nE '#include "(ui|src)/' model/*.[ch]
tap_ok "ui includes nothing of src" found_none grep -nE '#include "src/' ui/*.[ch]
tap_ok "includes are written from the top" found_none grep -nE '#include "(\.|[^/"]*")' $(ls $sources | grep -v '^src/main.c')
tap_ok "corpora and model neither print messages nor exit" \
    found_none grep -nE '(^|[^a-z_])((printf|puts|putchar|perror|exit|abort|assert)\(|stderr)' corpora/*.c model/*.c
grep -L 'SPDX-License-Identifier: Apache-2.0' $sources > "$work/unlicensed"
tap_ok "every source says its licence" found_none grep . "$work/unlicensed"
tap_ok "no tabs, no blanks at line ends" found_none grep -nE "$(printf '\t')| +\$" $sources
tap_ok "no file is longer than 1000 lines" found_none sh -c 'wc -l "$@" | awk "\$2 != \"total\" && \$1 > 1000 { print; bad = 1 }
    END { exit !bad }"' sh $sources
for file in $sources; do
    grep -qE "[[:space:]]($file|${file%.c})([[:space:]]|\$)" Makefile.am || echo "$file"
done > "$work/lost"
tap_ok "every source stands in Makefile.am" found_none grep . "$work/lost"

if command -v cppcheck > /dev/null; then
    tap_ok "cppcheck finds no bug" cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability \
        --suppressions-list=tests/cppcheck.supp --inline-suppr --error-exitcode=1 -j 2 --max-configs=4 -I . \
        -D_XOPEN_SOURCE=700 corpora model ui src tests
else
    tap_skip "cppcheck finds no bug" "cppcheck is not installed"
fi
tap_done
