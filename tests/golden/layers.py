"""Writes layers.json: what every layer makes of its inputs, by PyTorch's modules, in double.

    /usr/bin/python3 tests/golden/layers.py

A case is a description in Trainyard's words, inputs, a state dict to start from, and what the module gives: its output
in evaluation; output, gradients and the state dict afterwards in training. README.md describes the file.
"""
import os

import torch
from torch import nn

from encoding import encode, uniform, write
from models import LAYERS, sequential

cases = []
seeds = iter(range(1, 10_000))


def random(*shape, low=-1.0, high=1.0):
    """On a grid shifted by half a step, so never exactly 0, where some functions have a kink."""
    return torch.from_numpy(uniform(next(seeds), shape, low, high, 256)).double() + (high - low) / 512


def distinct(*shape):
    """All values different, in random order: a maximum is never a tie."""
    count = torch.tensor(shape).prod().item()
    order = torch.from_numpy(uniform(next(seeds), [count], steps=1 << 24)).argsort()
    return ((order.double() - count / 2) / 64).reshape(shape)


class Of(nn.Module):
    """A function of its inputs as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def batch_norm(norm):
    return lambda o, s: norm(s[0], o.get("eps", 1e-5), o.get("momentum", 0.1), o.get("affine", True))



def layer_norm(o, s):
    norm = nn.LayerNorm(s[-o.get("axes", 1):], o.get("eps", 1e-5), o.get("affine", True))
    if not o.get("bias", True):
        norm.bias = None  # what later versions call bias=False
    return norm


MODULES = {
    **LAYERS,
    "batchNorm1d": batch_norm(nn.BatchNorm1d),
    "batchNorm2d": batch_norm(nn.BatchNorm2d),
    "layerNorm": layer_norm,
    "maxPool2d": lambda o, s: nn.MaxPool2d(o["kernel"], o.get("stride"), o.get("padding", 0), o.get("dilation", 1)),
    "avgPool2d": lambda o, s: nn.AvgPool2d(
        o["kernel"], o.get("stride"), o.get("padding", 0), count_include_pad=o.get("countIncludePad", True)),
    "adaptiveAvgPool2d": lambda o, s: nn.AdaptiveAvgPool2d(o["out"]),
    "globalMaxPool2d": lambda o, s: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()),
    "gelu": lambda o, s: nn.GELU(o.get("approximate", "none")),
    "softmax": lambda o, s: nn.Softmax(-1),
    "dropout": lambda o, s: nn.Dropout(o.get("p", 0.5)),
    "add": lambda o, s: Of(lambda *x: sum(x)),
    "mul": lambda o, s: Of(lambda *x: torch.stack(x).prod(0)),
    "concat": lambda o, s: Of(lambda *x: torch.cat(x, from_rows(o.get("axis", 0)))),
    "matmul": lambda o, s: Of(lambda a, b: turned(a, o.get("transposeA")) @ turned(b, o.get("transposeB"))),
    "reshape": lambda o, s: Of(lambda x: x.reshape(-1, *o["shape"])),
    "transpose": lambda o, s: Of(lambda x: x.transpose(-2, -1)),
    "slice": lambda o, s: Of(lambda x: x.narrow(from_rows(o.get("axis", 0)), o["start"], o["end"] - o["start"])),
    "mean": lambda o, s: Of(lambda x: x.mean(from_rows(o.get("axis", -1)), o.get("keepDim", False))),
    "sum": lambda o, s: Of(lambda x: x.sum(from_rows(o.get("axis", -1)), o.get("keepDim", False))),
    "sequential": lambda o, s: sequential(o["layers"], s),
}


def from_rows(axis):
    """Trainyard does not count the axis of examples."""
    return axis + 1 if axis >= 0 else axis


def turned(x, wanted):
    return x.transpose(-1, -2) if wanted else x


def tuples(value):
    return tuple(value) if isinstance(value, list) and all(isinstance(v, int) for v in value) else value


def ids(count, *shape, first=0):
    return torch.from_numpy(uniform(next(seeds), shape, first, first + count, count)).floor().long()


def case(layer, *inputs, training=True):
    torch.manual_seed(len(cases))
    options = {key: tuples(value) for key, value in layer.items()}
    module = MODULES[layer["type"]](options, list(inputs[0].shape[1:])).double()
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                low, high = (0.5, 2.0) if name.endswith("running_var") else (-1.0, 1.0)
                value.copy_(random(*value.shape, low=low, high=high))
    start = {name: value.clone() for name, value in module.state_dict().items()}
    written = {
        "layer": layer,
        "inputs": [encode(x) for x in inputs],
        "start": {name: encode(value) for name, value in start.items()},
        "evaluated": encode(module.eval()(*inputs)),
    }
    if training:
        leaves = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
        output = module.train()(*leaves)
        cotangent = random(*output.shape)
        parameters = dict(module.named_parameters())
        wanted = [x for x in leaves if x.requires_grad]
        gradients = torch.autograd.grad(output, [*wanted, *parameters.values()], cotangent)
        of_inputs = iter(gradients)
        written["trained"] = {
            "output": encode(output),
            "cotangent": encode(cotangent),
            "inputGradients": [encode(next(of_inputs)) if x.requires_grad else None for x in leaves],
            "gradients": {name: encode(g) for name, g in zip(parameters, gradients[len(wanted):])},
            "state": {name: encode(value) for name, value in module.named_buffers() if name in module.state_dict()},
        }
    cases.append(written)


def image(rows, *shape):
    return random(rows, *shape)


case({"type": "linear", "out": 3}, random(5, 4))
case({"type": "linear", "out": 3, "bias": False}, random(2, 4))
case({"type": "linear", "out": 6}, random(3, 2, 5))
case({"type": "conv2d", "out": 3, "kernel": 3}, image(2, 2, 5, 4))
case({"type": "conv2d", "out": 4, "kernel": [3, 2], "stride": [1, 2], "padding": [2, 0], "dilation": [2, 1], "groups": 2},
     image(2, 2, 5, 6))
case({"type": "conv2d", "out": 2, "kernel": 1, "bias": False}, image(1, 3, 2, 2))
case({"type": "maxPool2d", "kernel": 2}, distinct(2, 2, 5, 4))
case({"type": "maxPool2d", "kernel": [3, 2], "stride": [2, 1], "padding": 1, "dilation": [1, 2]}, distinct(1, 3, 5, 5))
case({"type": "avgPool2d", "kernel": 2}, image(2, 2, 5, 4))
case({"type": "avgPool2d", "kernel": 3, "stride": 2, "padding": 1, "countIncludePad": False}, image(1, 3, 5, 5))
for size, shape in ((2, (3, 5, 4)), (1, (2, 3, 3)), ([3, 2], (5, 7, 3)), ([4, 6], (2, 3, 4)), ([2, 3], (9, 4, 6))):
    case({"type": "adaptiveAvgPool2d", "out": size}, image(2, *shape))
case({"type": "globalAvgPool2d"}, image(2, 3, 4, 2))
case({"type": "globalMaxPool2d"}, distinct(2, 3, 4, 2))
case({"type": "flatten"}, image(2, 3, 2, 2))
for kind in ("relu", "silu", "tanh", "sigmoid", "gelu", "leakyRelu"):
    case({"type": kind}, random(4, 5, low=-6, high=6))
    case({"type": kind}, image(2, 2, 3, 2))
case({"type": "leakyRelu", "slope": 0.25}, random(3, 4))
case({"type": "gelu", "approximate": "tanh"}, random(3, 5, low=-6, high=6))
case({"type": "softmax"}, random(3, 5, low=-4, high=4))
case({"type": "softmax"}, random(2, 3, 4, low=-4, high=4))
case({"type": "dropout", "p": 0.5}, random(3, 4), training=False)
case({"type": "dropout", "p": 0}, random(3, 4))
case({"type": "batchNorm1d"}, random(6, 3, low=-2, high=3))
case({"type": "batchNorm1d", "eps": 0.01, "momentum": 0.3, "affine": False}, random(4, 5))
case({"type": "batchNorm2d"}, random(3, 2, 4, 3, low=-2, high=3))
case({"type": "batchNorm2d", "affine": False}, random(2, 9, 2, 2))
case({"type": "layerNorm"}, random(3, 5, low=-2, high=3))
case({"type": "layerNorm", "axes": 3, "eps": 0.001}, image(2, 2, 3, 2))
case({"type": "layerNorm", "axes": 2, "affine": False}, random(2, 3, 4))
case({"type": "add"}, random(2, 3), random(2, 3), random(2, 3))
case({"type": "mul"}, random(2, 3), random(2, 3), random(2, 3))
case({"type": "concat"}, random(2, 2, 3, 4), random(2, 1, 3, 4))
case({"type": "concat", "axis": -1}, random(2, 2, 3), random(2, 2, 1), random(2, 2, 2))
case({"type": "matmul"}, random(2, 3, 4), random(2, 4, 5))
case({"type": "matmul", "transposeA": True, "transposeB": True}, random(2, 4, 3), random(2, 5, 4))
for kind in ("rnn", "lstm", "gru"):
    case({"type": kind, "hidden": 3}, random(3, 4, 2))
    case({"type": kind, "hidden": 2, "bias": False, "output": "last"}, random(2, 3, 3))
    both = {"type": kind, "hidden": 3, "layers": 2, "bidirectional": True}
    case(both, random(4, 5, 2), torch.tensor([2, 5, 1, 3]))
    case({**both, "output": "last"}, random(4, 5, 2), torch.tensor([4, 1, 5, 3]))
case({"type": "rnn", "hidden": 4, "nonlinearity": "relu"}, random(2, 3, 3))
case({"type": "lstmText", "vocab": 5, "dim": 3, "hidden": 4, "layers": 2}, ids(5, 2, 3))
case({"type": "conv1d", "out": 4, "kernel": 3}, random(2, 2, 7))
case({"type": "conv1d", "out": 4, "kernel": 3, "stride": 2, "padding": 2, "dilation": 2, "groups": 2}, random(2, 2, 9))
case({"type": "conv1d", "out": 3, "kernel": 1, "bias": False}, random(2, 4, 3))
for kind, make in (("maxPool1d", distinct), ("avgPool1d", random)):
    case({"type": kind, "kernel": 2}, make(2, 3, 7))
    case({"type": kind, "kernel": 3, "stride": 1, "padding": 1}, make(2, 3, 6))
case({"type": "reshape", "shape": [3, 4]}, image(2, 3, 2, 2))
case({"type": "slice", "axis": 0, "start": 1, "end": 3}, random(2, 4, 2))
case({"type": "slice", "axis": -1, "start": 0, "end": 2}, image(2, 3, 2, 3))
for kind in ("mean", "sum"):
    case({"type": kind}, random(3, 4))
    case({"type": kind, "axis": 0, "keepDim": True}, image(2, 3, 2, 2))
case({"type": "sequential", "layers": [{"type": "linear", "out": 3}, {"type": "tanh"}, {"type": "linear", "out": 2}]},
     random(4, 3))
case({"type": "residual", "layers": [{"type": "linear", "out": 3}, {"type": "tanh"}]}, random(4, 3))
case({"type": "residual", "layers": [{"type": "conv2d", "out": 3, "kernel": 3, "stride": 2, "padding": 1}],
      "shortcut": [{"type": "conv2d", "out": 3, "kernel": 1, "stride": 2}, {"type": "batchNorm2d"}]}, image(3, 2, 4, 4))
case({"type": "layerNorm", "bias": False}, random(2, 4))
case({"type": "rmsNorm"}, random(3, 5, low=-2, high=3))
case({"type": "rmsNorm", "eps": 0.01}, random(2, 3, 4))
case({"type": "embedding", "vocab": 5, "dim": 3}, ids(5, 4, 3))
case({"type": "positionalEmbedding", "context": 4}, random(2, 3, 5))
case({"type": "positionalEmbedding", "context": 3, "kind": "sinusoidal"}, random(2, 3, 5))
attention = {"type": "multiHeadAttention", "heads": 2}
case(attention, random(2, 3, 4))
case({**attention, "causal": True, "bias": False}, random(2, 3, 4))
case(attention, random(3, 2, 4), random(3, 5, 4), ids(5, 3, first=1))
case({**attention, "names": "gpt2", "causal": True}, random(2, 3, 4))
case({**attention, "names": "llama"}, random(2, 4, 4), ids(4, 2, first=1))
case({**attention, "kvHeads": 1, "rope": True, "ropeBase": 100.0, "causal": True, "bias": False}, random(2, 5, 8))
block = {"heads": 2, "ff": 6, "dropout": 0.0}
case({"type": "transformerEncoderLayer", **block}, random(3, 4, 4), ids(4, 3, first=1))
case({"type": "transformerEncoderLayer", **block, "activation": "gelu", "normFirst": True, "causal": True},
     random(2, 3, 4))
case({"type": "transformerDecoderLayer", **block}, random(3, 3, 4), random(3, 5, 4), ids(5, 3, first=1))
case({"type": "transformerDecoderLayer", **block, "causal": False, "normFirst": True}, random(2, 3, 4), random(2, 2, 4))
small = {"type": "gpt", "vocab": 5, "context": 4, "layers": 1, "heads": 2, "dim": 4, "ff": 6}
case(small, ids(5, 2, 4))
case({**small, "tied": False, "mlp": "swiglu", "bias": False, "position": "sinusoidal"}, ids(5, 2, 3))
case({**small, "dim": 8, "norm": "rmsNorm", "mlp": "swiglu", "position": "rope", "kvHeads": 1}, ids(5, 2, 4))
case({**small, "norm": "rmsNorm", "tied": False}, ids(5, 2, 4))
case({"type": "transpose"}, random(2, 3, 5))
case({"type": "transpose"}, image(2, 2, 3, 4))

write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json"),
      {"source": f"PyTorch {torch.__version__}, tests/golden/layers.py", "cases": cases})
print(f"{len(cases)} cases")
