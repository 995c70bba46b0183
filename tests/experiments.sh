# mmib ablate and sweep: the tables and what it is made of; that a killed experiment goes on to the same table, and that what was done
# is used again for the same settings only.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

python3 "$SRCDIR/tests/training_data.py" "$SRCDIR/corpora/demo" "$work"
cd "$work" || exit 99
"$MMIB" init --random 4 --config config.json --out model && "$MMIB" init --random 4 --config words.json --out words || exit 99
how="--model model --threads 1 --train train.json --dev dev.json --lr 1e-2 --batch 4 --epochs 12 --patience 0"
ablate="$MMIB ablate $how"

# ---- The table ----

tap_ok "ablate trains every variant with every seed" sh -c '"$@" --out whole --seeds 3,1 --keep > table 2> said' sh $ablate
tap_ok "says which, and leaves the table, the runs and the models" python3 - <<'PY'
import csv, json, os
said = [l for l in open("said") if l.startswith("run ")]
names = ["full", "without refinement", "without alignment", "without both", "without picture"]
assert [l.split(":")[0] for l in said] == ["run %d of 10, %s, seed %d" % (5 * s + v + 1, name, seed)
    for s, seed in enumerate((3, 1)) for v, name in enumerate(names)], said
folders = ["full", "no-refinement", "no-alignment", "neither", "no-picture"]
expected = {"runs", "ablate.txt", "ablate.json", "ablate.csv"} | {"%s-s%d" % (f, s) for f in folders for s in (1, 3)}
assert set(os.listdir("whole")) == expected, os.listdir("whole")
assert len(os.listdir("whole/runs")) == 10
for folder in folders:
    assert sorted(os.listdir("whole/%s-s1" % folder)) == ["config.json", "model.safetensors", "settings.json", "vocab.txt"]
assert open("table").read() == open("whole/ablate.txt").read()
PY
tap_ok "each run's numbers are those of its model by predict and eval" python3 - "$MMIB" <<'PY'
import csv, json, subprocess, sys
mmib = sys.argv[1]
folders = dict(zip(["full", "without refinement", "without alignment", "without both", "without picture"],
                   ["full", "no-refinement", "no-alignment", "neither", "no-picture"]))
rows = list(csv.DictReader(open("whole/ablate.csv")))
assert len(rows) == 10
found = 0
for row in rows:
    model = "whole/%s-s%s" % (folders[row["variant"]], row["seed"])
    for task, options in ("ner", []), ("re", ["--gold-entities"]):
        if row["variant"] == "without picture":
            options = options + ["--no-image"]
        subprocess.run([mmib, "predict", "dev.json", "--model", model, "--quiet", "-o", "got.json"] + options, check=True)
        out = subprocess.run([mmib, "eval", "dev.json", "got.json", "--mode", "default", "--json"], check=True, stdout=subprocess.PIPE)
        micro = json.loads(out.stdout)[task]["micro"]
        for name in "tp", "fp", "fn":
            assert int(row["%s_%s" % (task, name)]) == micro[name], (row, task, micro)
        for name in "p", "r", "f1":
            assert abs(float(row["%s_%s" % (task, name)]) - (micro[name] or 0)) < 1e-8, (row, task, micro)
        found += micro["tp"]
assert found > 10, "nothing was learned: this says nothing"
PY
tap_ok "the variants are what they say" python3 - <<'PY'
import json
def training(name):
    return json.load(open("whole/%s-s3/settings.json" % name))["training"]
full = training("full")
assert full["refinement"] and full["alignment"] and full["seed"] == 3
def differ(name):
    other = training(name)
    return {key for key in full if full[key] != other[key]}
assert differ("no-refinement") == {"refinement"} and differ("no-alignment") == {"alignment"}
assert differ("neither") == {"refinement", "alignment"}
assert differ("no-picture") == {"training_posts", "development_posts", "pictures"}, differ("no-picture")
PY
tap_ok "mmib train comes to the same weights" sh -c '
    "$MMIB" train "$@" --seed 3 --out one --no-alignment --quiet && cmp one/model.safetensors whole/no-alignment-s3/model.safetensors &&
    "$MMIB" train "$@" --seed 1 --out blind --no-image --quiet && cmp blind/model.safetensors whole/no-picture-s1/model.safetensors' sh $how
tap_ok "means and deviations are those of the runs" python3 - <<'PY'
import csv, json, statistics
rows = list(csv.DictReader(open("whole/ablate.csv")))
table = [line.split("  ") for line in open("whole/ablate.txt").read().splitlines()[1:6]]
for variant, line in zip(json.load(open("whole/ablate.json"))["variants"], table):
    cells = [cell.strip() for cell in line if cell.strip()]
    assert cells[0] == variant["variant"]
    runs = [row for row in rows if row["variant"] == variant["variant"]]
    assert len(runs) == 2 and [run["seed"] for run in variant["runs"]] == [3, 1]
    for t, task in enumerate(("ner", "re")):
        for k, name in enumerate(("p", "r", "f1")):
            numbers = [float(run["%s_%s" % (task, name)]) for run in runs]
            mean, sd = statistics.mean(numbers), statistics.stdev(numbers)
            assert abs(variant[task][name]["mean"] - mean) < 1e-8 and abs(variant[task][name]["sd"] - sd) < 1e-8
            assert cells[1 + 3 * t + k] == "%.2f ± %.2f" % (100 * mean, 100 * sd), (cells, mean, sd)
PY

# ---- What was done is not done again, but for other settings ----

tap_ok "the same command does nothing again" sh -c '
    "$@" --out whole --seeds 3,1 --keep > again 2> said && cmp again table && ! grep -q "best epoch" said && grep -q "^10 of 10 runs were done before" said' sh $ablate
tap_ok "another seed is trained, the others are not" sh -c '
    "$@" --out whole --seeds 1,2 > again 2> said && [ "$(grep -c "seed 2: best epoch" said)" = 5 ] && ! grep -q "seed 1: best" said' sh $ablate
tap_ok "another option: all of it" sh -c '
    "$@" --out whole --seeds 1 --beta-text 0.2 > other 2> said && [ "$(grep -c "best epoch" said)" = 5 ]' sh $ablate
cp dev.json dev-kept.json
sed 's/"type": "PER"/"type": "ORG"/' dev-kept.json > dev.json
tap_ok "another label in --dev: all of it" sh -c '
    "$@" --out whole --seeds 1 > other 2> said && [ "$(grep -c "best epoch" said)" = 5 ]' sh $ablate
cp dev-kept.json dev.json
tap_ok "a model of other settings is not replaced" tap_says 4 "whole/full-s1: is there already, of other settings" \
    $ablate --out whole --seeds 1 --lr 2e-2 --keep --quiet
tap_ok "which is said before anything is trained" [ ! -e whole/running ]
echo '{"seed": 1' > cut
for record in whole/runs/*.json; do cp cut "$record"; done
tap_ok "records that are broken are made anew" sh -c '
    "$@" --out whole --seeds 3,1 > again 2> said && cmp again table && [ "$(grep -c "best epoch" said)" = 10 ]' sh $ablate
tap_ok "a test corpus is scored instead, and its texts are not learned" sh -c '
    "$@" --out tested --seeds 1 --train train-all.json --test train.json --epochs 1 > other 2> said &&
    grep -q "scored on train.json$" other && grep -q "8 training posts left out: their text is in a --dev, --test or" said' sh $ablate
tap_ok "a model without relations has columns for entities only" sh -c '
    "$MMIB" ablate --model words --threads 1 --train train.json --dev dev.json --out words-only --seeds 1 --epochs 1 --quiet > other &&
    grep -q "entities F1" other && ! grep -q relations other'

# ---- Killed, stopped, and gone on with ----

# interrupt SIGNAL FOLDER: sends it again and again, each time after a little more was done, until a run is left alone.
cat > interrupt.py <<'PY'
import os, signal, subprocess, sys, time
number, folder, command = getattr(signal, sys.argv[1]), sys.argv[2], sys.argv[3:]
def progress():
    done = len(os.listdir(folder + "/runs")) if os.path.isdir(folder + "/runs") else 0
    try:
        return done, os.stat(folder + "/running/checkpoint.safetensors").st_mtime_ns
    except OSError:
        return done, 0
killed = mid = 0
while killed < 8:
    before = progress()
    run = subprocess.Popen(command + ["--out", folder], stdout=subprocess.DEVNULL, stderr=open(folder + ".said", "a"))
    # Until there is another checkpoint, or another run is done: so it goes on each time.
    while run.poll() is None and (progress() == before or (killed % 2 and progress()[1] == 0)):
        time.sleep(0.001)
    if run.poll() is not None:
        break
    run.send_signal(number)
    code = run.wait()
    if code == 0:
        break
    assert code == (130 if number == signal.SIGINT else -number), code
    killed += 1
    mid += os.path.exists(folder + "/running/checkpoint.safetensors")
print("interrupted", killed, "times, with a checkpoint", mid, "times")
assert killed >= 4 and mid >= 2, "too fast: this says nothing"
PY
tap_ok "killed again and again" python3 interrupt.py SIGKILL killed $ablate --seeds 3,1
tap_ok "it goes on, from a checkpoint too" sh -c '"$@" --out killed --seeds 3,1 > again 2>> killed.said && grep -q "going on at step" killed.said' sh $ablate
tap_same "to the same table" table again
tap_same "and the same runs" whole/ablate.csv killed/ablate.csv
tap_ok "and no weights are left" python3 -c '
import os
assert set(os.listdir("killed")) == {"runs", "ablate.txt", "ablate.json", "ablate.csv"}, os.listdir("killed")'
tap_ok "Ctrl-C again and again" python3 interrupt.py SIGINT stopped $ablate --seeds 3,1
tap_ok "says how to go on" grep -q "^mmib: ablate: stopped with [0-9]* of 10 runs done; the same command goes on" stopped.said
tap_ok "and goes on" sh -c '"$@" --out stopped --seeds 3,1 --quiet > again' sh $ablate
tap_same "to the same table as well" table again
tap_ok "a run of other settings that was left is thrown away" python3 - $ablate <<'PY'
import json, os, subprocess, sys, time
command = sys.argv[1:] + ["--out", "left", "--seeds", "1"]
run = subprocess.Popen(command + ["--epochs", "500"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while run.poll() is None and not os.path.exists("left/running/checkpoint.safetensors"):
    time.sleep(0.001)
run.kill()
run.wait()
assert json.load(open("left/running/settings.json"))["training"]["epochs"] == 500
subprocess.run(command + ["--quiet"], check=True, stdout=subprocess.DEVNULL)
assert not os.path.exists("left/running") and len(os.listdir("left/runs")) == 5
assert json.load(open("left/ablate.json"))["variants"] == json.loads(
    subprocess.run(sys.argv[1:] + ["--out", "killed", "--seeds", "1", "--json", "--quiet"], check=True, stdout=subprocess.PIPE).stdout)["variants"]
PY

# ---- Sweep ----

sweep="$MMIB sweep $how --betas 0,0.1,1 --seeds 3,1"
tap_ok "sweep trains each point once" sh -c '"$@" --out swept > swept.txt 2> said && [ "$(grep -c "best epoch" said)" = 14 ]' sh $sweep
tap_ok "in three series: table, curves and runs agree" python3 - <<'PY'
import csv, json, os, statistics, xml.etree.ElementTree
assert set(os.listdir("swept")) == {"runs", "sweep.txt", "sweep.json", "sweep-runs.csv", "sweep.svg", "sweep.csv"}
assert open("swept.txt").read() == open("swept/sweep.txt").read()
runs = list(csv.DictReader(open("swept/sweep-runs.csv")))
f1 = {}
for run in runs:
    for task in "ner", "re":
        f1.setdefault((task, float(run["beta_text"]), float(run["beta_image"])), []).append(100 * float(run[task + "_f1"]))
expected = {(1, 0), (1, .1), (1, 1), (0, 1), (.1, 1), (0, 0), (.1, .1)}
assert {key[1:] for key in f1} == expected and len(runs) == 14 and all(len(two) == 2 for two in f1.values())
assert {(p["beta_text"], p["beta_image"]) for p in json.load(open("swept/sweep.json"))["points"]} == expected
curves = {(row["chart"], row["series"], row["x"]): row for row in csv.DictReader(open("swept/sweep.csv"))}
assert len(curves) == 2 * 3 * 3
lines = open("swept/sweep.txt").read().splitlines()
for task, title, first in ("ner", "entities", 0), ("re", "relations", 4):
    assert lines[first].startswith(title + " F1")
    for i, beta in enumerate((0, .1, 1)):
        cells = [cell.strip() for cell in lines[first + 1 + i].split("  ") if cell.strip()]
        assert float(cells[0]) == beta
        for k, (name, point) in enumerate((("beta_image varies", (1, beta)), ("beta_text varies", (beta, 1)), ("both vary", (beta, beta)))):
            mean, sd = statistics.mean(f1[(task,) + point]), statistics.stdev(f1[(task,) + point])
            assert cells[1 + k] == "%.2f ± %.2f" % (mean, sd), (cells, name, mean, sd)
            row = curves[title, name, "%g" % beta]
            assert abs(float(row["y"]) - mean) < 1e-5 and abs(float(row["high"]) - mean - sd) < 1e-5
assert len({tuple(two) for two in f1.values()}) > 3, "all the same: this says nothing"
assert xml.etree.ElementTree.parse("swept/sweep.svg").getroot().tag.endswith("svg")
PY
tap_ok "each run has the weights it says" python3 - <<'PY'
import glob, json
pairs = [json.load(open(path))["settings"]["training"] for path in glob.glob("swept/runs/*.json")]
pairs = sorted((p["beta_text"], p["beta_image"], p["seed"], p["refinement"], p["alignment"]) for p in pairs)
assert pairs == sorted((t, i, s, True, True) for t, i in [(1, 0), (1, .1), (1, 1), (0, 1), (.1, 1), (0, 0), (.1, .1)] for s in (1, 3)), pairs
PY
tap_ok "a sweep is killed again and again" python3 interrupt.py SIGKILL swept-killed $sweep
tap_ok "goes on" sh -c '"$@" --out swept-killed --quiet -o curves.pdf > again' sh $sweep
tap_same "to the same table" swept.txt again
tap_same "the same runs" swept/sweep-runs.csv swept-killed/sweep-runs.csv
tap_same "and the same curves" swept/sweep.csv curves.csv
tap_ok "one figure, where it was wanted" sh -c '[ -s curves.pdf ] && [ ! -e swept-killed/sweep.svg ] && [ ! -e swept-killed/running ]'
tap_ok "what ablate did in the same folder is not done again" sh -c '
    "$@" --seeds 1 --betas 0.1 --out killed > other 2> said && [ "$(grep -c "best epoch" said)" = 2 ] && grep -q "^1 of 3 runs were done before" said' sh $sweep
tap_ok "numbers that run away end it, with the run's name" tap_says 3 "run 1 of 1, beta_text 1, beta_image 1, seed 1: step" \
    $sweep --out wild --seeds 1 --betas 1 --lr 1e6 --crf-lr 1e6 --warmup 0 --quiet
tap_ok "a list that is none" tap_says 2 "--betas: 0,-1 is not a list of numbers" $sweep --out never --betas 0,-1
tap_ok "no figure of another kind" tap_says 2 ".png, .svg or .pdf" $sweep --out never -o curves.gif

# ---- Refusals ----

exec 9> left/runs.lock
python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' 9>&9
tap_ok "nobody else works in the folder" tap_says 4 "left: another experiment is going on" $ablate --out left --seeds 1 --quiet
exec 9>&-
tap_ok "no --out" tap_says 2 "--out DIR is missing" $ablate
tap_ok "the model's own folder" tap_says 2 "--out: model is the folder of the model" $ablate --out model
tap_ok "a seed twice" tap_says 2 "--seeds: 1 stands twice" $ablate --out never --seeds 1,2,1
tap_ok "a seed that is none" tap_says 2 "--seeds: 1,x is not a list" $ablate --out never --seeds 1,x
tap_ok "an empty seed" tap_says 2 "--seeds: 1, is not a list" $ablate --out never --seeds 1,
tap_ok "an option out of range" tap_says 2 "--warmup: 2 is not between" $ablate --out never --warmup 2 --quiet
tap_ok "a file where the folder should be" tap_says 4 "table: is no folder" $ablate --out table
tap_ok "nothing was made of these" [ ! -e never ]
tap_done
