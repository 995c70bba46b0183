# Writes a config of a tiny model (config.json, and words.json without relations) and small corpora of the demonstration's
# posts into a folder: dev has four, train the same with a word more, so that dev does not exclude them.
#
# SPDX-License-Identifier: Apache-2.0
import copy, json, os, sys
demo, work = sys.argv[1:]
corpus = json.load(open(demo + "/demo.json"))
corpus["images"] = demo + "/images"
corpus["posts"] = [p for p in corpus["posts"] if os.path.exists(demo + "/images/" + p.get("image", ""))]
corpus["posts"].sort(key=lambda post: not post.get("relations"))
relations = sorted({r["type"] for p in corpus["posts"] for r in p.get("relations", [])} - {"None"})
json.dump({"format": "mmib", "version": 1,
    "text_encoder": {"architecture": "bert", "vocab_size": 1200, "hidden_size": 16, "num_hidden_layers": 2,
        "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 128, "type_vocab_size": 2,
        "layer_norm_eps": 1e-12, "lowercase": True},
    "image_encoder": {"architecture": "resnet", "layer_type": "basic", "embedding_size": 4, "hidden_sizes": [4, 4, 8, 8],
        "depths": [1, 1, 1, 1], "image_size": 32, "preprocess": "squash", "mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2]},
    "mmib": {"heads": 2, "ffn_size": 32, "max_objects": 2, "dropout": 0.0, "pooling": "mean", "discriminator": "mlp"},
    "tasks": {"ner": {"labels": ["O"] + [b + t for t in ("PER", "LOC", "ORG", "MISC") for b in ("B-", "I-")], "tagging": "word"},
        "re": {"labels": ["None"] + relations, "representation": "span-mean"}}}, open(work + "/config.json", "w"))

config = json.load(open(work + "/config.json"))
del config["tasks"]["re"]
json.dump(config, open(work + "/words.json", "w"))

def write(name, posts):
    part = dict(corpus, posts=copy.deepcopy(posts))
    if name.startswith("train"):
        for post in part["posts"]:
            post["tokens"].append("xqz")
            post.pop("offsets", None)
            post.pop("text", None)
    json.dump(part, open(work + "/" + name, "w"))
    return part

write("dev.json", corpus["posts"][:4])
write("train.json", corpus["posts"][:4])
write("train-all.json", corpus["posts"])
part = write("train-bad.json", corpus["posts"][:1])
part["posts"][0]["image"] = "bad.png"
part["images"] = "."
json.dump(part, open(work + "/train-bad.json", "w"))
open(work + "/bad.png", "wb").write(b"\x89PNG\r\n\x1a\n and no more")
part["posts"][0]["image"] = "absent.png"
json.dump(part, open(work + "/train-absent.json", "w"))
