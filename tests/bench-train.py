# The other side of tests/bench-train, which says how it is called: posts to train on, and a training step of the MMIB
# model in PyTorch, padded to each batch's longest post, with masks.
#
# SPDX-License-Identifier: Apache-2.0
import importlib.util
import json
import os
import random
import statistics
import sys
import time
import unicodedata

import numpy
import torch
import torch.nn.functional as F

beside = os.path.join(os.path.dirname(__file__), "bench-forward.py")
spec = importlib.util.spec_from_file_location("bench_forward", beside)
forward = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forward)

CHANNELS, IMAGES, LONGEST = 2048, 5, 128  # of the features; the picture and four objects; pieces of a post
LENGTHS = [10, 30, 60, 120]
CONFIG = dict(forward.CONFIG, tasks={"ner": forward.CONFIG["tasks"]["ner"]})
LABELS = CONFIG["tasks"]["ner"]["labels"]


# Posts


def read_conll(path):
    """[(words, labels)]"""
    posts, words, labels = [], [], []
    with open(path, encoding="utf-8") as f:
        for line in list(f) + [""]:
            parts = line.split()
            if line.startswith("IMGID:"):
                continue
            if len(parts) == 2:
                words.append(parts[0])
                label = parts[1].replace("OTHER", "MISC")
                labels.append(LABELS.index(label) if label in LABELS else 0)
            elif words:
                posts.append((words, labels))
                words, labels = [], []
    return posts


class Pieces:
    """WordPiece, near enough for lengths: both sides get the same ids."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.ids = {line.rstrip("\n"): i for i, line in enumerate(f)}

    def split(self, word):
        word = unicodedata.normalize("NFD", word.lower())
        parts, run = [], ""
        for c in word:
            if c.isalnum():
                run += c
            elif unicodedata.category(c) != "Mn":
                parts += [run, c] if run else [c]
                run = ""
        return [p for p in parts + [run] if p]

    def encode(self, word):
        out = []
        for part in self.split(word):
            pieces, start = [], 0
            while start < len(part):
                end = len(part)
                while end > start and ("##" if start else "") + part[start:end] not in self.ids:
                    end -= 1
                if end == start:
                    pieces = [self.ids["[UNK]"]]
                    break
                pieces.append(self.ids[("##" if start else "") + part[start:end]])
                start = end
            out += pieces
        return out or [self.ids["[UNK]"]]


def make_posts(corpus, vocab):
    """Of the corpus, in an order drawn once; without it, lengths are drawn as they are there: 6 to 56 pieces, mean 20."""
    draw = random.Random(1)
    posts = []
    if not os.path.exists(corpus):
        print("bench-train: %s is not there: posts of made-up lengths" % corpus, file=sys.stderr)
        for _ in range(1000):
            n = min(max(round(draw.gauss(20, 8)), 6), 56)
            posts.append(([draw.randrange(1000, 30000) for _ in range(n)], list(range(1, n - 1, 2)),
                          [draw.randrange(len(LABELS)) for _ in range(1, n - 1, 2)]))
        return posts
    pieces = Pieces(vocab)
    for words, labels in read_conll(corpus):
        ids, rows = [pieces.ids["[CLS]"]], []
        for word in words:
            rows.append(len(ids))
            ids += pieces.encode(word)
        ids = ids[:LONGEST - 1] + [pieces.ids["[SEP]"]]
        rows = [r for r in rows if r < LONGEST - 1]
        posts.append((ids, rows, labels[:len(rows)]))
    draw.shuffle(posts)
    return posts


def write_posts(path, posts):
    generator, header, blocks, at = numpy.random.default_rng(1), {}, [], 0
    for i, (ids, rows, labels) in enumerate(posts):
        tensors = {"piece_ids": numpy.array(ids, numpy.int32), "rows": numpy.array(rows, numpy.int32),
                   "labels": numpy.array(labels, numpy.int32),
                   "features": numpy.abs(generator.standard_normal((IMAGES, CHANNELS), numpy.float32))}
        for name, tensor in tensors.items():
            header["%d/%s" % (i, name)] = {"dtype": "F32" if name == "features" else "I32", "shape": tensor.shape,
                                           "data_offsets": [at, at + tensor.nbytes]}
            blocks.append(tensor.tobytes())
            at += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + b"".join(blocks))


def read_posts(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        data, posts = f.read(), {}
    for name, entry in header.items():
        kind = numpy.float32 if entry["dtype"] == "F32" else numpy.int32
        begin, end = entry["data_offsets"]
        index, part = name.split("/")
        values = numpy.frombuffer(data[begin:end], kind).reshape(entry["shape"])
        posts.setdefault(int(index), {})[part] = torch.from_numpy(values.copy())
    return [posts[i] for i in range(len(posts))]


def collate(posts):
    """Padded: ids, mask [posts, pieces]; rows, labels, known [posts, rows]; features [posts, images, C]."""
    pad = torch.nn.utils.rnn.pad_sequence
    ids = pad([p["piece_ids"].long() for p in posts], True)
    mask = pad([torch.ones(len(p["piece_ids"]), dtype=torch.bool) for p in posts], True)
    rows = pad([p["rows"].long() for p in posts], True)
    labels = pad([p["labels"].long() for p in posts], True)
    known = pad([torch.ones(len(p["rows"]), dtype=torch.bool) for p in posts], True)
    return ids, mask, rows, labels, known, torch.stack([p["features"] for p in posts])


# A step


class Trainee(forward.Model):
    def __init__(self, folder, dropout):
        super().__init__(folder)
        self.w = {name: w.clone().requires_grad_() for name, w in self.w.items() if not name.startswith("image.")}
        self.dropout = dropout

    def encode(self, name, x, mask):
        """z, and the KL's terms, of one modality's rows."""
        mean, logvar = self.apenc(name + "_mean", x, x, mask), self.apenc(name + "_logvar", x, x, mask)
        noise = torch.randn_like(mean) if self.dropout else torch.zeros_like(mean)
        return mean + (logvar / 2).exp() * noise, 0.5 * (mean * mean + logvar.exp() - 1 - logvar).mean(-1)

    def likelihood(self, emissions, labels, known):
        """Mean negative log-likelihood of the posts; emissions [posts, rows, L]."""
        start, end, transitions = (self.w["ner.crf." + part] for part in ("start", "end", "transitions"))
        score = (emissions.gather(2, labels[:, :, None])[:, :, 0] * known).sum(1) + start[labels[:, 0]]
        score = score + (transitions[labels[:, :-1], labels[:, 1:]] * known[:, 1:]).sum(1)
        score = score + end[labels.gather(1, known.sum(1, keepdim=True) - 1)[:, 0]]
        alpha = start + emissions[:, 0]
        for t in range(1, emissions.shape[1]):
            following = torch.logsumexp(alpha[:, :, None] + transitions, 1) + emissions[:, t]
            alpha = torch.where(known[:, t, None], following, alpha)
        return (torch.logsumexp(alpha + end, 1) - score).mean()

    def alignment(self, text_z, image_z, mask):
        text = (text_z * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        image = image_z.mean(1)
        loss = 0
        for other, sign in ((image, -1), (image.roll(1, 0), 1))[:len(text)]:
            hidden = F.relu(self.linear("discriminator.hidden", torch.cat([text, other], -1)))
            loss = loss + F.softplus(sign * self.linear("discriminator.output", hidden)).mean()
        return loss

    def losses(self, batch):
        ids, mask, rows, labels, known, features = batch
        text_z, text_kl = self.encode("text", self.text(ids, mask), mask)
        image_z, image_kl = self.encode("image", self.linear("image_projection", features), None)
        fused = self.apenc("text_from_image", text_z, self.apenc("image_from_text", image_z, text_z, mask))
        chosen = fused.gather(1, rows[:, :, None].expand(-1, -1, fused.shape[2]))
        task = self.likelihood(self.linear("ner.emission", chosen), labels, known)
        alignment = self.alignment(text_z, image_z, mask)
        text_kl = ((text_kl * mask).sum(1) / mask.sum(1)).mean()
        image_kl = image_kl.mean()
        return {"task": task, "alignment": alignment, "text_kl": text_kl, "image_kl": image_kl,
                "total": task + alignment + 0.1 * text_kl + 0.1 * image_kl}


def peak_kb():
    with open("/proc/self/status") as f:
        return int(next(line for line in f if line.startswith("VmHWM")).split()[1])


def run_steps(folder, posts_path, threads, batch, first, steps, dropout):
    """The line of JSON that bench-train-steps prints, from PyTorch."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model, posts = Trainee(folder, dropout), read_posts(posts_path)
    crf = [w for name, w in model.w.items() if name.startswith("ner.crf.")]
    rest = [w for name, w in model.w.items() if not name.startswith("ner.crf.")]
    optimizer = torch.optim.AdamW([{"params": rest, "lr": 3e-5}, {"params": crf, "lr": 5e-2}], weight_decay=0.01)
    out = {"ms": []}
    for step in range(steps):
        begin = first + step * batch
        tensors = collate(posts[begin:begin + batch])
        start = time.perf_counter()
        losses = model.losses(tensors)
        losses["total"].backward()
        middle = time.perf_counter()
        if not step and not dropout:  # to be compared: PyTorch's own sum is made in single precision
            out["norm"] = float(sum(w.grad.double().square().sum() for w in rest + crf).sqrt())
        torch.nn.utils.clip_grad_norm_(rest + crf, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        end = time.perf_counter()
        if not step:
            out.update({name: float(loss) for name, loss in losses.items()})
        out["ms"].append([1000 * (middle - start), 1000 * (end - middle)])
    out["peak_kb"] = peak_kb()
    print(json.dumps(out))


# Tables


def read(work, name):
    with open(os.path.join(work, name)) as f:
        return json.load(f)


def step_ms(run):
    """Of each step but the first, which asks the system for its memory."""
    return [sum(parts) for parts in run["ms"]][1:]


def agree(work):
    own, other, worst = read(work, "agree.mmib"), read(work, "agree.torch"), 0.0
    for name in ("task", "alignment", "text_kl", "image_kl", "total", "norm"):
        worst = max(worst, abs(own[name] - other[name]) / abs(other[name]))
    print("first step without dropout and noise: loss %.6f, norm of the gradients %.6f; largest relative difference "
          "between the two %.1e" % (own["total"], own["norm"], worst))
    if not worst < 1e-4:
        sys.exit("bench-train: mmib and PyTorch do not compute the same: %s %s" % (own, other))


def table(work, rounds, batch, counts):
    print("%-8s%-20s%14s%12s%12s%12s%16s" % ("threads", "", "ms a step", "optimizer", "posts / s", "peak MB",
                                             "ratio to mmib"))
    for threads in counts:
        kinds = {"mmib": "mmib", "PyTorch tuned": "tuned", "PyTorch installed": "installed"}
        runs = {name: [read(work, "%s.%d.%s" % (threads, r, kind)) for r in range(1, rounds + 1)]
                for name, kind in kinds.items()}
        for name, rows in runs.items():
            times = [t for run in rows for t in step_ms(run)]
            optimizer = statistics.median(parts[1] for run in rows for parts in run["ms"][1:])
            ratios = [statistics.median(step_ms(run)) / statistics.median(step_ms(own))
                      for run, own in zip(rows, runs["mmib"])]
            median = statistics.median(times)
            print("%-8s%-20s%14.0f%12.0f%12.1f%12.0f%16.2f" % (threads, name, median, optimizer, 1000 * batch / median,
                                                              max(run["peak_kb"] for run in rows) / 1024,
                                                              statistics.median(ratios)))


def growth(work, prefix, values, what):
    """ms a step of both sides for each value."""
    print("%-32s" % what + "".join("%9s" % v for v in values))
    for kind in ("mmib", "tuned"):
        runs = [read(work, "%s.%s.%s" % (prefix, v, kind)) for v in values]
        print("%-32s" % {"mmib": "mmib, ms a step", "tuned": "PyTorch tuned"}[kind]
              + "".join("%9.0f" % statistics.median(step_ms(run)) for run in runs))
        print("%-32s" % "  peak MB" + "".join("%9.0f" % (run["peak_kb"] / 1024) for run in runs))


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "config":
        json.dump(CONFIG, sys.stdout)
    elif command == "posts":
        posts = make_posts(arguments[1], arguments[2])
        write_posts(arguments[0], posts)
        lengths = [len(p[0]) for p in posts]
        print("%d posts; pieces a post: mean %.1f, median %d, longest %d" % (
            len(posts), statistics.mean(lengths), statistics.median(lengths), max(lengths)))
    elif command == "lengths":  # all posts of a file as long as each other
        for n in LENGTHS:
            post = list(range(1000, 1000 + n)), list(range(1, n - 1)), [0] * (n - 2)
            write_posts("%s.%d" % (arguments[0], n), [post] * 64)
    elif command == "steps":
        folder, posts, threads, batch, first, steps, dropout = arguments
        run_steps(folder, posts, int(threads), int(batch), int(first), int(steps), float(dropout))
    elif command == "agree":
        agree(arguments[0])
    elif command == "table":
        table(arguments[0], int(arguments[1]), int(arguments[2]), arguments[3:])
    elif command == "growth":
        growth(arguments[0], arguments[1], [int(v) for v in arguments[2].split(",")], arguments[3])
    else:
        sys.exit("bench-train.py: %s: no such command" % command)


if __name__ == "__main__":
    main()
