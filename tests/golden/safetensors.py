"""Writes safetensors.json: files made by a writer that shares nothing with ours, and what torch says is in them.

The layout follows the format's description (github.com/huggingface/safetensors, "Format"): the header's length, the
header as JSON without spaces, padded with spaces to a multiple of eight, the tensors one after the other."""
import base64
import json
import struct

import numpy as np
import torch
from encoding import encode, uniform, write

NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
}


def raw(tensor):
    if tensor.dtype == torch.bfloat16:  # numpy has no such type: the upper half of a float
        return (tensor.float().numpy().view(np.uint32) >> 16).astype("<u2").tobytes()
    array = tensor.contiguous().numpy()
    return array.astype(array.dtype.newbyteorder("<")).tobytes()


def save(tensors, metadata=None):
    header = {"__metadata__": metadata} if metadata else {}
    data = b""
    order = sorted(tensors, key=lambda n: (-tensors[n].element_size(), n))
    for name in order:
        begin, t = len(data), tensors[name]
        data += raw(t)
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def document(tensors, metadata=None):
    return {
        "file": base64.b64encode(save(tensors, metadata)).decode(),
        "tensors": {name: encode(t.double()) for name, t in tensors.items()},
    }


values = torch.tensor(uniform(7, [3, 5], -4, 4))
halves = [0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-14, 2.0**-24, -3 * 2.0**-24, 0.333251953125]
types = {
    "double": values.double() / 3,
    "float": values,
    "half": torch.tensor(halves, dtype=torch.float16),
    "brain": torch.tensor([1.0, -3.0e38, 1e-38, 0.15625], dtype=torch.bfloat16),
    "long": torch.tensor([0, -7, 2**40]),
    "int": torch.tensor([[1], [-(2**31)]], dtype=torch.int32),
    "byte": torch.tensor([0, 255, 1], dtype=torch.uint8),
    "number": torch.tensor(42),
    "empty": torch.zeros(0, 4),
    "名字": torch.ones(2),
}
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2), torch.nn.Linear(2, 1))

write(
    __file__.replace(".py", ".json"),
    {"types": document(types), "model": document(dict(model.state_dict()), {"format": "pt"})},
)
