# The MMIB model in eager PyTorch, as plain functions over the tensors of a model directory: the other side of
# tests/bench-forward. Rows: pieces of the text, images (the whole picture, then objects). d = hidden size.
#
# SPDX-License-Identifier: Apache-2.0
import json
import math
import mmap

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

    def linear(self, name, x):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def norm(self, name, x, eps):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], eps)

    def attention(self, q, k, v, heads, mask):
        b, n, d = q.shape
        q, k, v = (x.view(b, -1, heads, d // heads).transpose(1, 2) for x in (q, k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(d // heads)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], -math.inf)
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d)

    def text(self, ids, mask):
        c, e = self.config["text_encoder"], "text.embeddings."
        x = (self.w[e + "word_embeddings.weight"][ids] + self.w[e + "position_embeddings.weight"][:ids.shape[1]]
             + self.w[e + "token_type_embeddings.weight"][0])
        x = self.norm(e + "LayerNorm", x, c["layer_norm_eps"])
        for i in range(c["num_hidden_layers"]):
            p = "text.encoder.layer.%d." % i
            q, k, v = (self.linear(p + "attention.self." + part, x) for part in ("query", "key", "value"))
            a = self.linear(p + "attention.output.dense", self.attention(q, k, v, c["num_attention_heads"], mask))
            x = self.norm(p + "attention.output.LayerNorm", x + a, c["layer_norm_eps"])
            h = self.linear(p + "output.dense", F.gelu(self.linear(p + "intermediate.dense", x)))
            x = self.norm(p + "output.LayerNorm", x + h, c["layer_norm_eps"])
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
        x = self.norm(name + ".norm1", query + a, 1e-5)
        if m["ffn_size"]:
            y = self.linear(name + ".ffn.down", F.gelu(self.linear(name + ".ffn.up", x)))
        else:
            y = self.linear(name + ".ffn.linear", x)
        return self.norm(name + ".norm2", x + y, 1e-5)

    def fuse(self, text_z, image_z, text_mask, image_mask):
        b = self.apenc("image_from_text", image_z, text_z, text_mask)
        return self.apenc("text_from_image", text_z, b, image_mask)

    def encode(self, ids, text_mask, features, image_mask):
        """All that inference needs of a batch: C [posts, pieces, d], contributions, consistency."""
        x_text, x_image = self.text(ids, text_mask), self.linear("image_projection", features)
        text_z = self.apenc("text_mean", x_text, x_text, text_mask)
        image_z = self.apenc("image_mean", x_image, x_image, image_mask)
        self.apenc("text_logvar", x_text, x_text, text_mask)
        self.apenc("image_logvar", x_image, x_image, image_mask)
        return {"fused_text": self.fuse(text_z, image_z, text_mask, image_mask), "text_hidden": x_text,
                "text_z": text_z, "image_z": image_z, "image_hidden": x_image,
                "text_contribution": (x_text @ text_z.transpose(1, 2)).sum(-1),
                "image_contribution": (x_image @ image_z.transpose(1, 2)).sum(-1)}

    def emissions(self, fused, first):
        return self.linear("ner.emission", fused[first])

    def log_partition(self, emissions):
        """Of one post's rows [n, labels]."""
        w = self.w
        alpha = w["ner.crf.start"] + emissions[0]
        for row in emissions[1:]:
            alpha = torch.logsumexp(alpha[:, None] + w["ner.crf.transitions"], 0) + row
        return torch.logsumexp(alpha + w["ner.crf.end"], 0)
