# The workbench in real terminals: xterm with and without sixel, tmux. Skipped where the tool that drives them is absent.
# KEEP=DIR keeps the screenshots there.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
termshot=$SRCDIR/../shared/tools/termshot
[ -x "$termshot" ] || tap_skip_all "../shared/tools/termshot is absent"
for tool in Xvfb xterm xdotool tmux; do
    command -v $tool > /dev/null || tap_skip_all "$tool is not installed"
done
cp -r "$SRCDIR/corpora/demo" "$work/demo"
chmod -R u+w "$work/demo"
mkdir -p "$work/shots"
model=$SRCDIR/model/pretrained/mini

# screens WHAT SCRIPT OPTION...: plays the script over the demonstration.
screens()
{
    what=$1 script=$2
    shift 2
    cp "$SRCDIR/corpora/demo/start.json" "$work/demo/start.json"
    rm -f "$work/demo/start.json.journal"
    tap_ok "$what" "$termshot" "$@" --timeout 60 --out "$work/shots" -c "$script" -- \
        env USER=ana "$MMIB" annotate "$work/demo/start.json" --model "$model"
}

begin='wait-text mini.[0-9]+.ms 20; settle 0.4 10'

screens "80x24: a sixel picture, and one that no key within the post touches" \
    "$begin; shot small.png; assert-image 20,1,60,8 90; key l; shot moved.png; key h; shot back.png
     assert-same small.png back.png; assert-same small.png moved.png 20,1,60,8; assert-differ small.png moved.png all
     type q; wait-exit 0" --size 80x24

screens "160x50: popups cover the picture, and give it back" \
    "$begin; shot large.png; assert-image 45,2,100,20 90; key question; wait-text Proposals; shot help.png
     assert-differ large.png help.png 45,2,100,20; key Escape; shot closed.png; assert-same large.png closed.png all 60
     type t; wait-text type; shot chooser.png; key Escape; shot closed.png; assert-same large.png closed.png all 60
     type q; wait-exit 0" --size 160x50 --screen 1400x900

screens "heat comes and goes, and the picture with it" \
    "$begin; shot heat.png; type H; settle; shot words.png; assert-differ heat.png words.png 45,2,100,20 500
     type H; settle; shot regions.png; assert-same heat.png regions.png 45,2,100,20 0; type H; wait-text heat:.off
     shot off.png; assert-same words.png off.png 45,2,100,20; type H; settle; shot again.png
     assert-same heat.png again.png 45,1,100,27; type q; wait-exit 0" --size 160x50 --screen 1400x900

screens "the list scrolls and leaves the picture beside it where it is" \
    "$begin; type Fo; key Escape; settle; shot whole.png; type Os; wait-text by.status; settle; shot lower.png
     assert-same whole.png lower.png 20,1,60,8; type Of; settle; shot back.png; assert-same whole.png back.png 0,1,80,20
     type q; wait-exit 0" --size 80x24

screens "all places of a word stand below the picture, and the counts give it back" \
    "$begin; type l; settle; shot whole.png; type *p; wait-text open; settle; shot places.png
     assert-same whole.png places.png 20,1,60,8; assert-differ whole.png places.png 0,11,80,11; key Escape; settle; shot back.png
     assert-same whole.png back.png all 60; type C; wait-text Entities; settle; type q; settle; shot back.png
     assert-same whole.png back.png all 60; type q; wait-exit 0" --size 80x24

screens "a label is made and saved in a real terminal" \
    "$begin; type vwp; wait-text Rob.is.is.PER; wait-text journaled; shot labelled.png; type s; wait-text saved
     type q; wait-exit 0" --size 80x24
tap_ok "and stands in the file" grep -q '"start": *0, *"end": *2, *"type": *"PER"' "$work/demo/start.json"

screens "resized while it runs, a picture at every size" \
    "$begin; resize 60x20; wait-text p.PER; settle; shot r60.png; assert-image 0,1,60,4 60; resize 50x12; wait-text too.small
     resize 160x50; wait-text p.PER; settle; assert-image 45,2,100,20 90; type t; wait-text type; resize 100x30; wait-text type
     settle; shot r100.png; assert-image 28,1,70,10 90; key Escape; resize 300x100; wait-text p.PER; settle 0.4; shot r300.png
     assert-image 60,20,110,40 90; type q; wait-exit 0" --size 120x36 --screen 2500x1800

screens "half blocks without sixel, from the start and by the key" \
    "$begin; shot blocks.png; assert-image 20,1,60,8 60; key question; wait-text Proposals; key Escape; shot closed.png
     assert-same blocks.png closed.png all 100; type i; wait-text not.drawn; assert-no-image 20,1,60,4
     type i; settle; shot again.png; assert-same blocks.png again.png 20,1,60,8 100; type q; wait-exit 0" \
    --no-sixel --size 80x24

screens "sixel, half blocks, none, and sixel again by one key" \
    "$begin; shot six.png; type i; settle; shot half.png; assert-differ six.png half.png 20,1,60,8; type i
     wait-text not.drawn; assert-no-image 20,1,60,4; type i; settle; shot six2.png; assert-same six.png six2.png 20,1,60,8
     type q; wait-exit 0" --size 80x24

screens "in tmux" \
    "$begin; settle 0.5; shot tmux.png; assert-image 25,1,70,12 20; type J; wait-text 2/68|2.of.68; type p; wait-text is.PER
     type qq; wait-exit 0" --tmux --size 100x30

screens "a mouse: it drags, clicks and scrolls" \
    "$begin; drag 36,17 50,17; wait-text Esc.cancel; shot drag.png; type o; wait-text is.ORG; wheel down 5,10 2
     wait-text 3.of.68; click 10,12; wait-text post.1[0-9].of; settle; shot pointed.png
     type qq; wait-exit 0" --size 100x30

screens "without colours" \
    "$begin; shot plain.png; type J; settle; type p; wait-text is.PER; type qq; wait-exit 0" \
    --size 80x24 --env NO_COLOR=1 --no-sixel

screens "as a Linux console would have it" \
    "$begin; shot linux.png; type J; settle; type p; wait-text is.PER; type qq; wait-exit 0" \
    --size 80x24 --term linux --no-sixel

[ -z "${KEEP:-}" ] || cp "$work"/shots/*.png "$KEEP"
tap_done
