# Pictures beside text in real terminals, by screenshots: tests/screen-demo in xterm with sixel and without, in tmux,
# mlterm and foot. A terminal that is not installed is skipped.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

termshot=${SHARED:-$SRCDIR/../shared}/tools/termshot
demo=$BUILDDIR/tests/screen-demo
images=$SRCDIR/corpora/demo/images

[ -x "$termshot" ] || tap_skip_all "termshot is not there"
[ "$("$demo" 2>/dev/null; echo $?)" = 2 ] || tap_skip_all "screen-demo was not built"
for tool in Xvfb xdotool xterm; do
    command -v $tool > /dev/null || tap_skip_all "$tool is not installed"
done
echo "no picture at all" > "$work/broken.jpg"

# shoot NAME [OPTION...] -- COMMAND...: plays $work/keys; pictures go to $work/NAME.
shoot()
{
    shoot_name=$1
    shift
    mkdir -p "$work/$shoot_name"
    "$termshot" --out "$work/$shoot_name" -s "$work/keys" "$@"
}

# The list's selection moves, a popup comes and goes, heat and another picture come; the picture is what it must be.
cat > "$work/keys.common" << 'END'
START
settle
shot first.png
assert-image 25,0,PANE
key Down Down
shot moved.png
assert-differ first.png moved.png 0,0,24,12
assert-same first.png moved.png 25,0,PANE
key p
shot popup.png
assert-cell 30,4 #000000
assert-cell 45,9 #000000
assert-differ moved.png popup.png 25,0,PANE 5000
key p
shot closed.png
assert-same moved.png closed.png 0,0,COLS,28 GLYPHS
key h
AWAIT 0 104
shot heat.png
assert-differ closed.png heat.png 25,0,PANE 5000
key h
AWAIT 0 104
shot cool.png
assert-same closed.png cool.png 0,0,COLS,28 GLYPHS
type nnnnnnn
AWAIT 1 110
shot burst.png
assert-differ cool.png burst.png 25,0,PANE 5000
key n
AWAIT 0 110
shot back.png
assert-same cool.png back.png 0,0,COLS,28 GLYPHS
key n
AWAIT 1 110
shot second.png
assert-same burst.png second.png 0,0,COLS,28 GLYPHS
END

# The size changes, with a popup open too; nothing scrolls, the picture fits.
cat > "$work/keys.resize" << 'END'
resize 80x24
AWAIT 1 110
shot small.png
assert-image 25,0,55,18
key p
resize 140x50
AWAIT 1 112
shot large.png
assert-image 25,0,115,44
resize 100x30
AWAIT 1 112
shot again.png
assert-same second.png again.png 0,0,100,28 GLYPHS
END

# keys_for START PANE COLS GLYPHS PART...: half blocks hang over their cells by some pixels, which a shot sees or not.
# AWAIT P K waits until picture P is there after key K: by the status line where the screen's text can be read.
keys_for()
{
    keys_start=$1 keys_pane=$2 keys_columns=$3 keys_glyphs=$4
    shift 4
    case $keys_start in
    wait-text*) keys_await='wait-text "picture \1 ready.*key \2" 10\nsettle 0.4' ;;
    *) keys_await='sleep 1.2\nsettle 0.4' ;;
    esac
    for part; do
        sed "s/START/$keys_start/; s/PANE/$keys_pane/; s/COLS/$keys_columns/; s/GLYPHS/$keys_glyphs/
            s/^AWAIT \(.*\) \(.*\)/$keys_await/" "$work/keys.$part"
    done > "$work/keys"
}
printf 'key q\nwait-exit 0\n' > "$work/keys.quit"

keys_for "wait-text ready" 75,24 100 0 common resize quit
tap_ok "xterm with sixel" shoot sixel -- "$demo" "$images/rob.jpg" "$images/arena.jpg"
keys_for "wait-text ready" 75,24 100 150 common resize quit
tap_ok "xterm without sixel: half blocks" shoot blocks --no-sixel -- "$demo" "$images/rob.jpg" "$images/arena.jpg"

if command -v tmux > /dev/null; then
    # 256 colours: pictures differ from photographs, but still are many-coloured.
    keys_for "wait-text ready" 75,24 100 150 common resize quit
    sed -i 's/^\(assert-image .*\)$/\1 20/' "$work/keys"
    tap_ok "tmux: half blocks" shoot tmux --tmux -- "$demo" "$images/rob.jpg" "$images/arena.jpg"
else
    tap_skip "tmux: half blocks" "tmux is not installed"
fi
if command -v mlterm > /dev/null; then
    keys_for "sleep 1.5" 75,24 100 20 common resize quit # its bold letters overhang by a few pixels
    tap_ok "mlterm with sixel" shoot mlterm --terminal mlterm -- "$demo" "$images/rob.jpg" "$images/arena.jpg"
else
    tap_skip "mlterm with sixel" "mlterm is not installed"
fi
if command -v foot > /dev/null && command -v weston > /dev/null; then
    keys_for "wait-text ready" 210,60 240 0 common quit
    tap_ok "foot with sixel" shoot foot --terminal foot -- "$demo" "$images/rob.jpg" "$images/arena.jpg"
else
    tap_skip "foot with sixel" "foot or weston is not installed"
fi

# A pane that is wider than the terminal's largest picture: xterm would draw nothing at all.
cat > "$work/keys" << 'END'
wait-text ready
settle
assert-image 60,0,100,40
END
tap_ok "a pane larger than xterm's largest picture" shoot wide --screen 2400x1400 --size 220x60 -- \
    "$demo" "$images/rob.jpg"

cat > "$work/keys" << 'END'
wait-text ready
settle
shot black.png
assert-image 25,0,75,24 20
END
tap_ok "a picture without colours" shoot colourless --no-sixel --env NO_COLOR=1 -- "$demo" "$images/rob.jpg"

cat > "$work/keys" << 'END'
wait-text "missing: .*nowhere.png"
settle
assert-no-image 25,3,75,21 20
key n
wait-text "cannot be read: .*broken.jpg: "
key n
wait-text "picture 2 ready"
settle
assert-image 25,0,75,24
key n
wait-text "missing: .*nowhere.png"
settle
assert-no-image 25,3,75,21 20
END
tap_ok "missing and broken pictures leave nothing behind" shoot absent -- \
    "$demo" "$work/nowhere.png" "$work/broken.jpg" "$images/rob.jpg"

cat > "$work/keys" << 'END'
wait-text "100x30  none"
settle
assert-no-image 25,0,75,24 20
key q
wait-exit 0
END
tap_ok "--graphics none" shoot none -- "$demo" --graphics none "$images/rob.jpg"

# However it ends, the terminal is as before: the first screen comes back, letters are echoed, lines are edited.
cat > "$work/after" << 'END'
echo before
"$@"
echo "code $?"
stty -a | grep -o -w -e isig -e icanon -e echo | head -3 | tr '\n' ' '
read -r line
echo "read $line"
read -r line
END
for end in "quit:key q:0" "crash:key x:134" "SIGTERM:key t:7"; do
    name=${end%%:*} code=${end##*:} keys=${end#*:}
    cat > "$work/keys" << END
wait-text ready
${keys%:*}
wait-text "before.*code $code.*isig icanon echo "
assert-no-text ready
type typed
key Return
wait-text "read typed"
END
    tap_ok "the terminal is given back after $name" shoot "after-$name" -- sh "$work/after" "$demo" "$images/rob.jpg"
done

# ^Z stops it, fg brings text and picture back.
cat > "$work/jobs" << 'END'
set -m
"$@"
echo "stopped $?"
read -r line
fg > /dev/null
echo "code $?"
read -r line
END
cat > "$work/keys" << 'END'
wait-text ready
settle
shot before.png
key ctrl+z
wait-text stopped
assert-no-text ready
key Return
wait-text ready
settle
shot after.png
assert-same before.png after.png 0,0,100,28
key q
wait-text "code 0"
END
tap_ok "stopped and continued" shoot stopped -- sh "$work/jobs" "$demo" "$images/rob.jpg"

# Without a terminal: one line, no hanging.
printf '' > "$work/empty"
tap_exit 4 "no terminal at all is said" setsid timeout 10 "$demo" "$images/rob.jpg" < "$work/empty"
tap_done
