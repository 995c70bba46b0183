# From raw posts and boxes to the native format and back: an example in all formats, what commands say, GMNER as published.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
shared=$SRCDIR/../shared/data
cd "$work" || exit 99

# comes_back NAME FORMAT: by way of both native formats.
comes_back()
{
    "$MMIB" convert --from "$2" "$1" native.json 2> doubts && "$MMIB" convert native.json native.jsonl &&
        "$MMIB" convert native.jsonl - --to "$2" > back && cmp "$1" back
}

# names TEXT COMMAND...: exit 1, and one line of standard error ends with the text.
names()
{
    names_text=$1
    shift
    "$@" > /dev/null 2> said
    names_got=$?
    cat said
    [ "$names_got" = 1 ] && grep -qF -- "$names_text" said
}

printf '😀 Go Messi at Camp Nou\n' > line.txt
"$MMIB" convert --from text line.txt line.json
tap_ok "offsets count code points, also after emoji" grep -qF \
    '"offsets": [[0, 1], [2, 4], [5, 10], [11, 13], [14, 18], [19, 22]]' line.json
tap_ok "the line comes back" comes_back line.txt text
messi='{"id": "e1", "start": 2, "end": 3, "type": "PER"}'
camp_nou='{"id": "e2", "start": 4, "end": 6, "type": "LOC", "grounding": ["o1"]}'
box='{"id": "o1", "box": [120, 40, 360, 440], "label": "person"}'
sed "s/\"entities\": \[\], \"relations\"/\"entities\": [$messi, $camp_nou], \"relations\"/
     s/\"objects\": \[\]/\"objects\": [$box]/" line.json > labelled.json
printf 'IMGID:line-1\n😀\tO\nGo\tO\nMessi\tB-PER\nat\tO\nCamp\tB-LOC\nNou\tI-LOC\n\n' > expected.conll
"$MMIB" convert labelled.json labelled.conll 2> said
tap_same "labelled, it is this in CoNLL" expected.conll labelled.conll
tap_ok "without its boxes, which are named" grep -qF 'not in conll: post line-1: 1 box' said
"$MMIB" convert labelled.json labelled.gmner 2> said
tap_ok "in GMNER, the box is named by its entity" grep -qF '<name>Camp Nou</name>' labelled-xml/line-1.xml
tap_ok "and its label is named as lost" grep -qF 'post line-1: the label of box o1, person' said
yes word | head -200 | tr '\n' ' ' > long.txt
"$MMIB" convert --from text long.txt long.json
tap_exit 4 "a disk without room for the text is told" sh -c 'ulimit -f 1; "$MMIB" convert long.json labelled.gmner 2> /dev/null'
tap_ok "and the boxes of before stay" test -s labelled-xml/line-1.xml
tap_ok "a post without a picture has no place in COCO" names 'post line-1: left out: it has no picture' \
    "$MMIB" convert labelled.json labelled.coco
printf '{"text": "a #b", "img_id": "c.jpg", "lang": "en"}\n' > posts.jsonl
tap_ok "raw JSON Lines are known by their first line" comes_back posts.jsonl raw
tap_ok "their own members are named where they are lost" names "1 member that is not mmib's" \
    "$MMIB" convert posts.jsonl posts.conll
tap_ok "plain text is not guessed" tap_says 3 '--from says which: json, jsonl, conll, mnre, raw, gmner, coco, text' \
    "$MMIB" convert line.txt other.json
tap_ok "GMNER without a folder of boxes" tap_says 3 '--boxes says where' "$MMIB" convert --from gmner expected.conll other.json
tap_ok "a folder that is not there" tap_says 4 'none: no such folder' \
    "$MMIB" convert --from gmner --boxes none expected.conll other.json
mkdir boxes
tap_exit 0 "GMNER with a folder that is named" "$MMIB" convert --from gmner --boxes boxes expected.conll other.json
tap_exit 0 "and from standard input" sh -c '"$MMIB" convert --from gmner --boxes boxes - - --to json < expected.conll'
printf '{"images": [{"id": 1, "file_name": "x.jpg"}], "annotations": []}' > coco.json
tap_ok "COCO under the name of JSON" tap_says 3 '(--from coco reads COCO)' "$MMIB" convert coco.json other.json
tap_exit 0 "and by its own name" "$MMIB" convert --from coco coco.json other.json

if [ -d "$shared/gmner" ] && command -v tar > /dev/null; then
    tar xzf "$shared/gmner/xml.tar.gz"
    cp "$shared"/gmner/*.txt .
    for name in train dev test; do
        "$MMIB" convert --from gmner "$name.txt" "$name.json" 2> doubts
        tap_exit 0 "GMNER's $name is written, and nothing is lost" "$MMIB" convert "$name.json" "$name.gmner"
        tap_ok "it comes back" cmp "$name.txt" "$name.gmner"
        tap_ok "with all its box files, to the byte" sh -c 'for file in "$1"-xml/*.xml; do
            cmp "$file" "xml/${file##*/}" || exit 1; done' sh "$name"
        tap_ok "entity texts that come twice are named" grep -q 'in doubt: post .* linked to all' doubts
    done
    tap_ok "that is 5612 box files" sh -c '[ $(ls train-xml dev-xml test-xml | grep -c "\.xml$") = 5612 ]'
    # figures NAME: how often the pattern stands in the three files.
    figures()
    {
        cat train.json dev.json test.json | grep -oE -- "$1" | wc -l
    }
    tap_ok "16772 entities" [ "$(figures '"grounding": \[')" = 16772 ]
    tap_ok "6770 of them grounded" [ "$(figures '"grounding": \["')" = 6770 ]
    tap_ok "8058 boxes" [ "$(figures '"box": \[')" = 8058 ]
else
    tap_skip "GMNER as published" "../shared/data is not here"
fi

# Tokens of published tweets, with blanks between, are split again; the rest are addresses that were cut, emoji that were
# cut apart, and words of which those corpora kept the full stop.
if [ -d "$shared" ]; then
    while read -r name least; do
        awk -F '\t' '/^IMGID:/ && NF == 1 { next } NF == 2 { line = line sep $1; sep = " "; next }
             line != "" { print line; line = sep = "" } END { if (line != "") print line }' "$shared/$name.txt" > joined.txt
        "$MMIB" convert --from text joined.txt joined.json && "$MMIB" convert joined.json - --to conll 2> /dev/null |
            awk -F '\t' '/^IMGID:/ && NF == 1 { next } NF == 2 { line = line sep $1; sep = " "; next }
                line != "" { print line; line = sep = "" } END { if (line != "") print line }' > again.txt
        share=$(paste -d '\n' joined.txt again.txt | awk 'NR % 2 { one = $0; next } { all++; same += one == $0 }
            END { print int(1000 * same / all) }')
        echo "# $name: $share of 1000 posts"
        tap_ok "the tokeniser splits $name as it was" [ "$share" -ge "$least" ]
    done << 'END'
twitter2015/train 900
twitter2017/train 960
gmner/train 920
END
else
    tap_skip "tokens of published tweets" "../shared/data is not here"
fi
tap_done
