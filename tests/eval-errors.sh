# What mmib eval says beside the scores: classes, confusions, buckets, two systems, leaks.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
shared=$SRCDIR/../shared
cd "$work" || exit 99

# holds CODE: Python that finds the JSON of got as said.
holds()
{
    python3 -c "
import json
said = json.load(open('got'))
$1"
}

# Two correct, boundary, type, boundary and type, missed, spurious.
cat > gold.conll << 'END'
IMGID:1
@	O
Mara	B-PER
Lind	I-PER
in	O
ROME	B-LOC

IMGID:2
Bank	B-ORG
of	I-ORG
😀	O

IMGID:3
in	O
New	B-LOC
York	I-LOC

IMGID:4
x	O
Blue	B-MISC
Moon	I-MISC

IMGID:5
hi	O
ana	B-PER

IMGID:6
hi	O
#tag	O

END
cat > pred.conll << 'END'
IMGID:1
@	O
Mara	B-PER
Lind	I-PER
in	O
ROME	B-LOC

IMGID:2
Bank	B-ORG
of	O
😀	O

IMGID:3
in	O
New	B-ORG
York	I-ORG

IMGID:4
x	O
Blue	O
Moon	B-PER

IMGID:5
hi	O
ana	O

IMGID:6
hi	O
#tag	B-LOC

END
cat > expected << 'END'
Entities (SemEval-2013 task 9.1)
                 P       R      F1    COR    INC    PAR    MIS    SPU
  strict     33.33   33.33   33.33      2      3      0      1      1
  exact      50.00   50.00   50.00      3      2      0      1      1
  partial    66.67   66.67   66.67      3      0      2      1      1
  type       50.00   50.00   50.00      3      2      0      1      1

Errors of entities, in points of F1
                   cases  points     TP     FP     FN
  correct              2       -      2      0      0
  type                 1   16.67      0      1      1
  boundary             1   16.67      0      1      1
    short              1
  boundary+type        1   16.67      0      1      1
    short              1
  split                0    0.00      0      0      0
  merge                0    0.00      0      0      0
  missed               1    8.33      0      0      1
  spurious             1    8.33      0      1      0
  gap to 100               66.67      2      4      4

Confusions of entities
              LOC    MISC     ORG     PER    none  predicted
  LOC           1       0       1       0       0
  MISC          0       0       0       1       0
  ORG           0       0       1       0       0
  PER           0       0       0       1       1
  none          1       0       0       0       0
  gold

Buckets of entities
                    cases      F1     TP     FP     FN
  length in words
    1                   3   50.00      1      1      1
    2                   4   25.00      1      3      3
  capitals
    all-caps            1  100.00      1      0      0
    capitalised         4   25.00      1      3      3
    lower               2    0.00      0      1      1
  #tag
    inside              1    0.00      0      1      0
    none                6   36.36      2      3      4
  @handle
    inside              1  100.00      1      0      0
    none                6   20.00      1      4      4
  emoji
    beside              1    0.00      0      1      1
    none                6   40.00      2      3      3
  entities per word
    0                   1    0.00      0      1      0
    0.2+                6   36.36      2      3      4
END
"$MMIB" eval gold.conll pred.conll --mode default 2> /dev/null | sed -n '/SemEval/,$p' > got
tap_same "classes, confusions and buckets of six cases" expected got
"$MMIB" eval gold.conll pred.conll --json > got 2> /dev/null
tap_ok "and as JSON" holds '
ner = said["ner"]
assert {name: row["cases"] for name, row in ner["classes"].items()} == {
    "correct": 2, "type": 1, "boundary": 1, "boundary+type": 1, "split": 0, "merge": 0, "missed": 1, "spurious": 1}
for count in ("tp", "fp", "fn"):
    assert sum(row[count] for row in ner["classes"].values()) == ner["micro"][count]
assert abs(sum(row["points"] for row in ner["classes"].values()) - ner["gap"]) < 1e-9
assert abs(ner["gap"] + 100 * ner["micro"]["f1"] - 100) < 1e-9
assert ner["classes"]["boundary"]["kinds"]["short"] == 1
assert [round(ner["semeval"][s]["f1"], 4) for s in ("strict", "exact", "partial", "type")] == [.3333, .5, .6667, .5]
assert ner["matrix"]["names"] == ["LOC", "MISC", "ORG", "PER", "none"]
assert ner["matrix"]["cells"][1] == [0, 0, 0, 1, 0]
assert ner["buckets"]["hash"]["inside"] == {"n": 1, "p": 0, "r": None, "f1": 0, "tp": 0, "fp": 1, "fn": 0}
assert "seen" not in ner["buckets"] and "distance" not in ner["buckets"]
assert ner["strict"]["micro"] == ner["default"]["micro"] and ner["invalid"] == {"gold": 0, "predicted": 0}
assert "paired" not in said and "leaked" not in said and "b" not in said'

# Two systems. The second finds ana, and takes ROME for a person.
sed -e 's/^ana	O/ana	B-PER/; s/^ROME	B-LOC/ROME	B-PER/' pred.conll > better.conll
cat > expected << 'END'
Who is right: entities of GOLD
                      both   A only   B only  neither
  LOC                    0        1        0        1
  MISC                   0        0        0        1
  ORG                    0        0        0        1
  PER                    1        0        1        0
  all                    1        1        1        3
  false positives        4        0        1

Flips by class
  error of the other   A only   B only
  type                      1        0
  missed                    0        1

END
"$MMIB" eval gold.conll pred.conll better.conll > both 2> /dev/null
sed -n '/^Who is right/,/^B - A/{/^B - A/!p}' both > got
tap_same "who is right" expected got
tap_ok "tests are told with their intervals" grep -qE \
    'F1        -2\.56 \[[-+0-9.]+, [-+0-9.]+\]  p [0-9.]+  paired bootstrap over posts, 1000 resamples, seed 1' both
tap_ok "McNemar's is exact for few" grep -qF 'p 1.0000  McNemar over entities of GOLD: A only 1, B only 1 (exact)' both
tap_ok "it is said which is which" grep -qxF "A: pred.conll, B: better.conll" both
tap_ok "tables have both systems" grep -qE '^  type +1 +16\.67 +2 +30\.77$' both
"$MMIB" eval gold.conll pred.conll better.conll --json --seed 5 --resamples 200 > got 2> /dev/null
"$MMIB" eval gold.conll pred.conll better.conll --json --seed 5 --resamples 200 > again 2> /dev/null
tap_same "a seed gives its numbers again" again got
tap_ok "both and the comparison as JSON" holds '
pairs = said["paired"]["ner"]
assert pairs["flips"] == {"both": 1, "only_a": 1, "only_b": 1, "neither": 3}
assert pairs["types"]["PER"] == {"both": 1, "only_a": 0, "only_b": 1, "neither": 0}
assert pairs["classes"]["correct"]["type"] == 1 and pairs["classes"]["missed"]["correct"] == 1
assert pairs["wrong"] == {"both": 4, "only_a": 0, "only_b": 1}
assert pairs["bootstrap"]["resamples"] == 200 and pairs["bootstrap"]["seed"] == 5
assert abs(pairs["bootstrap"]["delta"] - (said["b"]["ner"]["micro"]["f1"] - said["ner"]["micro"]["f1"])) < 1e-12
assert pairs["bootstrap"]["low"] <= pairs["bootstrap"]["delta"] <= pairs["bootstrap"]["high"]
assert pairs["mcnemar"]["test"] == "exact" and pairs["mcnemar"]["p"] == 1 and pairs["mcnemar"]["difference"] == 0
assert said["b"]["ner"]["classes"]["type"]["cases"] == 2 and said["paired"]["re"] is None'
"$MMIB" convert better.conll better.json
"$MMIB" eval gold.conll pred.conll better.json --json --seed 5 --resamples 200 > again 2> /dev/null
tap_same "the second may be of another format" got again
"$MMIB" eval gold.conll pred.conll gold.conll --fail-if 'delta.f1<0.5' > /dev/null 2>&1
tap_ok "A is the first of them" test $? = 0

# Conditions on all of it.
eval_if()
{
    "$MMIB" eval --fail-if "$1" gold.conll pred.conll better.conll
}
for condition in 'type.points>16' 'missed.cases>=1' 'ner.boundary.short.cases>0' 'gap>66' 'length.2.f1<0.3' \
    'hash.inside.n>0' 'strict.PER.f1<0.6' 'semeval.partial.f1<0.7' 'b.PER.f1>0.6' 'b.type.points>30' 'b.f1<0.31' \
    'delta.f1<0' 'delta.low<0' 'mcnemar.p>0.05' 'flips.only_b<2' 'invalid.gold<1 and b.ner.length.1.tp<2'; do
    tap_exit 1 "a condition that holds: $condition" eval_if "$condition"
done
for condition in 'type.points>17' 'gap<66' 'b.PER.f1<0.6' 'flips.neither>3' 'PER.f1<0.5'; do
    tap_exit 0 "one that does not: $condition" eval_if "$condition"
done
for condition in 'type.pints>1' 'leaked.posts>0' 'c.PER.f1<1' 're.delta.f1<1' 'length.9.f1<1'; do
    tap_exit 2 "no number: $condition" eval_if "$condition"
done
eval_if 'type.points>16' > said 2>&1
tap_ok "it is said which number fails" grep -qF 'mmib: type.points is 16.6667, which is > 16' said

# Relations: the direction joins what is missed with what is predicted the wrong way round.
line()
{
    echo "{'token': ['x', 'y', 'z'], 'h': {'name': '$1', 'pos': [$2]}, 't': {'name': '$3', 'pos': [$4]}, 'img_id': 'b.jpg', 'relation': '$5'}"
}
{ line x '0, 1' y '1, 2' /per/per/peer; line x '0, 1' z '2, 3' None; line y '1, 2' z '2, 3' /per/per/peer; } > gold.mnre
{ line y '1, 2' x '0, 1' /per/per/peer; line x '0, 1' z '2, 3' /per/per/peer; line y '1, 2' z '2, 3' /per/org/leader; } > pred.mnre
"$MMIB" eval gold.mnre pred.mnre gold.mnre --json > got
tap_ok "relations by class, of two systems" holds '
re = said["re"]
assert {name: row["cases"] for name, row in re["classes"].items() if row["cases"]} == {
    "direction": 1, "signature": 1, "spurious": 1}, re["classes"]
assert [sum(row[count] for row in re["classes"].values()) for count in ("tp", "fp", "fn")] == [0, 2, 2]
assert said["ner"] is None and said["b"]["ner"] is None and said["paired"]["ner"] is None
assert said["paired"]["re"]["flips"] == {"both": 0, "only_a": 0, "only_b": 3, "neither": 0}
assert re["buckets"]["distance"]["1-3"]["n"] == 1 and "capitals" not in re["buckets"]'

# Training sets: words that were seen, posts that leaked.
cat > train.conll << 'END'
IMGID:77
in	O
New	B-LOC
York	I-LOC
http://t.co/x	O

IMGID:5
other	O
Mara	B-PER
Lind	I-PER

END
"$MMIB" eval gold.conll pred.conll --train train.conll --json > got 2> said
tap_ok "what is in training is counted" holds '
assert said["leaked"] == {"posts": 2, "text": 1, "picture": 1, "of": 6, "training": 2, "left_out": False,
                          "ids": ["3", "5"]}, said["leaked"]
seen = said["ner"]["buckets"]["seen"]
assert [seen[name]["n"] for name in ("seen", "other-type", "unseen")] == [2, 0, 5], seen
assert said["ner"]["micro"]["tp"] == 2'
tap_ok "and warned of" grep -qF 'warning: 2 of 6 posts are in training too (--without-leaked leaves them out)' said
"$MMIB" eval gold.conll pred.conll pred.conll --train train.conll --without-leaked --json > got 2> said
tap_ok "and left out" holds '
assert said["leaked"]["left_out"] and said["leaked"]["posts"] == 2
assert [said["ner"]["micro"][name] for name in ("tp", "fp", "fn")] == [2, 3, 2]
assert said["paired"]["ner"]["flips"]["both"] == 2 and said["paired"]["ner"]["flips"]["neither"] == 2'
tap_ok "without a warning" sh -c '! grep -q training said'
tap_ok "the table says so" sh -c '"$MMIB" eval gold.conll pred.conll --train train.conll --without-leaked 2> /dev/null |
    grep -qF "Leaked: 2 of 6 posts are in training too (text 1, picture 1); left out"'
tap_exit 1 "a leak can be a finding" "$MMIB" eval gold.conll pred.conll --train train.conll --fail-if 'leaked.posts>0'
mkdir one two
echo abc > one/5.jpg
echo abd > two/5.jpg
"$MMIB" eval gold.conll pred.conll --images one --train train.conll --train-images two --json > got 2> /dev/null
tap_ok "pictures of one name that are not the same did not leak" holds '
assert said["leaked"]["ids"] == ["3"], said["leaked"]
assert said["ner"]["buckets"]["picture"]["picture"]["n"] == 1'
tap_exit 4 "a training set that is not there" "$MMIB" eval gold.conll pred.conll --train absent.conll
tap_exit 2 "nothing leaked from nowhere" "$MMIB" eval gold.conll pred.conll --without-leaked
tap_exit 2 "resamples are at least one" "$MMIB" eval gold.conll pred.conll pred.conll --resamples 0
tap_exit 2 "standard input is one file only, of three too" "$MMIB" eval gold.conll - -
tap_ok "the second prediction must pair as well" sh -c '
    head -n 11 pred.conll > short.conll; "$MMIB" eval gold.conll pred.conll short.conll 2>&1 | grep -q "short.conll: it has 2 posts"'

if [ -d "$shared/data" ]; then
    test15=$shared/data/twitter2015/test.txt
    "$MMIB" eval "$test15" "$test15" --from conll --train "$shared/data/gmner/train.txt" --json > got 2> /dev/null
    tap_ok "Twitter-2015's test posts in GMNER's training set" holds '
assert said["leaked"]["picture"] == 1563 and said["leaked"]["of"] == 3257, said["leaked"]["picture"]
assert said["leaked"]["text"] == 1565 and said["leaked"]["posts"] == 1567, said["leaked"]["text"]
assert said["ner"]["invalid"] == {"gold": 135, "predicted": 135}'
else
    tap_skip "published files" "no $shared/data"
fi
tap_done
