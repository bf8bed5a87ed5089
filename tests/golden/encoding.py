"""What the golden generators share: how tensors are written, and numbers of no library's own generator."""
import base64
import json

import numpy as np

TYPES = {"float32": "f32", "float64": "f64", "int32": "i32", "int64": "i32"}


def encode(values):
    """A tensor or array as {shape, dtype, data}: little-endian, row-major, base64; doubles that are exact in float32
    take half the room."""
    array = np.asarray(values.detach() if hasattr(values, "detach") else values)
    dtype = TYPES[str(array.dtype)]
    if dtype == "i32":
        array = array.astype("<i4")
    elif dtype == "f64" and (array.astype("<f4") == array).all():
        dtype, array = "f32", array.astype("<f4")
    flat = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {"shape": list(array.shape), "dtype": dtype, "data": base64.b64encode(flat.tobytes()).decode()}


def uniform(seed, shape, low=0.0, high=1.0, steps=256):
    """Counter-based uniform numbers (murmur3's finalizer over a running index) on a grid of `steps` values, so that
    each is exact in float32 and in double."""
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        h = np.uint32(seed) * np.uint32(0x9E3779B9) + np.uint32(0x6D2B79F5) * np.arange(1, count + 1, dtype=np.uint32)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h = h ^ (h >> np.uint32(16))
    grid = np.floor(h / 2.0**32 * steps) / steps
    return (low + (high - low) * grid).astype(np.float32).reshape(shape)


def write(path, document):
    with open(path, "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
