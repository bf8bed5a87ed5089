"""Trains small networks in PyTorch and writes what happened to models/*.json: the oracle of Trainyard's whole runs.

    /usr/bin/python3 tests/golden/models.py [name ...]

Each run starts from PyTorch's own initial weights, once in float32 and once in double. README.md describes the files.
"""
import math
import os
import sys

import torch
from torch import nn

from encoding import encode, uniform, write
from recurrent import LAYERS as RECURRENT
from transformers import LAYERS as TRANSFORMERS, Nodes

STEPS = 100
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


class Residual(nn.Module):
    """layers(x) + shortcut(x); the names of its parameters are Trainyard's."""

    def __init__(self, layers, shortcut):
        super().__init__()
        self.layers = layers
        if len(shortcut):
            self.shortcut = shortcut

    def forward(self, x):
        return self.layers(x) + (self.shortcut(x) if hasattr(self, "shortcut") else x)


class Slice(nn.Module):
    def __init__(self, axis, start, end):
        super().__init__()
        self.axis, self.start, self.end = axis, start, end

    def forward(self, x):
        return x.narrow(self.axis, self.start, self.end - self.start)


def sequential(layers, shape):
    """nn.Sequential of described layers for inputs of `shape` (without the batch), with Trainyard's names."""
    modules = nn.Sequential()
    for i, layer in enumerate(layers):
        module = LAYERS[layer["type"]](layer, shape)
        modules.add_module(str(i), module)
        with torch.no_grad():
            ids = layer["type"] in ("embedding", "gpt", "lstmText")
            shape = list(module.eval()(torch.zeros([1] + shape, dtype=torch.long if ids else None)).shape[1:])
        module.train()
    return modules


def residual(layer, shape):
    return Residual(sequential(layer["layers"], shape), sequential(layer.get("shortcut", []), shape))


LAYERS = {
    "linear": lambda o, s: nn.Linear(s[-1], o["out"], bias=o.get("bias", True)),
    "conv2d": lambda o, s: nn.Conv2d(
        s[0], o["out"], o["kernel"], o.get("stride", 1), o.get("padding", 0), o.get("dilation", 1), o.get("groups", 1),
        o.get("bias", True)),
    "batchNorm2d": lambda o, s: nn.BatchNorm2d(s[0]),
    "batchNorm1d": lambda o, s: nn.BatchNorm1d(s[0]),
    "layerNorm": lambda o, s: nn.LayerNorm(s[-1]),
    "maxPool2d": lambda o, s: nn.MaxPool2d(o["kernel"], o.get("stride"), o.get("padding", 0)),
    "avgPool2d": lambda o, s: nn.AvgPool2d(o["kernel"], o.get("stride"), o.get("padding", 0)),
    "globalAvgPool2d": lambda o, s: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    "flatten": lambda o, s: nn.Flatten(),
    "dropout": lambda o, s: nn.Dropout(o["p"]),
    "relu": lambda o, s: nn.ReLU(),
    "leakyRelu": lambda o, s: nn.LeakyReLU(o.get("slope", 0.01)),
    "gelu": lambda o, s: nn.GELU(),
    "silu": lambda o, s: nn.SiLU(),
    "tanh": lambda o, s: nn.Tanh(),
    "sigmoid": lambda o, s: nn.Sigmoid(),
    "residual": residual,
    "slice": lambda o, s: Slice(o["axis"] + 1, o["start"], o["end"]),
    **RECURRENT,
    **TRANSFORMERS,
}


def make_loss(o, dtype):
    weights = torch.tensor(o["classWeights"], dtype=dtype) if "classWeights" in o else None
    return {
        "crossEntropy": lambda: nn.CrossEntropyLoss(weights, label_smoothing=o.get("labelSmoothing", 0.0)),
        "bceWithLogits": nn.BCEWithLogitsLoss,
        "mse": nn.MSELoss,
        "huber": lambda: nn.HuberLoss(delta=o.get("delta", 1.0)),
    }[o["type"]]()


def make_optimizer(o, model):
    # Parameter groups as Trainyard forms them: no decay on biases and norms, that is on vectors.
    decay = o.get("weightDecay", 0.0)
    matrices, vectors = ([p for p in model.parameters() if (p.dim() > 1) == wide] for wide in (True, False))
    groups = [
        {"params": matrices},
        {"params": vectors, "weight_decay": decay if o.get("decayBiasAndNorm", False) else 0.0},
    ]
    return {
        "sgd": lambda: torch.optim.SGD(groups, o["lr"], o.get("momentum", 0.0), 0.0, decay, o.get("nesterov", False)),
        "adam": lambda: torch.optim.Adam(groups, o["lr"], weight_decay=decay),
        "adamw": lambda: torch.optim.AdamW(groups, o["lr"], weight_decay=decay),
        "rmsprop": lambda: torch.optim.RMSprop(
            groups, o["lr"], o.get("alpha", 0.99), 1e-8, decay, o.get("momentum", 0.0)),
    }[o["type"]]()


def classes(seed, shape, count, sizes):
    """Batches [(x, y)] of class ids: each class has a wave of its own, plus noise."""
    batches = []
    for i, rows in enumerate(sizes):
        y = torch.from_numpy(uniform(seed + 2 * i, [rows], 0, count, count)).floor().long()
        x = torch.from_numpy(uniform(seed + 2 * i + 1, [rows] + shape))
        place = torch.arange(math.prod(shape)).reshape(shape)
        wave = torch.stack([torch.sin((label + 1.0) * place / 7 + label) for label in y])
        batches.append((((x + 0.6 * wave) * 256).round() / 256, y))
    return batches


def values(seed, inputs, outputs, sizes, target):
    """Batches [(x, y)] with y = target(a fixed random map of x), [rows, outputs]."""
    mixing = torch.from_numpy(uniform(seed, [inputs, outputs], -1, 1))
    batches = []
    for i, rows in enumerate(sizes):
        x = torch.from_numpy(uniform(seed + 1 + i, [rows, inputs], -1, 1))
        batches.append((x, target(x @ mixing).round(decimals=3)))
    return batches


def texts(seed, vocab, length, sizes):
    """Batches [(ids, the ids one further)] of made-up text: most tokens follow from the one before and the place."""
    batches = []
    for i, rows in enumerate(sizes):
        ids = torch.from_numpy(uniform(seed + 2 * i, [rows, length + 1], 0, vocab, vocab)).floor().long()
        chance = torch.from_numpy(uniform(seed + 2 * i + 1, [rows, length + 1]))
        for t in range(1, length + 1):
            follows = (3 * ids[:, t - 1] + t) % vocab
            ids[:, t] = torch.where(chance[:, t] < 0.8, follows, ids[:, t])
        batches.append((ids[:, :-1], ids[:, 1:]))
    return batches


def lengths_of(seed, rows, longest):
    return torch.from_numpy(uniform(seed, [rows], 1, longest + 1, longest)).floor().long()


def padded(seed, vocab, length, count, sizes):
    """Batches [(ids, lengths, class)]: the class is the sum of the ids that are there; 0 is the padding."""
    batches = []
    for i, rows in enumerate(sizes):
        ids = torch.from_numpy(uniform(seed + 2 * i, [rows, length], 1, vocab, vocab - 1)).floor().long()
        lengths = lengths_of(seed + 2 * i + 1, rows, length)
        ids[torch.arange(length) >= lengths[:, None]] = 0
        batches.append((ids, lengths, ids.sum(1) % count))
    return batches


def reversed_texts(seed, vocab, length, sizes):
    """Batches [(source, lengths, what was said so far, what comes next)]: the source backwards, -100 behind its end."""
    batches = []
    for (ids, lengths, _), rows in zip(padded(seed, vocab, length, 1, sizes), sizes):
        said, wanted = torch.zeros(rows, length).long(), torch.full([rows, length], -100)
        for r, n in enumerate(lengths.tolist()):
            wanted[r, :n] = ids[r, :n].flip(0)
            said[r, 1:n] = wanted[r, :n - 1]
        batches.append((ids, said, lengths, wanted))
    return batches


def conv(out, kernel=3, **options):
    return {"type": "conv2d", "out": out, "kernel": kernel, **options}


def linear(out):
    return {"type": "linear", "out": out}


BN, RELU, TANH, FLATTEN = ({"type": name} for name in ("batchNorm2d", "relu", "tanh", "flatten"))

RUNS = {
    "mlp-sgd": {
        "layers": [linear(32), RELU, linear(16), TANH, linear(5)],
        "input": [20],
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "sgd", "lr": 0.05, "momentum": 0.9},
        "batches": lambda: classes(100, [20], 5, [16, 16, 16, 11]),
    },
    "mlp-adam-mse": {
        "layers": [linear(24), {"type": "gelu"}, {"type": "layerNorm"}, linear(16), {"type": "sigmoid"}, linear(3)],
        "input": [6],
        "loss": {"type": "mse"},
        "optimizer": {"type": "adam", "lr": 0.01},
        "batches": lambda: values(200, 6, 3, [12, 12, 7], torch.sin),
    },
    "mlp-adamw-bce": {
        "layers": [linear(24), {"type": "batchNorm1d"}, {"type": "leakyRelu", "slope": 0.1}, linear(4)],
        "input": [8],
        "loss": {"type": "bceWithLogits"},
        "optimizer": {"type": "adamw", "lr": 0.01, "weightDecay": 0.1, "decayBiasAndNorm": False},
        "batches": lambda: values(300, 8, 4, [16, 16, 9], lambda z: (z > 0).float()),
    },
    "mlp-rmsprop-huber": {
        "layers": [linear(20), {"type": "silu"}, linear(12), TANH, linear(2)],
        "input": [5],
        "loss": {"type": "huber", "delta": 0.5},
        "optimizer": {"type": "rmsprop", "lr": 0.003, "alpha": 0.95, "momentum": 0.5},
        "batches": lambda: values(400, 5, 2, [10, 10, 3], lambda z: 2 * torch.tanh(2 * z)),
    },
    "mlp-smoothing-weights": {
        "layers": [linear(24), RELU, {"type": "dropout", "p": 0.0}, linear(6)],
        "input": [10],
        "loss": {"type": "crossEntropy", "labelSmoothing": 0.1, "classWeights": [1, 2, 0.5, 1.5, 1, 3]},
        "optimizer": {"type": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.001,
                      "decayBiasAndNorm": True},
        "clipNorm": 0.5,
        "batches": lambda: classes(500, [10], 6, [16, 16, 5]),
    },
    "cnn-batchnorm": {
        "layers": [
            conv(6, padding=1), BN, RELU, {"type": "maxPool2d", "kernel": 2},
            conv(8, stride=2, padding=1), BN, RELU, {"type": "avgPool2d", "kernel": 2, "stride": 1},
            FLATTEN, {"type": "dropout", "p": 0.0}, linear(7),
        ],
        "input": [2, 12, 12],
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "sgd", "lr": 0.02, "momentum": 0.9},
        "batches": lambda: classes(600, [2, 12, 12], 7, [8, 8, 8, 5]),
    },
    "residual": {
        "layers": [
            conv(6, padding=1, bias=False), BN, RELU,
            {"type": "residual", "layers": [conv(6, padding=1), BN, RELU, conv(6, padding=1, groups=2), BN]}, RELU,
            {
                "type": "residual",
                "layers": [conv(8, stride=2, padding=1), BN, RELU, conv(8, padding=2, dilation=2), BN],
                "shortcut": [conv(8, 1, stride=2), BN],
            },
            RELU, {"type": "globalAvgPool2d"}, linear(5),
        ],
        "input": [1, 10, 10],
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adam", "lr": 0.002},
        "batches": lambda: classes(700, [1, 10, 10], 5, [8, 8, 6]),
    },
    "gpt2": {
        "layers": [{"type": "gpt", "vocab": 13, "context": 10, "layers": 2, "heads": 2, "dim": 12}],
        "input": [9],
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adamw", "lr": 0.01, "weightDecay": 0.1, "decayBiasAndNorm": False},
        "clipNorm": 1.0,
        "steps": 50,
        "batches": lambda: texts(800, 13, 9, [8, 8, 5]),
    },
    "llama": {
        "layers": [{"type": "gpt", "vocab": 11, "context": 8, "layers": 2, "heads": 4, "dim": 16, "kvHeads": 2, "ff": 24,
                    "tied": False, "norm": "rmsNorm", "mlp": "swiglu", "position": "rope"}],
        "input": [8],
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adam", "lr": 0.01},
        "steps": 50,
        "batches": lambda: texts(900, 11, 8, [8, 8, 5]),
    },
    "lstm": {
        "layers": [{"type": "lstm", "hidden": 8, "layers": 2, "output": "last"}, linear(4)],
        "input": [7, 3],
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adam", "lr": 0.01},
        "steps": 50,
        "batches": lambda: classes(1200, [7, 3], 4, [8, 8, 5]),
    },
    "gru-bidirectional": {
        "nodes": [
            {"name": "embedding", "type": "embedding", "vocab": 9, "dim": 5, "inputs": ["x"]},
            {"name": "gru", "type": "gru", "hidden": 6, "bidirectional": True, "output": "last",
             "inputs": ["embedding", "lengths"]},
            {"name": "head", **linear(3)},
        ],
        "inputs": {"x": [7], "lengths": []},
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "sgd", "lr": 0.2, "momentum": 0.9},
        "clipNorm": 1.0,
        "steps": 50,
        "batches": lambda: padded(1300, 9, 7, 3, [8, 8, 5]),
    },
    "encoder": {
        "nodes": [
            {"name": "words", "type": "embedding", "vocab": 9, "dim": 12, "inputs": ["x"]},
            {"name": "places", "type": "positionalEmbedding", "context": 7, "kind": "sinusoidal"},
            {"name": "first", "type": "transformerEncoderLayer", "heads": 3, "ff": 20, "dropout": 0.0,
             "inputs": ["places", "lengths"]},
            {"name": "second", "type": "transformerEncoderLayer", "heads": 2, "ff": 20, "dropout": 0.0,
             "activation": "gelu", "normFirst": True, "inputs": ["first", "lengths"]},
            {"name": "start", "type": "slice", "axis": 0, "start": 0, "end": 1},
            {"name": "flat", "type": "flatten"},
            {"name": "head", "type": "linear", "out": 3},
        ],
        "inputs": {"x": [7], "lengths": []},
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adam", "lr": 0.01},
        "steps": 50,
        "batches": lambda: padded(1000, 9, 7, 3, [12, 12, 7]),
    },
    "encoder-decoder": {
        "nodes": [
            {"name": "words", "type": "embedding", "vocab": 9, "dim": 12, "inputs": ["x"]},
            {"name": "places", "type": "positionalEmbedding", "context": 6},
            {"name": "encoder", "type": "transformerEncoderLayer", "heads": 2, "ff": 16, "dropout": 0.0,
             "inputs": ["places", "lengths"]},
            {"name": "said_words", "type": "embedding", "vocab": 9, "dim": 12, "inputs": ["said"]},
            {"name": "said_places", "type": "positionalEmbedding", "context": 8},
            {"name": "decoder", "type": "transformerDecoderLayer", "heads": 2, "ff": 16, "dropout": 0.0,
             "inputs": ["said_places", "encoder", "lengths"]},
            {"name": "head", "type": "linear", "out": 9},
        ],
        "inputs": {"x": [6], "said": [6], "lengths": []},
        "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adam", "lr": 0.01},
        "steps": 50,
        "batches": lambda: reversed_texts(1100, 9, 6, [8, 8, 5]),
    },
}


def build(run):
    if "nodes" in run:
        return Nodes(run["nodes"], run["inputs"], LAYERS)
    return sequential(run["layers"], list(run["input"]))


def train(run, start, batches, dtype):
    """Losses of all steps and the state dict after them, computed in `dtype` from the state dict `start`."""
    model = build(run)
    model.load_state_dict(start, strict=True)
    model.to(dtype)
    loss_of, optimizer = make_loss(run["loss"], dtype), make_optimizer(run["optimizer"], model)
    losses = []
    for step in range(run.get("steps", STEPS)):
        *inputs, y = (v.to(dtype) if v.is_floating_point() else v for v in batches[step % len(batches)])
        output = model(*inputs)
        # PyTorch wants the classes before the positions.
        loss = loss_of(output.transpose(1, 2) if y.dim() == 2 and not y.is_floating_point() else output, y)
        optimizer.zero_grad()
        loss.backward()
        if "clipNorm" in run:
            nn.utils.clip_grad_norm_(model.parameters(), run["clipNorm"])
        optimizer.step()
        losses.append(loss.item())
    return losses, model.state_dict()


def main(names):
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models")
    os.makedirs(folder, exist_ok=True)
    for name in names or RUNS:
        run, batches = RUNS[name], RUNS[name]["batches"]()
        torch.manual_seed(7)
        model = build(run)
        start = {key: value.clone() for key, value in model.state_dict().items()}
        losses32, _ = train(run, start, batches, torch.float32)
        losses64, final = train(run, start, batches, torch.float64)
        gap = max(abs(a - b) / abs(b) for a, b in zip(losses32, losses64))
        print(f"{name}: loss {losses64[0]:.4f} -> {losses64[-1]:.4f}, float32 against double {gap:.1e}")
        inputs = run.get("inputs", {"x": run.get("input")})
        write(os.path.join(folder, f"{name}.json"), {
            "source": f"PyTorch {torch.__version__}, tests/golden/models.py",
            "description": {"trainyard": 1, **{key: run[key] for key in ("layers", "nodes") if key in run}},
            **({"inputs": [{"name": key, "shape": shape} for key, shape in inputs.items()]} if "inputs" in run
               else {"input": run["input"]}),
            "train": {key: run[key] for key in ("loss", "optimizer", "clipNorm") if key in run},
            "batches": [dict(zip([*inputs, "y"], map(encode, batch))) for batch in batches],
            "start": {key: encode(value) for key, value in start.items()},
            "losses32": encode(torch.tensor(losses32, dtype=torch.float64)),
            "losses64": encode(torch.tensor(losses64, dtype=torch.float64)),
            "final64": {key: encode(value) for key, value in final.items()},
        })


if __name__ == "__main__":
    main(sys.argv[1:])
