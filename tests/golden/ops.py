"""Writes ops.json: values and gradients of single operations in double, by PyTorch, for the op-case harness.

    /usr/bin/python3 tests/golden/ops.py

A case names PyTorch's function, its options, inputs, a cotangent, and what PyTorch makes of them. README.md describes
the file. Inputs lie on a coarse grid, exact in float32 too; where a function has a kink they keep away from it.
"""
import os

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from encoding import encode, uniform, write

cases = []
seeds = iter(range(1, 10_000))


def random(*shape, low=-1.0, high=1.0, steps=256):
    """On a grid shifted by half a step, so never exactly 0, where some functions have a kink."""
    half = (high - low) / steps / 2
    return torch.from_numpy(uniform(next(seeds), shape, low, high, steps)).double() + half


def distinct(*shape):
    """All values different, in random order: a maximum is never a tie."""
    count = torch.tensor(shape).prod().item()
    order = torch.from_numpy(uniform(next(seeds), [count], steps=1 << 24)).argsort()
    return ((order.double() - count / 2) / 64).reshape(shape)


def ids(count, *shape):
    return torch.from_numpy(uniform(next(seeds), shape, 0, count, count)).floor().long()


def case(name, torch_name, function, inputs, options=None, differentiate=None, note="", state=None):
    """Runs `function(**inputs)` and records output, cotangent and the gradients of the floating-point inputs."""
    names = differentiate or [key for key, value in inputs.items() if value.is_floating_point()]
    leaves = {k: v.clone().requires_grad_(k in names) if v.is_floating_point() else v for k, v in inputs.items()}
    output = function(**leaves)
    cotangent = random(*output.shape)
    gradients = torch.autograd.grad(output, [leaves[key] for key in names], cotangent)
    cases.append({
        "name": name,
        "torch": torch_name,
        **({"note": note} if note else {}),
        "options": options or {},
        "inputs": {key: encode(value) for key, value in inputs.items()},
        "output": encode(output),
        "cotangent": encode(cotangent),
        "gradients": {key: encode(value) for key, value in zip(names, gradients)},
        **({"state": {key: encode(value) for key, value in state().items()}} if state else {}),
    })


def activations():
    functions = {
        "relu": (F.relu, {}), "leakyRelu": (lambda x: F.leaky_relu(x, 0.1), {"slope": 0.1}), "gelu": (F.gelu, {}),
        "geluTanh": (lambda x: F.gelu(x, approximate="tanh"), {"approximate": "tanh"}), "silu": (F.silu, {}),
        "tanh": (torch.tanh, {}), "sigmoid": (torch.sigmoid, {}), "exp": (torch.exp, {}), "square": (torch.square, {}),
    }
    torch_names = {"leakyRelu": "leaky_relu", "geluTanh": "gelu"}
    for name, (function, options) in functions.items():
        case("gelu" if name == "geluTanh" else name, torch_names.get(name, name), lambda x: function(x),
             {"x": random(5, 7, low=-6, high=6)}, options)
    # Far out: nothing overflows, nothing turns into NaN.
    for name in ("gelu", "silu", "tanh", "sigmoid"):
        far = torch.tensor([[-100.0, -30.0, -9.0, -0.001, 0.001, 9.0, 30.0, 100.0]]).double()
        case(name, name, lambda x: functions[name][0](x), {"x": far}, note="far from zero")
    for name, shape in (("softmax", (4, 7)), ("softmax", (3, 2, 5)), ("logSoftmax", (4, 7))):
        function = F.softmax if name == "softmax" else F.log_softmax
        case(name, function.__name__, lambda x: function(x, -1), {"x": random(*shape, low=-8, high=8)}, {"axis": -1})


def products():
    case("linear", "linear", F.linear, {"x": random(5, 7), "weight": random(6, 7), "bias": random(6)})
    case("linear", "linear", F.linear, {"x": random(5, 7), "weight": random(3, 7)}, {"bias": False})
    case("linear", "linear", F.linear, {"x": random(3, 4, 5), "weight": random(6, 5), "bias": random(6)},
         note="on the last axis of three")
    for ta in (False, True):
        for tb in (False, True):
            a, b = random(*((5, 4) if ta else (4, 5))), random(*((6, 5) if tb else (5, 6)))
            case("matmul", "matmul", lambda a, b: (a.T if ta else a) @ (b.T if tb else b), {"a": a, "b": b},
                 {"transposeA": ta, "transposeB": tb})


def convolutions():
    # rows, channels in and out, height and width, kernel, then what conv2d calls its options
    sizes = [
        (2, 1, 3, (5, 6), (3, 3), {}),
        (2, 3, 4, (6, 5), (3, 3), {"padding": 1}),
        (2, 3, 5, (7, 7), (3, 3), {"stride": 2, "padding": 1}),
        (1, 2, 3, (9, 8), (3, 3), {"dilation": 2}),
        (2, 2, 2, (9, 9), (3, 3), {"stride": 2, "padding": 2, "dilation": 2}),
        (2, 4, 6, (5, 5), (3, 3), {"groups": 2, "padding": 1}),
        (2, 4, 4, (5, 5), (3, 3), {"groups": 4, "padding": 1}),
        (2, 4, 8, (6, 6), (3, 3), {"groups": 4, "stride": 2}),
        (3, 5, 6, (4, 4), (1, 1), {}),
        (2, 5, 6, (5, 5), (1, 1), {"stride": 2}),
        (2, 2, 3, (5, 7), (2, 4), {}),
        (2, 2, 3, (7, 6), (5, 3), {"stride": [2, 1], "padding": [2, 1]}),
        (1, 2, 2, (8, 9), (3, 2), {"stride": [1, 2], "padding": [0, 1], "dilation": [2, 3]}),
        (2, 8, 16, (6, 6), (3, 3), {"padding": 1}),
    ]
    for rows, channels, out, image, kernel, options in sizes:
        weight = random(out, channels // options.get("groups", 1), *kernel)
        arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
        case("conv2d", "conv2d", lambda x, weight, bias: F.conv2d(x, weight, bias, **arguments),
             {"x": random(rows, channels, *image), "weight": weight, "bias": random(out)},
             {"kernel": list(kernel), "out": out, **options})
    case("conv2d", "conv2d", lambda x, weight: F.conv2d(x, weight),
         {"x": random(2, 2, 4, 4), "weight": random(3, 2, 3, 3)}, {"kernel": [3, 3], "out": 3, "bias": False})


def pools():
    for image, options in [
        ((6, 6), {"kernel": 2}), ((5, 7), {"kernel": 2}), ((7, 7), {"kernel": 3, "stride": 2}),
        ((7, 6), {"kernel": 3, "stride": 2, "padding": 1}), ((6, 6), {"kernel": 3, "stride": 1}),
        ((6, 8), {"kernel": [2, 3], "stride": [1, 2], "padding": [1, 0]}),
    ]:
        kernel, stride, padding = (tuple(v) if isinstance(v, list) else v
                                   for v in (options["kernel"], options.get("stride"), options.get("padding", 0)))
        case("maxPool2d", "max_pool2d", lambda x: F.max_pool2d(x, kernel, stride, padding),
             {"x": distinct(2, 3, *image)}, options)
        case("avgPool2d", "avg_pool2d", lambda x: F.avg_pool2d(x, kernel, stride, padding),
             {"x": random(2, 3, *image)}, options)
    case("globalAvgPool2d", "adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1),
         {"x": random(2, 5, 4, 3)})
    case("globalMaxPool2d", "adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(x, 1).flatten(1),
         {"x": distinct(2, 5, 4, 3)})


def norms():
    for shape, name in (((6, 5), "batchNorm1d"), ((4, 3, 5, 4), "batchNorm2d"), ((2, 9, 1, 2), "batchNorm2d")):
        channels = shape[1]
        for training in (True, False):
            mean, variance = random(channels), random(channels, low=0.5, high=2)
            before = {"running_mean": mean.clone(), "running_var": variance.clone()}

            def norm(x, weight, bias, running_mean, running_var):
                # F.batch_norm writes into the statistics, which the case keeps as they were before.
                mean, variance = running_mean.detach().clone(), running_var.detach().clone()
                state.update(running_mean=mean, running_var=variance)
                return F.batch_norm(x, mean, variance, weight, bias, training, 0.1, 1e-5)

            state = {}
            case(name, "batch_norm", norm,
                 {"x": random(*shape, low=-2, high=3), "weight": random(channels), "bias": random(channels), **before},
                 {"training": training, "momentum": 0.1, "eps": 1e-5}, differentiate=["x", "weight", "bias"],
                 state=lambda: state)
    for shape in ((4, 7), (3, 2, 5)):
        width = shape[-1]
        case("layerNorm", "layer_norm", lambda x, weight, bias: F.layer_norm(x, (width,), weight, bias),
             {"x": random(*shape, low=-2, high=3), "weight": random(width), "bias": random(width)}, {"eps": 1e-5})


def losses():
    """One number a row (Trainyard's losses); `divisor` is what PyTorch's mean divides their sum by."""
    weights = random(6, low=0.5, high=3)
    both = {"labelSmoothing": 0.2, "classWeights": weights}
    for options in ({}, {"labelSmoothing": 0.1}, {"classWeights": weights}, both):
        smoothing, weight = options.get("labelSmoothing", 0.0), options.get("classWeights")
        written = {**options, **({"classWeights": weights.tolist()} if weight is not None else {})}
        y = ids(6, 5)
        case("crossEntropy", "cross_entropy",
             lambda x, y: F.cross_entropy(x, y, weight, reduction="none", label_smoothing=smoothing),
             {"x": random(5, 6, low=-5, high=5), "y": y},
             {**written, "divisor": 5.0 if weight is None else weight[y].sum().item()}, differentiate=["x"])
        soft = random(5, 6, low=0, high=1)
        case("crossEntropy", "cross_entropy",
             lambda x, y: F.cross_entropy(x, y, weight, reduction="none", label_smoothing=smoothing),
             {"x": random(5, 6, low=-5, high=5), "y": soft / soft.sum(1, keepdim=True)}, {**written, "divisor": 5.0},
             differentiate=["x"], note="soft targets")
    far = torch.tensor([[800.0, -800.0, 0.0], [0.0, 1.0, 900.0]]).double()
    case("crossEntropy", "cross_entropy", lambda x, y: F.cross_entropy(x, y, reduction="none"),
         {"x": far, "y": torch.tensor([0, 1])}, {"divisor": 2.0}, differentiate=["x"], note="logits far apart")
    dense = {
        "mse": ("mse_loss", F.mse_loss, {}),
        "mae": ("l1_loss", F.l1_loss, {}),
        "huber": ("huber_loss", lambda x, y, reduction: F.huber_loss(x, y, reduction=reduction, delta=0.75),
                  {"delta": 0.75}),
    }
    for name, (torch_name, function, options) in dense.items():
        for shape in ((5, 3), (4, 1), (2, 3, 4)):
            case(name, torch_name, lambda x, y: function(x, y, reduction="none").flatten(1).mean(1),
                 {"x": random(*shape, low=-2, high=2), "y": random(*shape, low=-2, high=2.003)},
                 {**options, "divisor": float(shape[0])}, differentiate=["x"])
    for low, high in ((-4, 4), (-200, 200)):
        case("bceWithLogits", "binary_cross_entropy_with_logits",
             lambda x, y: F.binary_cross_entropy_with_logits(x, y, reduction="none").mean(1),
             {"x": random(5, 3, low=low, high=high), "y": random(5, 3, low=0, high=1)}, {"divisor": 5.0},
             differentiate=["x"])


def shapes_and_sums():
    case("add", "add", lambda a, b: a + b, {"a": random(4, 3), "b": random(4, 3)})
    case("mul", "mul", lambda a, b: a * b, {"a": random(4, 3), "b": random(4, 3)})
    case("sub", "sub", lambda a, b: a - b, {"a": random(4, 3), "b": random(4, 3)})
    case("concat", "cat", lambda a, b, c: torch.cat([a, b, c], 1),
         {"a": random(3, 2), "b": random(3, 4), "c": random(3, 1)}, {"axis": 1})
    case("concat", "cat", lambda a, b: torch.cat([a, b], 1),
         {"a": random(2, 2, 3, 4), "b": random(2, 5, 3, 4)}, {"axis": 1}, note="channels of images")
    case("slice", "narrow", lambda x: x.narrow(1, 2, 3), {"x": random(4, 7)}, {"axis": 1, "start": 2, "length": 3})
    case("reshape", "reshape", lambda x: x.reshape(2, 6, 2), {"x": random(2, 3, 4)}, {"shape": [6, 2]})
    case("flatten", "flatten", lambda x: x.flatten(1), {"x": random(2, 3, 4, 5)},
         note="images become rows, channels first")
    for name in ("sum", "mean"):
        case(name, name, lambda x: getattr(x, name)(1), {"x": random(4, 5)}, {"axis": 1})
        case(name, name, lambda x: getattr(x, name)(2), {"x": random(3, 4, 5)}, {"axis": 2})
    case("max", "amax", lambda x: x.amax(1), {"x": distinct(4, 5)}, {"axis": 1})
    case("max", "amax", lambda x: x.amax(2), {"x": random(3, 5, 6, steps=4)}, {"axis": 2}, note="equals share")


def adaptive_pools():
    for out, image in (([2, 2], (4, 4)), ([3, 2], (7, 5)), ([4, 5], (3, 3))):
        case("adaptiveAvgPool2d", "adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, tuple(out)),
             {"x": random(2, 3, *image)}, {"out": out})


def recurrent():
    """One layer, one direction: the sequence, the last state and cell side by side."""
    kinds = {"lstm": (nn.LSTM, 4), "gru": (nn.GRU, 3), "rnn": (nn.RNN, 1)}
    steps, inputs, hidden = 4, 3, 5
    full = {"bias": True, "lengths": True, "states": True}
    for name, options in [
        *((name, options) for name in kinds for options in ({}, full, {**full, "reverse": True})),
        ("rnn", {"nonlinearity": "relu"}),
    ]:
        make, gates = kinds[name]
        rows, width, reverse = 4, gates * hidden, options.get("reverse", False)
        nonlinearity = {"nonlinearity": options["nonlinearity"]} if "nonlinearity" in options else {}
        module = make(inputs, hidden, batch_first=True, bidirectional=reverse, **nonlinearity).double()

        def run(x, weight_ih, weight_hh, bias_ih=None, bias_hh=None, lengths=None, h0=None, c0=None):
            given = {"weight_ih": weight_ih, "weight_hh": weight_hh, "bias_ih": bias_ih, "bias_hh": bias_hh}
            parameters = {key: torch.zeros_like(value) for key, value in module.named_parameters()}
            for key, value in given.items():
                if value is not None:
                    parameters[key + ("_l0_reverse" if reverse else "_l0")] = value
            both = (lambda s: torch.stack([torch.zeros_like(s), s])) if reverse else (lambda s: s[None])
            start = None if h0 is None else both(h0) if c0 is None else (both(h0), both(c0))
            packed = x if lengths is None else pack_padded_sequence(x, lengths, True, False)
            module._flat_weights = [parameters[key] for key in module._flat_weights_names]
            y, last = module(packed, start)
            if lengths is not None:
                y, _ = pad_packed_sequence(y, True, total_length=steps)
            last = last if isinstance(last, tuple) else (last,)
            return torch.cat([y[..., -hidden:].flatten(1), *(state[-1] for state in last)], 1)

        given = {"x": random(rows, steps, inputs), "weight_ih": random(width, inputs), "weight_hh": random(width, hidden)}
        if options.get("bias"):
            given.update(bias_ih=random(width), bias_hh=random(width))
        if options.get("lengths"):
            given["lengths"] = torch.tensor([4, 1, 3, 2])
        if options.get("states"):
            given["h0"] = random(rows, hidden)
            if name == "lstm":
                given["c0"] = random(rows, hidden)
        case(name, make.__name__, run, given, {k: options[k] for k in ("reverse", "nonlinearity") if k in options})


def attend(heads, kv_heads, causal, q, k, v, lengths=None):
    """softmax(q k^T / sqrt(width)) v; q [*, Tq, heads width], k and v [*, Tk, kv_heads width]."""
    def split(x, n):
        return x.unflatten(-1, (n, -1)).transpose(1, 2).repeat_interleave(heads // n, 1)

    scores = split(q, heads) @ split(k, kv_heads).mT / (q.shape[-1] // heads) ** 0.5
    place = torch.arange(k.shape[1])
    if causal:
        scores = scores.masked_fill(place > torch.arange(q.shape[1])[:, None], -torch.inf)
    if lengths is not None:
        scores = scores.masked_fill(place >= lengths[:, None, None, None], -torch.inf)
    return (scores.softmax(-1) @ split(v, kv_heads)).transpose(1, 2).flatten(2)


def rotate(x, width, base=10000.0):
    """Llama's rotary positions; the table as float32 holds it."""
    angles = torch.arange(x.shape[1]).double()[:, None] * base ** (-torch.arange(0, width, 2).double() / width)
    cosine, sine = (f(torch.cat([angles, angles], -1)).float().double() for f in (torch.cos, torch.sin))
    heads = x.unflatten(-1, (-1, width)).transpose(1, 2)
    a, b = heads.chunk(2, -1)
    return (heads * cosine + torch.cat([-b, a], -1) * sine).transpose(1, 2).flatten(2)


def sequences():
    case("embedding", "embedding", F.embedding, {"input": ids(7, 4, 5), "weight": random(7, 6)})
    case("rmsNorm", "x / sqrt(mean(x^2) + eps)",
         lambda x, weight: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight,
         {"x": random(3, 2, 5, low=-2, high=3), "weight": random(5)}, {"eps": 1e-5})
    case("rope", "Llama's", lambda x: rotate(x, 6), {"x": random(2, 5, 12)}, {"width": 6})
    packed = {"heads": 2, "kvHeads": 2, "causal": True}
    case("attention", "softmax", lambda x: attend(2, 2, True, *x.chunk(3, -1)), {"x": random(2, 5, 18)}, packed)
    shared = {"heads": 4, "kvHeads": 2, "causal": True}
    case("attention", "softmax", lambda x, k, v: attend(4, 2, True, x, k, v),
         {"x": random(2, 7, 12), "k": random(2, 7, 6), "v": random(2, 7, 6)}, shared, note="grouped queries")
    case("attention", "softmax", lambda x, k, lengths: attend(2, 2, False, x, *k.chunk(2, -1), lengths),
         {"x": random(3, 4, 6), "k": random(3, 5, 12), "lengths": torch.tensor([5, 1, 3])},
         {"heads": 2, "kvHeads": 2, "causal": False}, note="another sequence, of different lengths")
    case("transpose", "transpose", lambda x: x.transpose(-2, -1), {"x": random(2, 5, 3)})
    case("transpose", "transpose", lambda x: x.transpose(-2, -1), {"x": random(2, 2, 4, 9)})


for family in (activations, products, convolutions, pools, norms, losses, shapes_and_sums, adaptive_pools,
               recurrent, sequences):
    family()
write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ops.json"),
      {"source": f"PyTorch {torch.__version__}, tests/golden/ops.py", "cases": cases})
print(f"{len(cases)} cases")
