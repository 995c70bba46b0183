# The MMIB model in eager PyTorch, as plain functions over the tensors of a model directory: the other side of
# tests/bench-forward, which says how it is called. Rows: pieces of the text, images (the whole picture, then objects).
# d = hidden size.
#
# SPDX-License-Identifier: Apache-2.0
import json
import math
import mmap
import os
import statistics
import sys
import time

import numpy
import torch
import torch.nn.functional as F


def read_weights(path):
    """name -> float32 tensor of a safetensors file; F32 stays mapped."""
    types = {"F32": numpy.float32, "F16": numpy.float16}
    with open(path, "rb") as f:
        data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY)
    start = 8 + int.from_bytes(data[:8], "little")
    weights = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = numpy.frombuffer(data, types[entry["dtype"]], (end - begin) // types[entry["dtype"]]().itemsize,
                                    start + begin)
            weights[name] = torch.from_numpy(flat.reshape(entry["shape"])).float()
    return weights


class Model:
    """Text batches are [posts, pieces] with a mask of the same shape (None = nothing is padded)."""

    def __init__(self, folder):
        with open(folder + "/config.json") as f:
            self.config = json.load(f)
        self.w = read_weights(folder + "/model.safetensors")
        self.dropout = 0.0  # where the model is trained

    def linear(self, name, x):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def norm(self, name, x, eps):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], eps)

    def drop(self, x):
        return F.dropout(x, self.dropout) if self.dropout else x

    def attention(self, q, k, v, heads, mask):
        b, n, d = q.shape
        q, k, v = (x.view(b, -1, heads, d // heads).transpose(1, 2) for x in (q, k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(d // heads)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], -math.inf)
        return (self.drop(scores.softmax(-1)) @ v).transpose(1, 2).reshape(b, n, d)

    def text(self, ids, mask):
        c, e = self.config["text_encoder"], "text.embeddings."
        x = (self.w[e + "word_embeddings.weight"][ids] + self.w[e + "position_embeddings.weight"][:ids.shape[1]]
             + self.w[e + "token_type_embeddings.weight"][0])
        x = self.drop(self.norm(e + "LayerNorm", x, c["layer_norm_eps"]))
        for i in range(c["num_hidden_layers"]):
            p = "text.encoder.layer.%d." % i
            q, k, v = (self.linear(p + "attention.self." + part, x) for part in ("query", "key", "value"))
            a = self.linear(p + "attention.output.dense", self.attention(q, k, v, c["num_attention_heads"], mask))
            x = self.norm(p + "attention.output.LayerNorm", x + self.drop(a), c["layer_norm_eps"])
            h = self.linear(p + "output.dense", F.gelu(self.linear(p + "intermediate.dense", x)))
            x = self.norm(p + "output.LayerNorm", x + self.drop(h), c["layer_norm_eps"])
        return x

    def batch_norm(self, name, x):
        w = self.w
        return F.batch_norm(x, w[name + ".running_mean"], w[name + ".running_var"], w[name + ".weight"],
                            w[name + ".bias"], False, 0.0, 1e-5)

    def image_maps(self, pixels):
        """Feature maps [images, C, cells, cells] of pixels [images, 3, size, size], normalised."""
        c, w = self.config["image_encoder"], self.w
        x = F.relu(self.batch_norm("image.bn1", F.conv2d(pixels, w["image.conv1.weight"], stride=2, padding=3)))
        x = F.max_pool2d(x, 3, 2, 1)
        for stage, depth in enumerate(c["depths"]):
            for block in range(depth):
                p = "image.layer%d.%d." % (stage + 1, block)
                stride = 2 if stage and not block else 1
                y = x
                if c["layer_type"] == "basic":
                    plan = ((1, stride, 1), (2, 1, 1))
                else:
                    plan = ((1, 1, 0), (2, stride, 1), (3, 1, 0))
                for i, step, padding in plan:
                    y = F.conv2d(y, w[p + "conv%d.weight" % i], stride=step, padding=padding)
                    y = self.batch_norm(p + "bn%d" % i, y)
                    if i < len(plan):
                        y = F.relu(y)
                if p + "downsample.0.weight" in w:
                    x = self.batch_norm(p + "downsample.1", F.conv2d(x, w[p + "downsample.0.weight"], stride=stride))
                x = F.relu(x + y)
        return x

    def apenc(self, name, query, key, mask=None):
        m = self.config["mmib"]
        q = self.linear(name + ".attention.query", query)
        k, v = (self.linear(name + ".attention." + part, key) for part in ("key", "value"))
        a = self.linear(name + ".attention.output", self.attention(q, k, v, m["heads"], mask))
        x = self.norm(name + ".norm1", query + self.drop(a), 1e-5)
        if m["ffn_size"]:
            y = self.linear(name + ".ffn.down", F.gelu(self.linear(name + ".ffn.up", x)))
        else:
            y = self.linear(name + ".ffn.linear", x)
        return self.norm(name + ".norm2", x + self.drop(y), 1e-5)

    def bottleneck(self, x_text, features, text_mask):
        """From hidden text [posts, pieces, d] and image features [posts, images, C] to everything that mmib computes."""
        x_image = self.linear("image_projection", features)
        text_z = self.apenc("text_mean", x_text, x_text, text_mask)
        image_z = self.apenc("image_mean", x_image, x_image)
        self.apenc("text_logvar", x_text, x_text, text_mask)
        self.apenc("image_logvar", x_image, x_image)
        pooled = torch.cat([text_z.mean(1), image_z.mean(1)], -1)
        self.linear("discriminator.output", F.relu(self.linear("discriminator.hidden", pooled))).sigmoid()
        fused = self.apenc("text_from_image", text_z, self.apenc("image_from_text", image_z, text_z, text_mask))
        text_contribution = (x_text @ text_z.transpose(1, 2)).sum(-1)
        image_contribution = (x_image @ image_z.transpose(1, 2)).sum(-1)
        return fused, text_contribution, image_contribution

    def log_partition(self, emissions):
        """Of one post's rows [n, labels]."""
        alpha = self.w["ner.crf.start"] + emissions[0]
        for row in emissions[1:]:
            alpha = torch.logsumexp(alpha[:, None] + self.w["ner.crf.transitions"], 0) + row
        return torch.logsumexp(alpha + self.w["ner.crf.end"], 0)

    def best_path(self, emissions):
        score, back = self.w["ner.crf.start"] + emissions[0], []
        for row in emissions[1:]:
            score, best = (score[:, None] + self.w["ner.crf.transitions"]).max(0)
            score = score + row
            back.append(best)
        path = [int((score + self.w["ner.crf.end"]).argmax())]
        for best in reversed(back):
            path.append(int(best[path[-1]]))
        return path[::-1]

    def relation(self, fused, head, tail):
        """Probabilities for rows head and tail of one post, each half open."""
        pair = torch.cat([fused[head[0]:head[1]].mean(0), fused[tail[0]:tail[1]].mean(0)])
        return self.linear("re.classifier", pair).softmax(-1)


ENTITIES = ["PER", "LOC", "ORG", "MISC"]
CONFIG = {
    "format": "mmib", "version": 1,
    "text_encoder": {"architecture": "bert", "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12,
                     "num_attention_heads": 12, "intermediate_size": 3072, "max_position_embeddings": 512,
                     "type_vocab_size": 2, "layer_norm_eps": 1e-12, "lowercase": True, "max_pieces": 128},
    "image_encoder": {"architecture": "resnet", "layer_type": "bottleneck", "embedding_size": 64,
                      "hidden_sizes": [256, 512, 1024, 2048], "depths": [3, 4, 6, 3], "image_size": 224,
                      "preprocess": "squash", "resize": 256, "mean": [0.485, 0.456, 0.406],
                      "std": [0.229, 0.224, 0.225]},
    "mmib": {"heads": 12, "ffn_size": 3072, "max_objects": 4, "dropout": 0.1, "beta_text": 0.1, "beta_image": 0.1,
             "pooling": "mean", "discriminator": "mlp"},
    "tasks": {"ner": {"labels": ["O"] + [b + e for e in ENTITIES for b in ("B-", "I-")], "tagging": "word"},
              "re": {"labels": ["None"] + ["/per/org/r%d" % i for i in range(22)], "representation": "span-mean"}},
}


def agree(folder, corpus_path, explained_path):
    """Compares with the lines of mmib explain --json over the same corpus; ends the program where they differ."""
    from PIL import Image

    model = Model(folder)
    encoder = model.config["image_encoder"]
    size, mean, std = encoder["image_size"], torch.tensor(encoder["mean"]), torch.tensor(encoder["std"])
    images = os.path.join(os.path.dirname(corpus_path), "images")
    with open(corpus_path, encoding="utf-8") as f:
        posts = json.load(f)["posts"]
    with open(explained_path, encoding="utf-8") as f:
        lines = [json.loads(line) for line in f]
    worst = 0.0

    def compare(got, want):
        got, want = got.detach().flatten().double(), torch.tensor(want, dtype=torch.float64).flatten()
        return float((got - want).abs().max() / want.abs().max().clamp(min=1e-9))

    for post, line in zip(posts, lines, strict=True):
        path = os.path.join(images, post.get("image") or "none")
        features = torch.zeros(1, encoder["hidden_sizes"][-1])
        if os.path.exists(path):
            picture = Image.open(path).convert("RGB")
            boxes = [[0, 0, *picture.size]] + [o["box"] for o in post["objects"][:model.config["mmib"]["max_objects"]]]
            crops = [picture.crop((math.floor(b[0]), math.floor(b[1]), math.ceil(b[2]), math.ceil(b[3]))) for b in boxes]
            pixels = numpy.stack([numpy.asarray(c.resize((size, size), Image.BILINEAR)) for c in crops])
            pixels = (torch.from_numpy(pixels).float() / 255 - mean) / std
            features = model.image_maps(pixels.permute(0, 3, 1, 2)).mean((2, 3))
        x_text = model.text(torch.tensor([line["piece_ids"]]), None)
        fused, text_contribution, image_contribution = model.bottleneck(x_text, features[None], None)
        worst = max(worst, compare(text_contribution, line["text_contribution"]),
                    compare(image_contribution, line["image_contribution"]))
        if len(line["piece_ids"]) == len(post["tokens"]) + 2:  # a piece a word: rows are known without the tokeniser
            rows = model.linear("ner.emission", fused[0, 1:-1])
            worst = max(worst, compare(model.log_partition(rows), [line["ner"]["log_partition"]]))
            for pair in line["re"]:
                got = model.relation(fused[0], [i + 1 for i in pair["head"]], [i + 1 for i in pair["tail"]])
                want = [pair["probabilities"][name] for name in model.config["tasks"]["re"]["labels"]]
                worst = max(worst, compare(got, want))
    print("largest difference between the two over %d posts: %.1e of the largest value" % (len(posts), worst))
    if not worst < 1e-3:
        sys.exit("bench-forward: mmib and PyTorch do not compute the same")


def measure(model, ids, mask, pixels, repeats):
    """Medians in ms by stage. The heads: tags of every post, and one relation each (a piece a word)."""
    seconds = {"text": [], "picture": [], "fusion": [], "heads": [], "total": []}
    for turn in range(repeats + 2):  # two to warm up
        marks = [time.perf_counter()]
        if pixels is None:
            features = torch.zeros(len(ids), 1, model.config["image_encoder"]["hidden_sizes"][-1])
        else:
            features = model.image_maps(pixels).mean((2, 3))[None]
        marks.append(time.perf_counter())
        x_text = model.text(ids, mask)
        marks.append(time.perf_counter())
        fused = model.bottleneck(x_text, features, mask)[0]
        marks.append(time.perf_counter())
        for post in range(len(ids)):
            n = ids.shape[1] if mask is None else int(mask[post].sum())
            rows = model.linear("ner.emission", fused[post, 1:n - 1])
            model.log_partition(rows)
            model.best_path(rows)
            model.relation(fused[post], (1, 3), (5, 6))
        marks.append(time.perf_counter())
        if turn >= 2:
            for stage, begin, end in zip(("picture", "text", "fusion", "heads"), marks, marks[1:]):
                seconds[stage].append(end - begin)
            seconds["total"].append(marks[-1] - marks[0])
    return {stage: 1000 * statistics.median(values) for stage, values in seconds.items()}


def run_time(folder, threads, repeats, lengths):
    torch.set_num_threads(threads)
    model = Model(folder)
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(1000, 30000, (1, 30), generator=generator)
    pixels = torch.randn(5, 3, 224, 224, generator=generator)
    ragged = torch.randint(1000, 30000, (len(lengths), max(lengths)), generator=generator)
    mask = torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]
    with torch.inference_mode():
        print(json.dumps({"post": measure(model, ids, None, pixels, repeats),
                          "ragged": measure(model, ragged, mask, None, repeats)}))


def table(work, rounds):
    """Medians over the rounds, and the ratios of totals taken round by round."""
    def read(name):
        with open(os.path.join(work, name)) as f:
            return json.load(f)

    stages = ("picture", "text", "fusion", "heads", "total")
    print("%-8s %-7s %-18s" % ("case", "threads", "ms (median)") + "".join("%9s" % s for s in stages) + "    total / mmib")
    for case in ("post", "ragged"):
        for threads in (1, 2):
            runs = {"mmib": [read("%d.%d.%s.mmib" % (threads, r, case)) for r in range(1, rounds + 1)]}
            for kind in ("installed", "tuned"):
                runs["PyTorch " + kind] = [read("%d.%d.%s" % (threads, r, kind))[case] for r in range(1, rounds + 1)]
            for name, rows in runs.items():
                times = [statistics.median(row[s] for row in rows) for s in stages]
                ratios = [row["total"] / own["total"] for row, own in zip(rows, runs["mmib"])]
                print("%-8s %-7d %-18s" % (case, threads, name) + "".join("%9.1f" % t for t in times)
                      + "    %6.2f" % statistics.median(ratios))


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "config":
        json.dump(CONFIG, sys.stdout)
    elif command == "agree":
        with torch.inference_mode():
            agree(*arguments)
    elif command == "time":
        run_time(arguments[0], int(arguments[1]), int(arguments[2]), [int(n) for n in arguments[3].split(",")])
    elif command == "table":
        table(arguments[0], int(arguments[1]))
    else:
        sys.exit("bench-forward.py: %s: no such command" % command)


if __name__ == "__main__":
    main()
