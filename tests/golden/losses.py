"""Writes losses.json: the mean of every loss over a batch, and its gradient by the output, by PyTorch in double.

    /usr/bin/python3 tests/golden/losses.py

Without sample weights the mean is that of PyTorch's `reduction="mean"`; with them it is the mean of the rows' losses
so weighed. README.md describes the file.
"""
import os

import torch
import torch.nn.functional as F

from encoding import encode, uniform, write

cases = []
seeds = iter(range(1, 10_000))


def random(*shape, low=-2.0, high=2.0):
    return torch.from_numpy(uniform(next(seeds), shape, low, high, 256)).double() + (high - low) / 512


def ids(count, *shape):
    return torch.from_numpy(uniform(next(seeds), shape, 0, count, count)).floor().long()


def shares(*shape):
    """Dense targets that are exact in float32 and sum to one along the last axis."""
    parts = torch.from_numpy(uniform(next(seeds), shape, 0, 8, 8)).floor().double()
    parts[..., 0] += 64 - parts.sum(-1)
    return parts / 64


def cross_entropy(o):
    weight = torch.tensor(o["classWeights"]).double() if "classWeights" in o else None

    def loss(x, y, reduction):
        # PyTorch has the classes on axis 1, Trainyard on the last.
        to = (lambda t: t.movedim(-1, 1)) if x.dim() > 2 else (lambda t: t)
        return F.cross_entropy(to(x), to(y) if y.is_floating_point() else y, weight, reduction=reduction,
                               ignore_index=o.get("ignoreIndex", -100), label_smoothing=o.get("labelSmoothing", 0.0))

    return loss


def dense(function):
    return lambda x, y, reduction: function(x, y.reshape(x.shape), reduction=reduction)


LOSSES = {
    "crossEntropy": cross_entropy,
    "bceWithLogits": lambda o: dense(lambda x, y, reduction: F.binary_cross_entropy_with_logits(
        x, y, reduction=reduction, pos_weight=torch.tensor(o["posWeight"]).double() if "posWeight" in o else None)),
    "mse": lambda o: dense(F.mse_loss),
    "mae": lambda o: dense(F.l1_loss),
    "huber": lambda o: dense(lambda x, y, reduction: F.huber_loss(x, y, reduction=reduction, delta=o.get("delta", 1.0))),
}


def case(loss, x, y, weights=None):
    x = x.clone().requires_grad_()
    function = LOSSES[loss["type"]](loss)
    if weights is None:
        mean = function(x, y, "mean")
    else:
        rows = function(x, y, "none").reshape(len(x), -1)
        if loss["type"] != "crossEntropy":
            divisor, rows = weights.sum(), rows.mean(1)
        elif y.is_floating_point():
            divisor, rows = weights.sum() * rows.shape[1], rows.sum(1)
        else:
            of_class = torch.tensor(loss.get("classWeights", [1.0] * x.shape[-1])).double()
            counts = torch.where(y == loss.get("ignoreIndex", -100), 0.0, of_class[y.clamp(0)]).reshape(len(x), -1)
            divisor, rows = (weights * counts.sum(1)).sum(), rows.sum(1)
        mean = (weights * rows).sum() / divisor
    (gradient,) = torch.autograd.grad(mean, [x])
    cases.append({
        "loss": loss,
        "output": encode(x),
        "target": encode(y),
        **({"weights": encode(weights)} if weights is not None else {}),
        "mean": float(mean),
        "gradient": encode(gradient),
    })


def ignoring(y, index):
    y = y.clone()
    y.view(-1)[::3] = index
    return y


CLASS_WEIGHTS = [0.5, 2.0, 1.25, 3.0, 0.75]
for options in ({}, {"labelSmoothing": 0.1}, {"classWeights": CLASS_WEIGHTS},
                {"labelSmoothing": 0.25, "classWeights": CLASS_WEIGHTS}):
    described = {"type": "crossEntropy", **options}
    case(described, random(6, 5), ids(5, 6))
    case(described, random(6, 5), shares(6, 5))
    case(described, random(6, 5), ids(5, 6), random(6, low=0.25, high=2.25))
    case(described, random(6, 5), shares(6, 5), random(6, low=0.25, high=2.25))
    case(described, random(3, 4, 5), ids(5, 3, 4))
    case(described, random(3, 4, 5), shares(3, 4, 5))
    case(described, random(3, 4, 5), ids(5, 3, 4), random(3, low=0.25, high=2.25))
    case(described, random(3, 4, 5), shares(3, 4, 5), random(3, low=0.25, high=2.25))
    case(described, random(6, 5), ignoring(ids(5, 6), -100))
    case({**described, "ignoreIndex": 2}, random(3, 4, 5), ignoring(ids(5, 3, 4), 2))
case({"type": "crossEntropy"}, random(4, 3, low=-200, high=200), ids(3, 4))

for options in ({}, {"posWeight": [2.5]}, {"posWeight": [0.5, 1.0, 4.0]}):
    described = {"type": "bceWithLogits", **options}
    case(described, random(5, 3), random(5, 3, low=0, high=1))
    case(described, random(5, 3), random(5, 3, low=0, high=1), random(5, low=0.25, high=2.25))
    case(described, random(2, 4, 3), random(2, 4, 3, low=0, high=1))
case({"type": "bceWithLogits"}, random(5, 3, low=-200, high=200), random(5, 3, low=0, high=1))
case({"type": "bceWithLogits"}, random(5, 1), ids(2, 5).double())

for described in ({"type": "mse"}, {"type": "mae"}, {"type": "huber"}, {"type": "huber", "delta": 0.5}):
    case(described, random(5, 3), random(5, 3, low=-1.75))
    case(described, random(2, 4, 3), random(2, 4, 3, low=-1.75))
    case(described, random(5, 3), random(5, 3, low=-1.75), random(5, low=0.25, high=2.25))
    case(described, random(5, 1), random(5, low=-1.75))
    same = random(3, 2)
    case(described, same, same)

write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"),
      {"source": f"PyTorch {torch.__version__}, tests/golden/losses.py", "cases": cases})
print(f"{len(cases)} cases")
