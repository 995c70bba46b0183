# The ledger of mmib eval: whose the points are that the F1 lacks, from a work file and the file that it is the work on.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
cd "$work" || exit 99

printf 'IMGID:1\nMara\tB-PER\nLind\tI-PER\nat\tO\nCamp\tB-LOC\nNou\tI-LOC\n\n' > test.conll
printf 'IMGID:1\nMara\tB-PER\nLind\tO\nat\tB-MISC\nCamp\tB-ORG\nNou\tI-ORG\n\n' > pred.conll
"$MMIB" eval test.conll pred.conll --mode default > plain
tap_ok "a published file has no ledger" sh -c '! grep -q Ledger plain'
"$MMIB" eval test.conll pred.conll --json > plain.json
tap_ok "nor has its JSON" sh -c '! grep -q ledger plain.json'

# The work on it: Camp Nou was corrected to ORG, the boundary is said to be both's, nobody looked at "at".
sum=$(sha256sum test.conll | cut -c 1-64)
cat > test.mmib.json << END
{"format": "mmib-corpus", "version": 1, "source": {"file": "test.conll", "sha256": "$sum"}, "posts": [{"id": "1",
 "tokens": ["Mara", "Lind", "at", "Camp", "Nou"],
 "entities": [{"id": "e1", "start": 0, "end": 2, "type": "PER"}, {"id": "e2", "start": 3, "end": 5, "type": "ORG"}],
 "verdicts": [{"gold": {"start": 0, "end": 2, "type": "PER"}, "predicted": {"start": 0, "end": 1, "type": "PER"},
               "verdict": "both", "by": "ana"}]}]}
END
cat > expected << 'END'
Ledger of entities: 100.00 points to 100 (published gold: test.conll)
  by class       errors  points   model  corpus  corrected    open
  type                2   40.00    0.00    0.00      40.00    0.00
  boundary            2   40.00   20.00   20.00       0.00    0.00
  spurious            1   20.00    0.00    0.00       0.00   20.00
  by type        errors  points   model  corpus  corrected    open
  LOC                 1   20.00    0.00    0.00      20.00    0.00
  MISC                1   20.00    0.00    0.00       0.00   20.00
  ORG                 1   20.00    0.00    0.00      20.00    0.00
  PER                 2   40.00   20.00   20.00       0.00    0.00
  all                 5  100.00   20.00   20.00      40.00   20.00
  open: 1 not judged
  F1 0.00 as published, 40.00 under GOLD as it stands (0 errors only there)
END
"$MMIB" eval test.mmib.json pred.conll --mode default 2> /dev/null | sed -n '/^Ledger/,$p' > got
tap_same "corrected, judged and open" expected got
"$MMIB" eval test.mmib.json pred.conll --json 2> /dev/null > got.json
tap_ok "the same as JSON, adding up" python3 -c '
import json
ledger = json.load(open("got.json"))["ledger"]
points = ledger["ner"]["all"]["points"]
assert abs(sum(points[name] for name in ("model", "corpus", "corrected", "open")) - ledger["ner"]["gap"]) < 1e-9, points
assert points["corpus"] == 20 and points["corrected"] == 40, points
assert ledger["published"] == "test.conll" and ledger["changed"] == 1, ledger
assert ledger["ner"]["classes"]["boundary"]["points"]["model"] == 20, ledger'

printf 'IMGID:1\nMara\tB-PER\n\n' > test.conll
"$MMIB" eval test.mmib.json pred.conll --mode default 2> /dev/null > got
tap_ok "a published file that is another one by now does not count" grep -q "published gold: GOLD as it is" got
tap_done
