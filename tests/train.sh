# mmib train: that a small model learns, that a run can be stopped, killed and gone on with, and how it refuses.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

python3 "$SRCDIR/tests/training_data.py" "$SRCDIR/corpora/demo" "$work"
cd "$work" || exit 99
"$MMIB" init --random 4 --config config.json --out model && "$MMIB" init --random 4 --config words.json --out words || exit 99
train="$MMIB train --model model --quiet --threads 2"

# says EXIT WORDS COMMAND...: the command ends so, and its last line on stderr starts with "mmib: " and has these words.
says()
{
    says_code=$1 says_words=$2
    shift 2
    "$@" > says.out 2> says.err
    says_got=$?
    cat says.err
    [ "$says_got" = "$says_code" ] && tail -n 1 says.err | grep -q '^mmib: ' && tail -n 1 says.err | grep -qF -e "$says_words"
}

# ---- Learning ----

learn="--train train.json --dev dev.json --lr 1e-2 --batch 4 --epochs 40 --patience 0"
tap_ok "learns" $train $learn --out learned --log learned.jsonl
tap_ok "the loss falls, the dev scores reach 100, and every step is logged" python3 -c '
import json
lines = [json.loads(line) for line in open("learned.jsonl")]
steps, epochs = [l for l in lines if "total" in l], [l for l in lines if "dev" in l]
assert [s["step"] for s in steps] == list(range(1, 81)) and len(epochs) == 40
assert {s["task"] for s in steps} == {"ner", "re"}
for task in "ner", "re":
    losses = [s["task_loss"] for s in steps if s["task"] == task]
    assert losses[-1] < losses[0] / 4, (task, losses)
assert epochs[-1]["dev"] == [{"file": "dev.json", "ner_f1": 1, "re_f1": 1}], epochs[-1]
assert steps[0]["learning_rate"] == 0 and max(s["learning_rate"] for s in steps) == 1e-2
'
tap_ok "predict and eval find the same scores" sh -c '
    "$MMIB" predict dev.json --model learned --quiet -o ner.json && "$MMIB" predict dev.json --model learned --quiet --gold-entities -o re.json &&
    ! "$MMIB" eval dev.json ner.json --fail-if "ner.f1<1" 2>&1 | grep "<" && ! "$MMIB" eval dev.json re.json --fail-if "re.f1<1" 2>&1 | grep "<"'
tap_ok "half precision" $train $learn --out half --type f16
tap_ok "takes half the room and says the same" sh -c '
    "$MMIB" predict dev.json --model half --quiet --to conll -o half.conll && "$MMIB" predict dev.json --model learned --quiet --to conll -o learned.conll &&
    cmp half.conll learned.conll && [ "$(($(wc -c < learned/model.safetensors) * 10 / $(wc -c < half/model.safetensors)))" -ge 17 ]'
tap_ok "the config tells what was used" python3 -c '
import json
config = json.load(open("learned/config.json"))
assert config["mmib"]["dropout"] == 0 and config["mmib"]["beta_text"] == 0.1 and config["training"]["lr"] == 1e-2
'

# ---- Switches: what the log and the weights show of them ----

one="--train train.json --dev dev.json --batch 4 --epochs 2 --lr 1e-2"
tap_ok "without refinement" $train $one --out switch-kl --log switch-kl.jsonl --no-refinement
tap_ok "without alignment" $train $one --out switch-align --log switch-align.jsonl --no-alignment
tap_ok "other weights of the KL terms" $train $one --out switch-beta --log switch-beta.jsonl --beta-text 0.5 --beta-image 0.25
tap_ok "frozen text" $train $one --out switch-text --freeze-text 2 --clip 0.5 --decay 0.1
tap_ok "standardised pictures" $train $one --out switch-pictures --standardise-images
tap_ok "all do what they say" python3 -c '
import json, struct
def steps(name):
    return [l for l in map(json.loads, open(name)) if "total" in l]
def near(a, b):
    assert abs(a - b) < 1e-5 * max(1, abs(b)), (a, b)
def weights(folder):
    data = open(folder + "/model.safetensors", "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + n])
    header.pop("__metadata__", None)
    return {name: data[8 + n + t["data_offsets"][0]:8 + n + t["data_offsets"][1]] for name, t in header.items()}
for l in steps("switch-kl.jsonl"):
    near(l["total"], l["task_loss"] + l["alignment"])
    assert l["alignment"] > 0
for l in steps("switch-align.jsonl"):
    near(l["total"], l["task_loss"] + 0.1 * l["text_kl"] + 0.1 * l["image_kl"])
for l in steps("switch-beta.jsonl"):
    near(l["total"], l["task_loss"] + l["alignment"] + 0.5 * l["text_kl"] + 0.25 * l["image_kl"])
mmib = json.load(open("switch-beta/config.json"))["mmib"]
assert (mmib["beta_text"], mmib["beta_image"]) == (0.5, 0.25), mmib
before, after, free = weights("model"), weights("switch-text"), weights("switch-kl")
changed = {name for name in before if before[name] != after[name]}
assert changed and not any(name.startswith(("text.", "image.")) for name in changed), changed
assert any(before[name] != free[name] for name in before if name.startswith("text."))
assert all(before[name] == free[name] for name in before if name.startswith("image."))
'

# ---- Stopping and going on: with everything that draws random numbers, and with the average ----

whole="--train train-all.json --dev dev.json --lr 3e-3 --head-lr 5e-3 --batch 3 --accumulate 2 --epochs 36 --patience 0
    --dropout 0.2 --average 0.9 --mask 0.1 --lend-images 0.3 --hide-images 0.3 --seed 7"
tap_ok "runs to its end" $train $whole --out straight --log straight.jsonl
mkfifo pipe
# The log is a small pipe that nobody empties behind the signal, so that it comes long before the end.
python3 - "$MMIB" $whole > stopped.out 2>&1 <<'PY'
import fcntl, signal, subprocess, sys
run = subprocess.Popen([sys.argv[1], "train", "--model", "model", "--quiet", "--threads", "2", "--out", "stopped", "--log", "pipe"]
                       + sys.argv[2:], stderr=subprocess.PIPE, text=True)
with open("pipe") as log:
    fcntl.fcntl(log, 1031, 4096)  # F_SETPIPE_SZ
    for _ in range(60):
        log.readline()
    run.send_signal(signal.SIGINT)
    log.read()
print(run.stderr.read())
print("exit", run.wait())
PY
tap_ok "Ctrl-C ends it after the step, and tells how to go on" \
    sh -c 'cat stopped.out; grep -q "^exit 130" stopped.out && grep -q "mmib: train: stopped after step .*--resume" stopped.out'
tap_ok "other settings are refused, with a list" says 2 "seed (was 7, is 8), lr (was 0.003, is 0.03)" \
    $train $whole --seed 8 --lr 3e-2 --out stopped --resume
tap_ok "other posts too" says 2 "training_posts (was" $train $whole --train train.json --out stopped --resume
cp -r stopped full
cp full/checkpoint.safetensors before
tap_ok "a full disk ends it" says 4 ".safetensors: File too large" \
    sh -c 'ulimit -f 300; exec "$@"' sh $train $whole --out full --resume
tap_ok "and leaves the old checkpoint" cmp before full/checkpoint.safetensors
cp -r stopped cut
head -c 5000 before > cut/checkpoint.safetensors
tap_ok "a checkpoint that is cut is refused" says 3 "cut/checkpoint.safetensors: " $train $whole --out cut --resume
cp -r stopped odd
python3 - <<'PY'
import re
data = open("odd/checkpoint.safetensors", "rb").read()
odd = re.sub(rb'("step": )(\d+)', lambda m: m[1] + b"9" * len(m[2]), data)
assert odd != data
open("odd/checkpoint.safetensors", "wb").write(odd)
PY
tap_ok "one with steps that do not fit too" says 3 "odd/checkpoint.safetensors: is broken" $train $whole --out odd --resume
tap_ok "and one of another model" says 2 "model (was" $train $whole --model half --out stopped --resume
exec 9> stopped/checkpoint.safetensors.lock
python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' 9>&9
tap_ok "nobody trains into the folder of a run that goes on" says 4 "stopped: another run" $train $whole --out stopped --resume
exec 9>&-
tap_ok "goes on" $train $whole --out stopped --resume
tap_ok "to the very same weights" cmp straight/model.safetensors stopped/model.safetensors
tap_ok "and moments" cmp straight/checkpoint.safetensors stopped/checkpoint.safetensors
tap_ok "also from before the full disk" $train $whole --out full --resume
tap_ok "to the same" cmp straight/checkpoint.safetensors full/checkpoint.safetensors

python3 - "$MMIB" $whole <<'PY'
import os, subprocess, sys, time
run = subprocess.Popen([sys.argv[1], "train", "--model", "model", "--quiet", "--threads", "2", "--out", "killed", "--log", "killed.jsonl"] + sys.argv[2:])
while run.poll() is None and not (os.path.exists("killed.jsonl") and '"epoch": 12' in open("killed.jsonl").read()):
    time.sleep(0.002)
run.kill()
run.wait()
PY
tap_ok "goes on after having been killed" $train $whole --out killed --log killed.jsonl --resume
tap_ok "to the same" cmp straight/checkpoint.safetensors killed/checkpoint.safetensors
tap_ok "and the same best epoch" cmp straight/model.safetensors killed/model.safetensors
tap_ok "with every step and epoch once in the log" sh -c '
    strip() { sed "s/, \"seconds\": [0-9.e-]*}\$//" "$1"; }
    strip straight.jsonl > a; strip killed.jsonl > b; cmp a b'
tap_ok "a run that is over says so, and changes nothing" sh -c '
    cp straight/checkpoint.safetensors before; "$@" | grep -q "^best epoch" && cmp before straight/checkpoint.safetensors' \
    sh $train $whole --out straight --resume
cp train.json other.jsonl
tap_ok "a file that is no log is not cut" says 3 "other.jsonl:1: not a line of a training log" \
    $train $whole --out straight --resume --log other.jsonl
tap_ok "nor replaced" says 3 "other.jsonl:1: not a line of a training log" $train $learn --out never --log other.jsonl
tap_ok "and stays" cmp train.json other.jsonl

# ---- Curves ----

tap_ok "draws a PNG" "$MMIB" train --plot straight.jsonl -o curves.png
tap_ok "and an SVG" "$MMIB" train --plot straight.jsonl -o curves.svg
head -c 5000 straight.jsonl > half.jsonl
tap_ok "also from a log that ends in half a line" "$MMIB" train --plot half.jsonl -o half.png
tap_ok "that are whole" python3 -c '
import struct, xml.etree.ElementTree, zlib
data = open("curves.png", "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n"
at, pixels = 8, b""
while at < len(data):
    n, kind = struct.unpack(">I4s", data[at:at + 8])
    pixels += data[at + 8:at + 8 + n] if kind == b"IDAT" else b""
    at += 12 + n
assert kind == b"IEND" and len(set(zlib.decompress(pixels))) > 10
assert xml.etree.ElementTree.parse("curves.svg").getroot().tag.endswith("svg")
'
tap_ok "no figure without a log" says 3 "train.json:1: not a line of a training log" "$MMIB" train --plot train.json -o never.png
tap_ok "no figure of another kind" says 2 ".png, .svg or .pdf" "$MMIB" train --plot straight.jsonl -o never.gif
tap_ok "no figure on a full disk" says 4 "No space left" sh -c 'ln -s /dev/full full.png; exec "$@"' sh "$MMIB" train --plot straight.jsonl -o full.png
tap_ok "none was left" [ ! -e never.png ]

# ---- Refusals ----

tap_ok "a picture that cannot be read ends it before it starts" says 3 "train-bad.json: post" \
    $train --train train-bad.json --dev dev.json --out never
tap_ok "one that is not there counts as none" sh -c '"$@" 2>&1 | grep -q "1 posts name a picture that is not there"' \
    sh $train --train train-absent.json --dev dev.json --out absent --epochs 1
tap_ok "--no-image looks at none" $train --train train-bad.json --dev dev.json --out blind --epochs 1 --no-image
tap_ok "the texts of --dev and --exclude are left out" sh -c '"$@" 2>&1 | grep -q "^mmib: train: 4 training posts left out"' \
    sh $train --train train-all.json dev.json --dev dev.json --out left --epochs 1
tap_ok "both" sh -c '"$@" 2>&1 | grep -q "^mmib: train: 8 training posts left out"' \
    sh $train --train train-all.json --train dev.json --dev dev.json --exclude train.json --out left --epochs 1 --force
tap_ok "nothing left to learn" says 3 "nothing to learn" $train --train dev.json --dev dev.json --out never
rm -rf never
tap_ok "numbers that run away end it" says 3 "(no checkpoint was written yet)" \
    $train --train train-all.json --dev dev.json --out never --lr 1e6 --crf-lr 1e6 --warmup 0
tap_ok "and are not written" [ ! -e never/model.safetensors ]
rm -rf never
tap_ok "a model that is there stays" says 4 "learned/checkpoint.safetensors: is there already" $train $learn --out learned
tap_ok "the model itself is not written to" says 2 "--out: model is the folder" $train $learn --out model --force
tap_ok "no checkpoint to go on with" says 4 "never/checkpoint.safetensors" $train $learn --out never --resume
rm -rf never
tap_ok "a label that the model lacks" says 3 "the model has no entity type HUMAN" \
    $train --train train.json --dev dev.json --out never --map PER=HUMAN
tap_ok "nothing to choose by" says 3 "has no labels that this model can be scored by" \
    $train --train train.json --dev "$SRCDIR/tests/data/pairs.mnre" --model words --out never
printf 'Rob\tO\nnaps\tO\n\n' > unlabelled.conll
tap_ok "no labels to learn" says 3 "nothing to learn" $train --train unlabelled.conll --dev dev.json --out never
tap_ok "no labels to choose by" says 3 "unlabelled.conll: has no labels" $train --train train.json --dev dev.json unlabelled.conll --out never
tap_ok "a file that is named as folder" says 4 "train.json: is no folder" $train --train train-bad.json --dev dev.json --out train.json
tap_ok "a folder in one that is not there" says 4 "no/such: No such file" $train --train train-bad.json --dev dev.json --out no/such
for bad in "--freeze-text 3" "--epochs 0" "--batch 0" "--dropout 1" "--mask 1.5" "--type f64" "--warmup 2" "--average 1" "--resume --force"; do
    tap_ok "refuses $bad" says 2 "${bad%% *}" $train $learn --out never $bad
done
tap_ok "no --train" says 2 "--train FILE" $train --dev dev.json --out never
tap_ok "no --dev" says 2 "--dev FILE" $train --train train.json --out never
tap_ok "no --out" says 2 "--out DIR" $train --train train.json --dev dev.json
tap_ok "none of these left anything" [ ! -e never ]
tap_done
