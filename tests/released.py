"""Checkpoints as the released program saves them with PyTorch, made without PyTorch; and broken ones.

released.py make MODEL OUT [VARIANT]: the weights of a model directory under the released names. OUT ends in .pth, or in
    .safetensors. Variants: re (the other names of RE), nested ({"epoch": 3, "state_dict": ...}), module (names behind
    "module."), parameter, shared (one storage for all), strided (matrices lie transposed), missing, shape, double,
    beyond, evil, compressed, big-endian, damaged, twice, no-data

SPDX-License-Identifier: Apache-2.0"""
import collections
import io
import json
import os
import pickle
import struct
import sys
import types
import zipfile

from released_names import read, released_name

def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, (shape, numbers) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


# Stand-ins whose pickles ask for PyTorch's names.
def stand_in(module, name):
    def function(*_):
        return None
    function.__module__, function.__name__, function.__qualname__ = module, name, name
    setattr(sys.modules.setdefault(module, types.ModuleType(module)), name, function)
    return function


REBUILD = stand_in("torch._utils", "_rebuild_tensor_v2")
PARAMETER = stand_in("torch._utils", "_rebuild_parameter")
FLOAT, DOUBLE, LONG = (stand_in("torch", name) for name in ("FloatStorage", "DoubleStorage", "LongStorage"))
sys.modules["torch"]._utils = sys.modules["torch._utils"]


class Storage:
    def __init__(self, kind, key, n):
        self.id = ("storage", kind, key, "cpu", n)


class Call:
    def __init__(self, function, arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.id if isinstance(value, Storage) else None


def transposed(shape, data):
    """The numbers of a matrix, column after column."""
    rows, columns = shape
    numbers = struct.unpack("<%df" % (rows * columns), data)
    return struct.pack("<%df" % (rows * columns), *(numbers[r * columns + c] for c in range(columns) for r in range(rows)))


def strides(shape):
    out = []
    for size in reversed(shape):
        out.insert(0, out[0] * last if out else 1)
        last = size
    return tuple(out)


def state_dict(tensors, variant, files):
    """Fills files (key -> bytes) with the storages."""
    state, everything = collections.OrderedDict(), b"".join(data for _, data in tensors.values())
    offset, shared = 0, Storage(FLOAT, "all", len(everything) // 4)
    for i, (name, (shape, data)) in enumerate(tensors.items()):
        key, n, step, at = str(i), len(data) // 4, strides(shape), 0
        storage = Storage(FLOAT, key, n)
        if variant == "shared":
            storage, at, offset = shared, offset, offset + n
        elif variant == "strided" and len(shape) == 2:
            data, step = transposed(shape, data), (1, shape[0])
        elif variant == "double" and i == 3:
            data = struct.pack("<%dd" % n, *struct.unpack("<%df" % n, data))
            storage = Storage(DOUBLE, key, n)
        elif variant == "beyond" and i == 3:
            at = 1
        if variant != "shared":
            files[key] = data
        tensor = Call(REBUILD, (storage, at, tuple(shape), step, False, collections.OrderedDict()))
        state[name] = Call(PARAMETER, (tensor, True, collections.OrderedDict())) if variant == "parameter" else tensor
    if variant == "shared":
        files["all"] = everything
    state["bert.embeddings.position_ids"] = Call(REBUILD, (Storage(LONG, "ids", 2), 0, (1, 2), (2, 1), False,
                                                           collections.OrderedDict()))
    files["ids"] = bytes(16)
    return state


def write_pth(path, tensors, variant):
    files, buffer = {}, io.BytesIO()
    root = state_dict(tensors, variant, files)
    if variant == "nested":
        root = {"epoch": 3, "loss": 0.5, "best": -70000, "seed": 1 << 40, "done": True, "optimizer": {"lr": [None]},
                "state_dict": root}
    elif variant == "evil":
        root["hook"] = Call(os.system, ("touch evil",))
    Pickler(buffer, protocol=2).dump(root)
    text = buffer.getvalue()
    kind = zipfile.ZIP_DEFLATED if variant == "compressed" else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as archive:
        if variant != "no-data":
            archive.writestr("archive/data.pkl", text)
        archive.writestr("archive/byteorder", "big" if variant == "big-endian" else "little")
        for key, data in files.items():
            archive.writestr("archive/data/" + key, data)
        archive.writestr("archive/version", "3\n")
    if variant == "damaged":
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)[0] ^ 1
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte]))


def make(model, out, variant="plain"):
    tensors = {released_name(name, variant): tensor for name, tensor in read(model + "/model.safetensors").items()}
    if variant == "missing":
        del tensors["linear.bias"]
    if variant == "shape":
        tensors["linear.bias"] = ([1] + tensors["linear.bias"][0], tensors["linear.bias"][1])
    if out.endswith(".safetensors"):
        write_safetensors(out, tensors)
    else:
        write_pth(out, tensors, variant)


if __name__ == "__main__":
    make(*sys.argv[2:])
