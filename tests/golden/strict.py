"""Networks that the built package trained and saved, loaded into PyTorch's modules with strict=True: the same outputs?

    /usr/bin/python3 tests/golden/strict.py
"""
import json
import os
import subprocess
import tempfile

import numpy as np
import torch

from models import RUNS, build

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"F32": "<f4", "I64": "<i8"}


def state_dict(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as file:
        data = file.read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        numbers = np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(numbers.copy())
    return tensors


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["node", os.path.join(HERE, "strict.mjs"), folder], check=True)
        for name, run in RUNS.items():
            model = build(run).eval()
            model.load_state_dict(state_dict(f"{folder}/{name}.safetensors"), strict=True)
            *inputs, _ = run["batches"]()[0]
            with torch.no_grad():
                theirs = model(*inputs).double()
            with open(f"{folder}/{name}.json") as file:
                said = json.load(file)
            ours = torch.tensor(said["data"], dtype=torch.float64).reshape(said["shape"])
            assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
            gap = ((ours - theirs).abs() / (1 + theirs.abs())).max().item()
            print(f"{name}: strict, {len(model.state_dict())} tensors, outputs {list(ours.shape)} differ by {gap:.1e}")
            assert gap < 1e-4, name


if __name__ == "__main__":
    main()
