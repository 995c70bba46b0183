"""The numbers of 'mmib explain --readings --faithfulness', computed again from a model's weights in plain Python.

readings.py check MODEL CORPUS EXPLAINED [EXPECTED]: EXPLAINED is what explain wrote; EXPECTED holds measured stages of
    the posts (image_hidden, where words begin and ids of marked texts are taken from it; all else is computed here).
    Without image_hidden, no post has a picture.
    Prints what was compared, exit 1 where something differs.
readings.py spread MODEL: gives a small model weights that are wide enough for its labels to differ.

SPDX-License-Identifier: Apache-2.0"""
import json
import math
import operator
import random
import struct
import sys

from released import write_safetensors
from released_names import read

TOLERANCE = 2e-4


def tensor(entry):
    """Rows of a matrix, or the numbers of a vector."""
    shape, data = entry
    width = 2 if len(data) == 2 * math.prod(shape) else 4
    flat = list(struct.unpack("<%d%s" % (math.prod(shape), "e" if width == 2 else "f"), data))
    return [flat[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])] if len(shape) == 2 else flat


def dot(a, b):
    return sum(map(operator.mul, a, b))


def linear(x, weight, bias=None):
    return [[dot(row, w) + (bias[j] if bias else 0) for j, w in enumerate(weight)] for row in x]


def add(a, b):
    return [[x + y for x, y in zip(p, q)] for p, q in zip(a, b)]


def norm(x, weight, bias, eps):
    out = []
    for row in x:
        mean = sum(row) / len(row)
        scale = 1 / math.sqrt(sum((v - mean) ** 2 for v in row) / len(row) + eps)
        out.append([(v - mean) * scale * w + b for v, w, b in zip(row, weight, bias)])
    return out


def gelu(x):
    return [[v * (1 + math.erf(v / math.sqrt(2))) / 2 for v in row] for row in x]


def softmax(row):
    top = max(row)
    values = [math.exp(v - top) for v in row]
    return [v / sum(values) for v in values]


def attend(q, k, v, heads):
    width = len(q[0]) // heads
    out = [[] for _ in q]
    for h in range(heads):
        part = slice(h * width, (h + 1) * width)
        keys, values = [r[part] for r in k], list(zip(*(r[part] for r in v)))
        for i, row in enumerate(q):
            weights = softmax([dot(row[part], key) / math.sqrt(width) for key in keys])
            out[i] += [dot(weights, column) for column in values]
    return out


def log_sum(values):
    top = max(values)
    return top if top == -math.inf else top + math.log(sum(math.exp(v - top) for v in values))


class Model:
    def __init__(self, folder):
        self.config = json.load(open(folder + "/config.json"))
        self.weights = {name: tensor(entry) for name, entry in read(folder + "/model.safetensors").items()
                        if not name.startswith("image.")}
        self.vocab = [line.rstrip("\n") for line in open(folder + "/vocab.txt", encoding="utf-8")]
        self.mask = self.vocab.index("[MASK]" if "[MASK]" in self.vocab else "[UNK]")
        self.ner, self.re = (self.config["tasks"].get(task) for task in ("ner", "re"))

    def bert(self, ids):
        w, text = self.weights, self.config["text_encoder"]
        eps = text["layer_norm_eps"]

        def layer(x, name):
            return linear(x, w[name + ".weight"], w[name + ".bias"])

        def normed(x, name):
            return norm(x, w[name + ".weight"], w[name + ".bias"], eps)
        at = "text.embeddings."
        x = [[a + b + c for a, b, c in zip(w[at + "word_embeddings.weight"][i], w[at + "position_embeddings.weight"][p],
                                           w[at + "token_type_embeddings.weight"][0])] for p, i in enumerate(ids)]
        x = normed(x, at + "LayerNorm")
        for n in range(text["num_hidden_layers"]):
            at = "text.encoder.layer.%d." % n
            q, k, v = (layer(x, at + "attention.self." + name) for name in ("query", "key", "value"))
            mixed = layer(attend(q, k, v, text["num_attention_heads"]), at + "attention.output.dense")
            x = normed(add(mixed, x), at + "attention.output.LayerNorm")
            wide = gelu(layer(x, at + "intermediate.dense"))
            x = normed(add(layer(wide, at + "output.dense"), x), at + "output.LayerNorm")
        return x

    def apenc(self, name, q, k):
        w = {part[len(name) + 1:]: value for part, value in self.weights.items() if part.startswith(name + ".")}
        mixed = attend(linear(q, w["attention.query.weight"]), linear(k, w["attention.key.weight"]),
                       linear(k, w["attention.value.weight"]), self.config["mmib"]["heads"])
        x = norm(add(linear(mixed, w["attention.output.weight"], w["attention.output.bias"]), q), w["norm1.weight"],
                 w["norm1.bias"], 1e-5)
        if self.config["mmib"]["ffn_size"]:
            up = gelu(linear(x, w["ffn.up.weight"], w["ffn.up.bias"]))
            y = linear(up, w["ffn.down.weight"], w["ffn.down.bias"])
        else:
            y = linear(x, w["ffn.linear.weight"], w["ffn.linear.bias"])
        return norm(add(y, x), w["norm2.weight"], w["norm2.bias"], 1e-5)

    def fuse(self, text, image):
        return self.apenc("text_from_image", text, self.apenc("image_from_text", image, text))


class Tagger:
    """The entity head over the rows of one post."""

    def __init__(self, model, fused, rows):
        w = model.weights
        self.labels, self.bio = model.ner["labels"], model.ner["tagging"] == "word"
        self.start, self.end, self.step = (w["ner.crf." + n] for n in ("start", "end", "transitions"))
        emissions = linear(fused, w["ner.emission.weight"], w["ner.emission.bias"])
        firsts = [r[0] if r else None for r in rows]
        if self.bio:
            emissions = [emissions[f] for f in firsts if f is not None]
            places = iter(range(len(emissions)))
            self.rows = [None if f is None else next(places) for f in firsts]
        else:
            self.rows = firsts
        self.emissions = emissions

    def allowed(self, before, label):
        follows = before is not None and before[1:2] == "-" and before[2:] == label[2:]
        return not self.bio or label[:2] != "I-" or follows

    def path(self):
        n = range(len(self.labels))
        best = [self.start[y] + self.emissions[0][y] if self.allowed(None, self.labels[y]) else -math.inf for y in n]
        back = []
        for row in self.emissions[1:]:
            step, chosen = [], []
            for y in n:
                x = max((x for x in n if self.allowed(self.labels[x], self.labels[y])),
                        key=lambda x: best[x] + self.step[x][y])
                step.append(best[x] + self.step[x][y] + row[y])
                chosen.append(x)
            best = step
            back.append(chosen)
        y = max(n, key=lambda y: best[y] + self.end[y])
        out = [y]
        for chosen in reversed(back):
            out.append(chosen[out[-1]])
        return [self.labels[y] for y in reversed(out)]

    def entities(self):
        if not self.emissions:
            return set()
        path, spans, open_span = self.path(), set(), None
        for t, row in enumerate(self.rows + [None]):
            tag = "O" if row is None else path[row]
            kind, name = (tag[0], tag[2:]) if tag[:2] in ("B-", "I-") else ("O", None)
            if open_span and not (kind == "I" and name == open_span[1]):
                spans.add((open_span[0], t, open_span[1]))
                open_span = None
            if kind != "O" and not open_span:
                open_span = (t, name)
        return spans

    def total(self, fits):
        """Log sum of the paths whose labels fit (row, label)."""
        n = range(len(self.labels))
        sums = [self.start[y] + self.emissions[0][y] if fits(0, self.labels[y]) else -math.inf for y in n]
        for t, row in enumerate(self.emissions[1:], 1):
            sums = [log_sum([sums[x] + self.step[x][y] for x in n]) + row[y] if fits(t, self.labels[y]) else -math.inf
                    for y in n]
        return log_sum([sums[y] + self.end[y] for y in n])

    def log_probability(self, start, end, name):
        wanted = {self.rows[t]: ("B-" if t == start else "I-") + name for t in range(start, end)}
        after = self.rows[end] if end < len(self.rows) else None
        if None in wanted:
            return -math.inf
        return self.total(lambda t, label: label == wanted.get(t, label) and not (t == after and label == "I-" + name)
                          ) - self.total(lambda t, label: True)


def token_rows(line, post, firsts):
    """Rows of each token; [] where cut. firsts: measured first pieces, else those that do not go on a word."""
    if firsts is None:
        firsts = [r for r, piece in enumerate(line["pieces"][:-1]) if r and not piece.startswith("##")]
        if len(firsts) + line["cut"] != len(post["tokens"]):
            raise SystemExit("%s: which pieces are whose is not known" % line["id"])
    ends = firsts[1:] + [len(line["pieces"]) - 1]
    rows = [list(range(first, end)) for first, end in zip(firsts, ends)]
    return rows + [[]] * (len(post["tokens"]) - len(rows))


class Checker:
    def __init__(self):
        self.failures, self.compared = [], 0

    def near(self, what, got, expected, scale=1.0):
        self.compared += 1
        if not abs(got - expected) <= TOLERANCE * max(1, scale):
            self.failures.append("%s: %.7g instead of %.7g" % (what, got, expected))

    def all_near(self, what, got, expected):
        scale = max(map(abs, expected), default=0)
        self.same(what + ": length", len(got), len(expected))
        for i, (a, b) in enumerate(zip(got, expected)):
            self.near("%s[%d]" % (what, i), a, b, scale)

    def same(self, what, got, expected):
        self.compared += 1
        if got != expected:
            self.failures.append("%s: %r instead of %r" % (what, got, expected))


def divergence(mean, logvar):
    return sum(m * m + math.exp(v) - 1 - v for m, v in zip(mean, logvar)) / 2


def contribution(x, z):
    total = [sum(column) for column in zip(*z)]
    return [dot(row, total) for row in x]


def marked(ids, rows, pair, n_vocab):
    """Ids of a text with markers, and where the opening ones stand."""
    places = [pair["head"][0], pair["head"][1], pair["tail"][0], pair["tail"][1]]
    out, opened, token_of = [ids[0]], {}, [None]
    for t, token in enumerate(rows):
        for m, place in enumerate(places):
            if place == t:
                opened[m] = len(out)
                out.append(n_vocab - 4 + m)
                token_of.append(None)
        out += [ids[r] for r in token]
        token_of += [t] * len(token)
    return out + [ids[-1]], opened, token_of + [None]


class Post:
    def __init__(self, model, line, rows, image, check, where):
        self.model, self.line, self.check, self.where = model, line, check, where
        self.ids, self.rows, self.image = line["piece_ids"], rows, image
        self.image_mean = model.apenc("image_mean", image, image)
        self.marked_ids, self.is_known = {}, True

    def measured_ids(self, pair):
        return self.marked_ids.get((*pair["head"], *pair["tail"]))

    def readings(self, ids):
        """X, and Z of the mean."""
        x = self.model.bert(ids)
        return x, self.model.apenc("text_mean", x, x)

    def rates(self, x, z):
        model, line, image = self.model, self.line, self.image
        text_logvar = model.apenc("text_logvar", x, x)
        image_logvar = model.apenc("image_logvar", image, image)

        def by_token(values):
            return [sum(values[r] for r in rows) for rows in self.rows]
        kept = [divergence(m, v) for m, v in zip(z, text_logvar)]
        for name, expected in (("token_rate", by_token(kept)),
                               ("image_rate", [divergence(m, v) for m, v in zip(self.image_mean, image_logvar)]),
                               ("token_contribution", by_token(contribution(x, z))),
                               ("image_contribution", contribution(image, self.image_mean)),
                               ("token_before", by_token(contribution(x, x))),
                               ("image_before", contribution(image, image))):
            self.check.all_near("%s %s" % (self.where, name), line[name], expected)

    def pair_probabilities(self, pair, bypassed, masked=()):
        """By label, of a pair with the words masked."""
        model, w = self.model, self.model.weights
        ids = [model.mask if any(r in self.rows[t] for t in masked) else i for r, i in enumerate(self.ids)]
        if model.re["representation"] == "marker":
            ids, opened, token_of = marked(self.ids, self.rows, pair, len(model.vocab))
            measured = self.measured_ids(pair)
            if measured and measured != ids: # cut elsewhere, or without the [UNK] of a word that leaves nothing
                self.is_known = False
                ids, opened = measured, {m: measured.index(len(model.vocab) - 4 + m) for m in (0, 2)}
            ids = [model.mask if t in masked else i for i, t in zip(ids, token_of)]
        x, z = self.readings(ids)
        fused = model.fuse(x, self.image) if bypassed else model.fuse(z, self.image_mean)
        if model.re["representation"] == "marker":
            row = fused[opened[0]] + fused[opened[2]]
        else:
            row = []
            for name in ("head", "tail"):
                rows = [fused[r] for t in range(*pair[name]) for r in self.rows[t]]
                if not rows:
                    return None
                row += [sum(column) / len(rows) for column in zip(*rows)]
        logits = linear([row], w["re.classifier.weight"], w["re.classifier.bias"])[0]
        return dict(zip(model.re["labels"], softmax(logits)))

    def labels(self, x, z):
        model, readings, check = self.model, self.line["readings"], self.check
        for name, text, image in (("mean", z, self.image_mean), ("bypassed", x, self.image)):
            where = "%s %s" % (self.where, name)
            if model.ner:
                tagger = Tagger(model, model.fuse(text, image), self.rows)
                got = {(e["start"], e["end"], e["type"]) for e in readings["entities"] if name in e["in"]}
                check.same(where + " entities", got, tagger.entities())
                for e in readings["entities"]:
                    check.near(where + " score", e["scores"][name],
                               math.exp(tagger.log_probability(e["start"], e["end"], e["type"])))
            for pair in readings.get("relations", []):
                expected = self.pair_probabilities(pair, name == "bypassed")
                if expected is None:
                    check.same(where + " relation", (pair["labels"][name], pair["scores"][name]), ("None", 0))
                    continue
                best = max(expected, key=expected.get)
                check.same(where + " relation", pair["labels"][name], best)
                check.near(where + " relation", pair["scores"][name], expected[best])

    def deletions(self):
        """The curve of the hottest words, from the first to the last point."""
        curve = self.line["faithfulness"]["words"]
        entities = [(e["start"], e["end"], e["type"]) for e in self.line["readings"].get("entities", [])
                    if "mean" in e["in"]]
        pairs = [p for p in self.line["readings"].get("relations", []) if p["scores"]["mean"] > 0]
        own = {t for start, end, _ in entities for t in range(start, end)}
        own |= {t for p in pairs for name in ("head", "tail") for t in range(*p[name])}
        parts = [t for t, rows in enumerate(self.rows) if rows and t not in own]
        self.check.same(self.where + " labels", self.line["faithfulness"]["labels"], len(entities) + len(pairs))
        if not entities and not pairs or len(parts) < 2:
            self.check.same(self.where + " words", curve, None)
            return
        self.check.same(self.where + " parts", curve["parts"], len(parts))
        parts.sort(key=lambda t: -self.line["token_contribution"][t])
        for gone, got in list(zip(curve["gone"], curve["hottest"]))[::3] + [(len(parts), curve["random"][-1])]:
            masked = parts[:gone]
            scores = []
            if entities:
                ids = [self.model.mask if any(r in self.rows[t] for t in masked) else i for r, i in enumerate(self.ids)]
                _, z = self.readings(ids)
                tagger = Tagger(self.model, self.model.fuse(z, self.image_mean), self.rows)
                scores += [tagger.log_probability(*e) for e in entities]
            scores += [math.log(self.pair_probabilities(p, False, masked)[p["labels"]["mean"]]) for p in pairs]
            self.check.near("%s without %d words" % (self.where, gone), got, sum(scores) / len(scores))
        self.check.same(self.where + " gone", curve["gone"][-1], len(parts))
        self.check.near(self.where + " area", curve["area"], self.area(curve))

    @staticmethod
    def area(curve):
        x = [gone / curve["parts"] for gone in curve["gone"]]
        d = [a - b for a, b in zip(curve["random"], curve["hottest"])]
        return sum((d[i] + d[i - 1]) / 2 * (x[i] - x[i - 1]) for i in range(1, len(x)))


def check(folder, corpus, explained, expected=None):
    model, checker = Model(folder), Checker()
    posts = json.load(open(corpus))["posts"]
    lines = [json.loads(line) for line in open(explained)]
    stages = read(expected) if expected else {}
    for i, (post, line) in enumerate(zip(posts, lines)):
        entry = stages.get("%d/first_subword" % i)
        firsts = list(struct.unpack("<%di" % math.prod(entry[0]), entry[1])) if entry else None
        stage = stages.get("%d/image_hidden" % i)
        image = tensor(stage) if stage else [model.weights["image_projection.bias"]]
        one = Post(model, line, token_rows(line, post, firsts), image, checker, "post %d" % i)
        x, z = one.readings(one.ids)
        one.rates(x, z)
        for k, pair in enumerate(line["readings"].get("relations", [])):
            entry = stages.get("%d/input_ids/%d" % (i, k))
            if entry:
                one.marked_ids[(*pair["head"], *pair["tail"])] = list(struct.unpack("<%di" % entry[0][0], entry[1]))
        one.labels(x, z)
        if one.is_known:
            one.deletions()
    for failure in checker.failures[:20]:
        print(failure)
    print("%d numbers compared, %d differ" % (checker.compared, len(checker.failures)))
    sys.exit(1 if checker.failures or not checker.compared else 0)


def spread(folder):
    path, numbers = folder + "/model.safetensors", random.Random(1)
    out = {}
    for name, (shape, _) in read(path).items():
        n, middle = math.prod(shape), 1 if "orm" in name and name.endswith("weight") else 0
        values = [numbers.gauss(middle, 0.4) for _ in range(n)]
        if name == "ner.emission.bias":
            values[0] += 3 # O: else there is no word that is not a label's own
        out[name] = (shape, struct.pack("<%df" % n, *values))
    write_safetensors(path, out)


if __name__ == "__main__":
    {"check": check, "spread": spread}[sys.argv[1]](*sys.argv[2:])
