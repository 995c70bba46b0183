# Scores: the numbers that definitions and published files say, and what is said where there is none.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
shared=$SRCDIR/../shared

# conll FILE: a post of five tokens from each line of five tags.
conll()
{
    awk 'NF { print "IMGID:" NR; for (i = 1; i <= NF; i++) print "w" i "\t" $i; print "" }' > "$work/$1"
}

# says CODE TEXT COMMAND...: the command ends with that code, and its output has the text.
says()
{
    says_code=$1 says_text=$2
    shift 2
    "$@" > "$work/said" 2>&1
    says_got=$?
    grep -qF -- "$says_text" "$work/said" && [ "$says_got" = "$says_code" ] ||
        { echo "exit $says_got, and instead of: $says_text"; cat "$work/said"; return 1; }
}

# Two correct, boundary, type, boundary and type, missed, spurious.
conll gold.conll << 'END'
O B-PER I-PER O B-LOC
B-ORG I-ORG O O O
O B-LOC I-LOC O O
O B-MISC I-MISC O O
O O O B-PER O
O O O O O
END
conll pred.conll << 'END'
O B-PER I-PER O B-LOC
B-ORG O O O O
O B-ORG I-ORG O O
O O B-PER O O
O O O O O
B-LOC O O O O
END
cat > "$work/expected" << 'END'
{"ner": {"mode": "default", "micro": {"p": 0.333333333333333, "r": 0.333333333333333, "f1": 0.333333333333333, "tp": 2, "fp": 4, "fn": 4}, "types": {"LOC": {"p": 0.5, "r": 0.5, "f1": 0.5, "tp": 1, "fp": 1, "fn": 1}, "MISC": {"p": null, "r": 0, "f1": 0, "tp": 0, "fp": 0, "fn": 1}, "ORG": {"p": 0, "r": 0, "f1": 0, "tp": 0, "fp": 2, "fn": 1}, "PER": {"p": 0.5, "r": 0.5, "f1": 0.5, "tp": 1, "fp": 1, "fn": 1}}}, "re": {"mode": "mnre", "micro": {"p": null, "r": null, "f1": null, "tp": 0, "fp": 0, "fn": 0}, "types": {}}}
END
# scores: of the JSON on stdin what there was before classes and buckets.
scores()
{
    python3 -c 'import json, sys
said = json.load(sys.stdin)
print(json.dumps({level: {name: said[level][name] for name in ("mode", "micro", "types")} for level in ("ner", "re")}))'
}
"$MMIB" eval "$work/gold.conll" "$work/pred.conll" --json 2> "$work/warnings" | scores | sed 's/0\.33333333333333[0-9]*/0.333333333333333/g' > "$work/got"
tap_same "six cases as JSON" "$work/expected" "$work/got"
echo "mmib: warning: type MISC occurs in GOLD only (--map OLD=NEW renames types)" > "$work/expected"
tap_same "a type of one side only is a warning" "$work/expected" "$work/warnings"

cat > "$work/expected" << 'END'
Entities (seqeval default)
                 P       R      F1     TP     FP     FN
  LOC        50.00   50.00   50.00      1      1      1
  MISC           -    0.00    0.00      0      0      1  none predicted
  ORG         0.00    0.00    0.00      0      2      1
  PER        50.00   50.00   50.00      1      1      1
  micro      33.33   33.33   33.33      2      4      4
  macro      25.00   25.00   25.00
  weighted   33.33   33.33   33.33

Relations: GOLD has none
END
"$MMIB" eval "$work/gold.conll" "$work/pred.conll" --mode default --scores > "$work/got" 2> /dev/null
tap_same "six cases as a table, in per cent" "$work/expected" "$work/got"

# An I- that continues nothing, on either side.
conll gold-tags.conll << 'END'
I-PER I-PER O B-LOC I-ORG
O I-LOC B-LOC I-LOC O
END
conll pred-tags.conll << 'END'
B-PER I-PER O B-LOC I-ORG
O B-LOC B-LOC I-LOC O
END
tap_ok "by default an orphan I- starts an entity" says 0 '"micro": {"p": 1, "r": 1, "f1": 1, "tp": 5, "fp": 0, "fn": 0}' \
    "$MMIB" eval --json "$work/gold-tags.conll" "$work/pred-tags.conll"
tap_ok "strict drops it where it stands" says 0 '"micro": {"p": 0.5, "r": 1, "f1": 0.6666666666666666, "tp": 2, "fp": 2, "fn": 0}' \
    "$MMIB" eval --json --mode strict "$work/gold-tags.conll" "$work/pred-tags.conll"
tap_ok "both modes are printed and named" says 0 "Entities (seqeval strict, IOB2)" \
    "$MMIB" eval "$work/gold-tags.conll" "$work/pred-tags.conll"
tap_ok "invalid tags are counted" says 0 "counted: 3 of GOLD, 1 of PRED that start with I-" \
    "$MMIB" eval "$work/gold-tags.conll" "$work/pred-tags.conll"

# Formats may differ; names and contents tell which, or options do.
"$MMIB" convert "$work/pred.conll" "$work/pred.json"
cp "$work/gold.conll" "$work/gold.txt"
cp "$work/pred.json" "$work/pred.data"
"$MMIB" eval "$work/gold.txt" "$work/pred.data" --json > "$work/got" 2> /dev/null
"$MMIB" eval "$work/gold.conll" "$work/pred.conll" --json > "$work/expected" 2> /dev/null
tap_same "the format makes no difference" "$work/expected" "$work/got"
cp "$work/gold.conll" "$work/gold.json"
"$MMIB" eval --from conll --pred-from json "$work/gold.json" - < "$work/pred.json" --json > "$work/got" 2> /dev/null
tap_same "formats can be said, and a prediction can be piped in" "$work/expected" "$work/got"

# A session's labels that are not saved yet count.
sum=$(sha256sum < "$work/pred.json" | cut -d ' ' -f 1)
cat > "$work/pred.json.journal" << END
{"format": "mmib-journal", "version": 1, "corpus": "pred.json", "sha256": "$sum"}
{"seq": 1, "time": "2026-11-24T15:00:00Z", "act": "edit", "id": "5", "batch": {"post": 4, "edits": [{"target": "entity", "at": 0, "before": null, "after": {"id": "e1", "start": 3, "end": 4, "type": "PER", "source": "human"}}]}}
END
tap_ok "labels in the journal of a prediction count" says 0 '"tp": 3, "fp": 4, "fn": 3}' \
    "$MMIB" eval --json "$work/gold.conll" "$work/pred.json"

rm "$work/pred.json.journal"
sed '0,/"source": "import"/s//"source": "model"/' "$work/pred.json" > "$work/mixed.json"
tap_ok "proposals among the gold are warned of" says 0 \
    "1 of GOLD's entities are proposals that nobody accepted; they count" \
    "$MMIB" eval --json "$work/mixed.json" "$work/pred.json"

# Types renamed on both sides.
sed 's/MISC/OTHER/' "$work/gold.conll" > "$work/other.conll"
tap_ok "a type that is missing on a side is named" says 0 "type OTHER occurs in PRED only" \
    "$MMIB" eval "$work/gold.conll" "$work/other.conll"
tap_ok "--map renames it" says 0 '"micro": {"p": 1, "r": 1, "f1": 1, "tp": 6, "fp": 0, "fn": 0}' \
    "$MMIB" eval --map OTHER=MISC --json "$work/gold.conll" "$work/other.conll"

# Relations: right, wrong, right None, spurious, missed, a pair that PRED lacks, one that GOLD lacks, a reversed one.
cat > "$work/gold.mnre" << 'END'
{'token': ['Go', 'Messi', 'at', 'Camp', 'Nou'], 'h': {'name': 'Messi', 'pos': [1, 2]}, 't': {'name': 'Camp Nou', 'pos': [3, 5]}, 'img_id': 'a.jpg', 'relation': '/per/loc/place_of_residence'}
{'token': ['Go', 'Messi', 'at', 'Camp', 'Nou'], 'h': {'name': 'Messi', 'pos': [1, 2]}, 't': {'name': 'Go', 'pos': [0, 1]}, 'img_id': 'a.jpg', 'relation': '/per/misc/awarded'}
{'token': ['Go', 'Messi', 'at', 'Camp', 'Nou'], 'h': {'name': 'Camp Nou', 'pos': [3, 5]}, 't': {'name': 'Go', 'pos': [0, 1]}, 'img_id': 'a.jpg', 'relation': 'None'}
{'token': ['x', 'y', 'z'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'y', 'pos': [1, 2]}, 'img_id': 'b.jpg', 'relation': 'None'}
{'token': ['x', 'y', 'z'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'z', 'pos': [2, 3]}, 'img_id': 'b.jpg', 'relation': '/per/per/peer'}
{'token': ['x', 'y', 'z'], 'h': {'name': 'y', 'pos': [1, 2]}, 't': {'name': 'z', 'pos': [2, 3]}, 'img_id': 'b.jpg', 'relation': '/per/per/peer'}
END
cat > "$work/pred.mnre" << 'END'
{'token': ['Go', 'Messi', 'at', 'Camp', 'Nou'], 'h': {'name': 'Messi', 'pos': [1, 2]}, 't': {'name': 'Camp Nou', 'pos': [3, 5]}, 'img_id': 'a.jpg', 'relation': '/per/loc/place_of_residence'}
{'token': ['Go', 'Messi', 'at', 'Camp', 'Nou'], 'h': {'name': 'Messi', 'pos': [1, 2]}, 't': {'name': 'Go', 'pos': [0, 1]}, 'img_id': 'a.jpg', 'relation': '/per/misc/present_in'}
{'token': ['Go', 'Messi', 'at', 'Camp', 'Nou'], 'h': {'name': 'Camp Nou', 'pos': [3, 5]}, 't': {'name': 'Go', 'pos': [0, 1]}, 'img_id': 'a.jpg', 'relation': 'None'}
{'token': ['x', 'y', 'z'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'y', 'pos': [1, 2]}, 'img_id': 'b.jpg', 'relation': '/per/per/peer'}
{'token': ['x', 'y', 'z'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'z', 'pos': [2, 3]}, 'img_id': 'b.jpg', 'relation': 'None'}
{'token': ['x', 'y', 'z'], 'h': {'name': 'z', 'pos': [2, 3]}, 't': {'name': 'y', 'pos': [1, 2]}, 'img_id': 'b.jpg', 'relation': '/per/per/peer'}
END
cat > "$work/expected" << 'END'
Entities: not scored (those of MNRE are given)

Relations (MNRE, without None; 6 pairs of GOLD)
                                    P       R      F1     TP     FP     FN
  /per/loc/place_of_residence  100.00  100.00  100.00      1      0      0
  /per/misc/awarded                 -    0.00    0.00      0      0      1  none predicted
  /per/misc/present_in           0.00       -    0.00      0      1      0  none in gold
  /per/per/peer                  0.00    0.00    0.00      0      1      2
  micro                         33.33   25.00   28.57      1      2      3
  macro                         25.00   25.00   25.00
  weighted                      25.00   25.00   25.00
  not counted: 1 predicted on pairs that GOLD lacks
END
"$MMIB" eval --scores "$work/gold.mnre" "$work/pred.mnre" > "$work/got"
tap_same "relations without None over the pairs of GOLD" "$work/expected" "$work/got"

# Conditions.
eval_if()
{
    "$MMIB" eval --fail-if "$1" "$work/gold.conll" "$work/pred.conll"
}
tap_ok "a condition that holds is a finding" says 1 "mmib: PER.f1 is 0.5, which is < 0.86" eval_if 'PER.f1<0.86'
tap_exit 0 "a condition that does not hold is none" eval_if 'PER.f1<0.5'
tap_exit 1 "or equal" eval_if 'PER.f1 <= 0.5'
tap_exit 1 "one of two is enough for or" eval_if 'LOC.fn > 7 or f1<0.4'
tap_exit 0 "and is closer than or" eval_if 'LOC.fn > 7 or f1<0.4 and micro.tp > 2'
tap_ok "an undefined ratio passes no bound" says 1 "MISC.p is undefined" eval_if 'ner.MISC.p<0.1'
tap_exit 1 "a mean" eval_if 'macro.r < 0.26'
tap_ok "a type that nobody has is a mistake" says 2 "PRE is in neither file" eval_if 'PRE.f1<0.86'
for bad in '' 'PER.f1' 'PER.f2<1' 'PER.f1<x' 'PER.f1<1 and' 'PER.f1<1 f1<1' 'macro.tp<1' '<1'; do
    tap_exit 2 "no condition: '$bad'" eval_if "$bad"
done
tap_exit 1 "a relation's name has slashes" "$MMIB" eval --fail-if '/per/per/peer.f1<0.1' "$work/gold.mnre" "$work/pred.mnre"
tap_exit 2 "entities that are not scored meet no bound" "$MMIB" eval --fail-if 'ner.f1<0.1' "$work/gold.mnre" "$work/pred.mnre"

# What does not pair.
sed 's/^w3	/W3	/' "$work/gold.conll" > "$work/token.conll"
tap_ok "another token is named" says 3 "token.conll: post 1 (1): token 3 is W3, and in $work/gold.conll it is w3" \
    "$MMIB" eval "$work/gold.conll" "$work/token.conll"
head -n 35 "$work/gold.conll" > "$work/short.conll"
tap_ok "a missing post is named" says 3 "short.conll: it has 5 posts, and $work/gold.conll has 6: the first without a partner is post 6" \
    "$MMIB" eval "$work/gold.conll" "$work/short.conll"
tap_ok "a missing token is named" says 3 "token 5 is nothing, and in $work/gold.conll it is w5" \
    "$MMIB" eval "$work/gold.conll" - --pred-from conll < "$(head -n 5 "$work/gold.conll" > "$work/four"; echo "$work/four")"
tap_exit 2 "standard input is one file only" "$MMIB" eval - -
tap_exit 2 "a mode that is none" "$MMIB" eval --mode loose "$work/gold.conll" "$work/gold.conll"
tap_exit 4 "a file that is not there" "$MMIB" eval "$work/gold.conll" "$work/absent.conll"

# Published files against themselves, and a model's recorded predictions against their recorded scores.
if [ -d "$shared/data" ]; then
    test17=$shared/data/twitter2017/test.txt test15=$shared/data/twitter2015/test.txt
    tap_ok "Twitter-2017 against itself" says 0 '"micro": {"p": 1, "r": 1, "f1": 1, "tp": 1351, "fp": 0, "fn": 0}' \
        "$MMIB" eval --json "$test17" "$test17"
    tap_ok "Twitter-2015, default" says 0 '"tp": 5207, "fp": 0, "fn": 0}, "types"' \
        "$MMIB" eval --json --mode default "$test15" "$test15"
    tap_ok "Twitter-2015, strict" says 0 '"tp": 5072, "fp": 0, "fn": 0}, "types"' \
        "$MMIB" eval --json --mode strict "$test15" "$test15"
    tap_ok "MNRE against itself" says 0 '"micro": {"p": 1, "r": 1, "f1": 1, "tp": 640, "fp": 0, "fn": 0}' \
        "$MMIB" eval --json --from mnre --pred-from mnre "$shared/data/mnre/test.txt" "$shared/data/mnre/test.txt"
else
    tap_skip "published files" "no $shared/data"
fi
# predicted TAGS GOLD: GOLD with the tags of a file of predictions.
predicted()
{
    awk -F '\t' 'NR == FNR { gsub(/.*"tags": \[|[]"}]/, ""); gsub(/, */, "\t"); tags[FNR] = $0; next }
        /^IMGID:/ && NF == 1 { n = split(tags[++post], tag, "\t"); k = 0 }
        NF == 2 { print $1 "\t" tag[++k]; next } { print }' "$1" "$2" > "$work/predicted.conll"
}
if [ -d "$shared/models/interim" ] && [ -d "$shared/data" ]; then
    predicted "$shared/models/interim/twitter2017-test.predicted" "$test17"
    tap_ok "recorded scores of Twitter-2017" says 0 "micro      81.40   82.61   82.00" \
        "$MMIB" eval "$test17" "$work/predicted.conll"
    predicted "$shared/models/interim/twitter2015-test.predicted" "$test15"
    tap_ok "recorded scores of Twitter-2015" says 0 "micro      71.61   70.42   71.01" \
        "$MMIB" eval --map OTHER=MISC "$test15" "$work/predicted.conll"
else
    tap_skip "recorded scores" "no $shared/models/interim"
fi
tap_done
