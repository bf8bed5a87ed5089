"""PyTorch as an engine of the benchmark.

Answers every line of JSON on standard input with one on standard output (benchmarks/process.mjs has the other end):
{method, ...} with {...} or {error}. Tensors come in a file, in PyTorch's own layouts.
"""
import ctypes
import json
import os
import pathlib
import re
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

DTYPES = {"f32": torch.float32, "i32": torch.int32}


class Model(nn.Module):
    """The forward pass of a workload ("w" in workloads.mjs)."""

    def __init__(self, w, weights):
        super().__init__()
        self.w = w
        for name, value in weights.items():
            setattr(self, name.replace(".", "_"), nn.Parameter(value))
        if w["kind"] == "lstm":
            self.cells = nn.LSTM(w["input"], w["hidden"], batch_first=True)
            self.cells.weight_ih_l0, self.cells.weight_hh_l0 = self.input_w, self.recurrent_w
            self.cells.bias_ih_l0 = self.gates_b
            # The other engines' gates have one bias.
            self.cells.bias_hh_l0 = nn.Parameter(torch.zeros_like(self.gates_b), requires_grad=False)

    def dense(self, name, x):
        name = name.replace(".", "_")
        return F.linear(x, getattr(self, name + "_w"), getattr(self, name + "_b"))

    def norm(self, name, x):
        name = name.replace(".", "_")
        return F.layer_norm(x, x.shape[-1:], getattr(self, name + "_scale"), getattr(self, name + "_shift"))

    def forward(self, x):
        return getattr(self, self.w["kind"])(x)

    def mlp(self, x):
        last = len(self.w["sizes"]) - 1
        for i in range(1, last + 1):
            x = self.dense(f"dense{i}", x)
            name = self.w["activation"] if i < last else self.w.get("output")
            x = getattr(torch, name)(x) if name else x
        return x

    def cnn(self, x):
        for i in range(len(self.w["filters"])):
            x = F.relu(F.conv2d(x, getattr(self, f"conv{i + 1}_w"), getattr(self, f"conv{i + 1}_b")))
            x = F.max_pool2d(x, 2)
        return self.dense("dense2", F.relu(self.dense("dense1", x.flatten(1))))

    def lstm(self, x):
        x, _ = self.cells(F.embedding(x, self.embedding) if "vocab" in self.w else x)
        return self.dense("output", x if self.w["everyStep"] else x[:, -1])

    def gpt(self, x):
        batch, context, width, heads = (self.w[k] for k in ("batch", "context", "width", "heads"))
        x = F.embedding(x, self.tokens) + self.positions
        for i in range(self.w["layers"]):
            qkv = self.dense(f"block{i}.qkv", self.norm(f"block{i}.norm1", x))
            q, k, v = (t.reshape(batch, context, heads, -1).transpose(1, 2) for t in qkv.chunk(3, -1))
            mixed = self.attention(q, k, v).transpose(1, 2).reshape(batch, context, width)
            x = x + self.dense(f"block{i}.proj", mixed)
            up = F.gelu(self.dense(f"block{i}.up", self.norm(f"block{i}.norm2", x)), approximate="tanh")
            x = x + self.dense(f"block{i}.down", up)
        return self.dense("output", self.norm("norm", x))

    def attention(self, q, k, v):
        if hasattr(F, "scaled_dot_product_attention"):  # since PyTorch 2
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        future = torch.full((q.shape[-2], q.shape[-2]), float("-inf")).triu(1)
        return (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + future).softmax(-1) @ v


def blas():
    """The BLAS that PyTorch was linked with, if it is a library of the system, and for which processor OpenBLAS takes
    this one: Debian's default is a slow one."""
    maps = pathlib.Path("/proc/self/maps")
    libraries = set(re.findall(r"/\S*/libblas\.so\S*", maps.read_text())) if maps.exists() else set()
    return sorted(name(library) for library in libraries)


def name(library):
    folder = library.split("/")[-2]
    return f"{folder} {core(library)}".strip() if folder.startswith("openblas") else "reference BLAS"


def core(library):
    try:
        corename = ctypes.CDLL(library).openblas_get_corename
    except AttributeError:
        return ""
    corename.restype = ctypes.c_char_p
    return corename().decode()


def at_its_best():
    """An OpenBLAS older than the processor does not know it and takes code for SSE3: it is told which to take."""
    info = pathlib.Path("/proc/cpuinfo")
    flags = set(" ".join(re.findall(r"^flags\s*:(.*)", info.read_text(), re.M)).split()) if info.exists() else set()
    wanted = "SkylakeX" if {"avx512dq", "avx512bw", "avx512vl"} <= flags else "Haswell" if {"avx2", "fma"} <= flags else ""
    known = ["SkylakeX", "Cooperlake", "Sapphirerapids"] + (["Haswell", "Zen", "Excavator"] if wanted == "Haswell" else [])
    openblas = [text for text in blas() if text.startswith("openblas")]
    if wanted and openblas and "OPENBLAS_CORETYPE" not in os.environ and openblas[0].split(" ")[-1] not in known:
        os.environ["OPENBLAS_CORETYPE"] = wanted
        os.execv(sys.executable, [sys.executable, *sys.argv])


def tensor(file, place):
    return torch.frombuffer(
        file, dtype=DTYPES[place["dtype"]], count=place["bytes"] // 4, offset=place["offset"]
    ).reshape(place["shape"]).clone()


def read(ask):
    with open(ask["file"], "rb") as file:
        return bytearray(file.read())


def timed(work):
    start = time.perf_counter()
    value = work()
    return {"ms": (time.perf_counter() - start) * 1000, "value": value}


def optimizer(o, parameters):
    trained = [p for p in parameters if p.requires_grad]
    if o["kind"] == "sgd":
        return torch.optim.SGD(trained, o["rate"])
    decay = o.get("weightDecay", 0)
    kind = torch.optim.AdamW if decay else torch.optim.Adam
    return kind(trained, o["rate"], (o["beta1"], o["beta2"]), o["epsilon"], decay)


class Session:
    def open(self, ask):
        torch.set_num_threads(ask["threads"])
        instructions = re.findall(r"CPU capability usage: (\S+)", torch.__config__.show())
        variant = ", ".join(instructions + blas())
        return {"version": torch.__version__, "threads": torch.get_num_threads(), "variant": variant}

    def train(self, ask):
        file, w = read(ask), ask["workload"]
        x, y = (tensor(file, place) for place in ask["all"]["buffers"])
        x = x.long() if "vocab" in w else x
        y = y if w["loss"] == "mse" else y.long()
        self.batches = list(zip(x.split(w["batch"]), y.split(w["batch"])))
        weights = {p["name"]: tensor(file, p) for p in ask["parameters"]}
        self.loss = F.mse_loss if w["loss"] == "mse" else lambda out, y: F.cross_entropy(out.flatten(0, -2), y.flatten())

        def first():
            self.model = Model(w, weights)
            self.optimizer = optimizer(w["optimizer"], self.model.parameters())
            return self.advance(0, 1)

        return timed(first)

    def advance(self, first, count):
        """Optimizer steps; returns the loss of the last one."""
        for i in range(first, first + count):
            x, y = self.batches[i % len(self.batches)]
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def steps(self, ask):
        return timed(lambda: self.advance(ask["first"], ask["count"]))

    def firstLoss(self, ask):
        x, y = self.batches[0]
        with torch.no_grad():
            return {"value": self.loss(self.model(x), y).item()}

    def gemm(self, ask):
        file = read(ask)
        a, b = (tensor(file, place)[0] for place in ask["all"]["buffers"])
        left = a.t() if ask["orientation"] == "AtB" else a
        right = b.t() if ask["orientation"] == "ABt" else b
        self.product = lambda: left @ right
        return timed(lambda: self.product().flatten()[ask["index"]].item())

    def products(self, ask):
        def run():
            for _ in range(ask["count"]):
                self.product()

        return timed(run)


at_its_best()
session = Session()
for line in sys.stdin:
    ask = json.loads(line)
    try:
        answer = getattr(session, ask["method"])(ask)
    except Exception as error:  # goes into the row
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
