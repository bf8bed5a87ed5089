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


def sequential(layers, shape):
    """nn.Sequential of described layers for inputs of `shape` (without the batch), with Trainyard's names."""
    modules = nn.Sequential()
    for i, layer in enumerate(layers):
        module = LAYERS[layer["type"]](layer, shape)
        modules.add_module(str(i), module)
        with torch.no_grad():
            shape = list(module.eval()(torch.zeros([1] + shape)).shape[1:])
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
}


def train(run, start, batches, dtype):
    """Losses of all steps and the state dict after them, computed in `dtype` from the state dict `start`."""
    model = sequential(run["layers"], list(run["input"]))
    model.load_state_dict(start)
    model.to(dtype)
    loss_of, optimizer = make_loss(run["loss"], dtype), make_optimizer(run["optimizer"], model)
    losses = []
    for step in range(STEPS):
        x, y = batches[step % len(batches)]
        loss = loss_of(model(x.to(dtype)), y.to(dtype) if y.is_floating_point() else y)
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
        model = sequential(run["layers"], list(run["input"]))
        start = {key: value.clone() for key, value in model.state_dict().items()}
        losses32, _ = train(run, start, batches, torch.float32)
        losses64, final = train(run, start, batches, torch.float64)
        gap = max(abs(a - b) / abs(b) for a, b in zip(losses32, losses64))
        print(f"{name}: loss {losses64[0]:.4f} -> {losses64[-1]:.4f}, float32 against double {gap:.1e}")
        write(os.path.join(folder, f"{name}.json"), {
            "source": f"PyTorch {torch.__version__}, tests/golden/models.py",
            "description": {"trainyard": 1, "layers": run["layers"]},
            "input": run["input"],
            "train": {key: run[key] for key in ("loss", "optimizer", "clipNorm") if key in run},
            "batches": [{"x": encode(x), "y": encode(y)} for x, y in batches],
            "start": {key: encode(value) for key, value in start.items()},
            "losses32": encode(torch.tensor(losses32, dtype=torch.float64)),
            "losses64": encode(torch.tensor(losses64, dtype=torch.float64)),
            "final64": {key: encode(value) for key, value in final.items()},
        })


if __name__ == "__main__":
    main(sys.argv[1:])
