"""Small encoders in the forms of Hugging Face and torchvision, and whether a model has their weights.

encoders.py make DIR: bert/ (names as BertModel), prefixed/ (BertForPreTraining's, TensorFlow's names of norms, F16),
    basic.safetensors (torchvision), bottleneck/ (Hugging Face)
encoders.py taken MODEL FILE PREFIX [N]: exits 0 where all tensors of the model that begin with PREFIX hold what FILE does
    in order of its names' endings, and there are N of them

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import random
import struct
import sys

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz") + \
    ["##" + c for c in "abcdefghijklmnopqrstuvwxyz"]
WIDTH, WIDE, POSITIONS, LAYERS = 16, 32, 40, 2
CONFIG = {"model_type": "bert", "hidden_act": "gelu", "vocab_size": len(VOCAB), "hidden_size": WIDTH,
          "num_hidden_layers": LAYERS, "num_attention_heads": 4, "intermediate_size": WIDE,
          "max_position_embeddings": POSITIONS, "layer_norm_eps": 1e-12}


def write(path, tensors, kind="F32"):
    """tensors: name -> shape; filled with small numbers. Integers where the name asks for them."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    header, data = {}, b""
    for name, shape in tensors.items():
        n = 1
        for size in shape:
            n *= size
        if name.endswith(("position_ids", "num_batches_tracked")):
            dtype, piece = "I64", struct.pack("<%dq" % n, *range(n))
        else:
            numbers = [abs(random.gauss(0, 0.1)) + (0.5 if name.endswith("var") else 0) for _ in range(n)]
            dtype, piece = kind, struct.pack("<%d%s" % (n, "e" if kind == "F16" else "f"), *numbers)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = (entry["dtype"], entry["shape"], data[begin:end])
    return tensors


def bert(prefix="", gamma="weight", beta="bias"):
    tensors = {}

    def norm(name):
        tensors[prefix + name + ".LayerNorm." + gamma] = tensors[prefix + name + ".LayerNorm." + beta] = [WIDTH]

    def linear(name, out, inputs):
        tensors[prefix + name + ".weight"] = [out, inputs]
        tensors[prefix + name + ".bias"] = [out]

    tensors[prefix + "embeddings.position_ids"] = [1, POSITIONS]
    for name, n in ("word", len(VOCAB)), ("position", POSITIONS), ("token_type", 2):
        tensors[prefix + "embeddings.%s_embeddings.weight" % name] = [n, WIDTH]
    norm("embeddings")
    for i in range(LAYERS):
        layer = "encoder.layer.%d." % i
        for name in "query", "key", "value":
            linear(layer + "attention.self." + name, WIDTH, WIDTH)
        linear(layer + "attention.output.dense", WIDTH, WIDTH)
        norm(layer + "attention.output")
        linear(layer + "intermediate.dense", WIDE, WIDTH)
        linear(layer + "output.dense", WIDTH, WIDE)
        norm(layer + "output")
    linear("pooler.dense", WIDTH, WIDTH)
    if prefix:
        tensors["cls.predictions.bias"] = [len(VOCAB)]
    return tensors


def resnet(bottleneck, hugging_face):
    tensors = {}

    def convolution(ours, norm, theirs, out, inputs, kernel):
        weights = theirs + ".convolution" if hugging_face else ours
        norm = theirs + ".normalization" if hugging_face else norm
        tensors[weights + ".weight"] = [out, inputs, kernel, kernel]
        for part in "weight", "bias", "running_mean", "running_var":
            tensors[norm + "." + part] = [out]
        tensors[norm + ".num_batches_tracked"] = []

    convolution("conv1", "bn1", "resnet.embedder.embedder", 4, 3, 7)
    inputs = 4
    for stage, (out, depth) in enumerate(((8, 1), (12, 2), (16, 1), (20, 1))):
        for i in range(depth):
            block, theirs = "layer%d.%d." % (stage + 1, i), "resnet.encoder.stages.%d.layers.%d." % (stage, i)
            shapes = [(out // 4, inputs, 1), (out // 4, out // 4, 3), (out, out // 4, 1)] if bottleneck else \
                [(out, inputs, 3), (out, out, 3)]
            for k, shape in enumerate(shapes):
                convolution("%sconv%d" % (block, k + 1), "%sbn%d" % (block, k + 1), "%slayer.%d" % (theirs, k), *shape)
            if inputs != out or (stage and not i):
                convolution(block + "downsample.0", block + "downsample.1", theirs + "shortcut", out, inputs, 1)
            inputs = out
    tensors["classifier.1.weight" if hugging_face else "fc.weight"] = [10, inputs]
    return tensors


def make(folder):
    random.seed(5)
    for name, tensors, kind in (("bert", bert(), "F32"), ("prefixed", bert("bert.", "gamma", "beta"), "F16")):
        write(os.path.join(folder, name, "model.safetensors"), tensors, kind)
        with open(os.path.join(folder, name, "config.json"), "w") as file:
            json.dump(CONFIG, file)
        with open(os.path.join(folder, name, "vocab.txt"), "w") as file:
            file.write("\n".join(VOCAB) + "\n")
    with open(os.path.join(folder, "prefixed", "tokenizer_config.json"), "w") as file:
        json.dump({"do_lower_case": False}, file)
    write(os.path.join(folder, "basic.safetensors"), resnet(False, False))
    write(os.path.join(folder, "bottleneck", "model.safetensors"), resnet(True, True))
    with open(os.path.join(folder, "bottleneck", "config.json"), "w") as file:
        json.dump({"model_type": "resnet", "hidden_act": "relu"}, file)


def numbers(tensor):
    kind, shape, data = tensor
    return shape, struct.unpack("<%d%s" % (len(data) // (2 if kind == "F16" else 4), "e" if kind == "F16" else "f"), data)


def taken(model, source, prefix, n=None):
    """Every tensor of the source but the left-out ones stands in the model: shape and numbers say which it is."""
    left_out = ("position_ids", "num_batches_tracked", "pooler.dense.weight", "pooler.dense.bias", "fc.weight",
                "classifier.1.weight", "predictions.bias")
    got = sorted(numbers(tensor) for name, tensor in read(model).items() if name.startswith(prefix))
    want = sorted(numbers(tensor) for name, tensor in read(source).items() if not name.endswith(left_out))
    return got == want and (n is None or len(got) == int(n))


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    sys.exit(not taken(*sys.argv[2:]))
