"""The released program's names of tensors, and the reading of safetensors.

SPDX-License-Identifier: Apache-2.0"""
import json
import struct

BEGINNINGS = [("text_mean.", "txt_mean."), ("text_logvar.", "txt_logstd."), ("image_mean.", "img_mean."),
              ("image_logvar.", "img_logstd."), ("image_from_text.", "img2txt_cross."),
              ("text_from_image.", "txt2img_cross."), ("text.", "bert."), ("image.", "vis_encoding.resnet."),
              ("image_projection.", "linear."), ("discriminator.linear.", "discrimonator."), ("ner.emission.", "fc."),
              ("re.classifier.", "classifier."), ("ner.crf.start", "crf.start_transitions"),
              ("ner.crf.end", "crf.end_transitions"), ("ner.crf.transitions", "crf.transitions")]
PARTS = [("attention.query.", "cross_attn.linears.0."), ("attention.key.", "cross_attn.linears.1."),
         ("attention.value.", "cross_attn.linears.2."), ("attention.output.", "cross_attn.last_linear."),
         ("norm1.", "ln1."), ("norm2.", "ln2."), ("ffn.linear.", "dense.")]


def released_name(name, variant):
    for ours, theirs in BEGINNINGS:
        if name.startswith(ours):
            rest = name[len(ours):]
            if theirs.startswith(("txt_", "img_", "img2", "txt2")):
                for part, theirs_part in PARTS:
                    if rest.startswith(part):
                        rest = theirs_part + rest[len(part):]
                if variant == "re" and theirs.startswith(("txt_", "img_")):
                    theirs = theirs[:4] + "encoding_" + theirs[4:]
            return ("module." if variant == "module" else "") + theirs + rest
    raise SystemExit("no name for " + name)


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: (entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}
