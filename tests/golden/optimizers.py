"""Writes optimizers.json: what torch.optim makes of given gradients, step by step."""
import torch
from encoding import encode, uniform, write

SIZE, STEPS = 13, 8
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}
SNAKE = {"weightDecay": "weight_decay"}

CASES = [
    {"type": "sgd", "lr": 0.1},
    {"type": "sgd", "lr": 0.1, "weightDecay": 0.01},
    {"type": "sgd", "lr": 0.05, "momentum": 0.9},
    {"type": "sgd", "lr": 0.05, "momentum": 0.9, "dampening": 0.5},
    {"type": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True, "weightDecay": 0.1},
    {"type": "adam"},
    {"type": "adam", "lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3, "weightDecay": 0.1},
    {"type": "adam", "lr": 0.01, "amsgrad": True},
    {"type": "adamw"},
    {"type": "adamw", "lr": 0.02, "betas": [0.7, 0.9], "weightDecay": 0.3},
    {"type": "adamw", "lr": 0.01, "amsgrad": True, "weightDecay": 0.05},
    {"type": "rmsprop"},
    {"type": "rmsprop", "lr": 0.003, "alpha": 0.9, "eps": 1e-4, "weightDecay": 0.1},
    {"type": "rmsprop", "momentum": 0.9},
    {"type": "rmsprop", "centered": True},
    {"type": "rmsprop", "centered": True, "momentum": 0.5, "alpha": 0.95},
]
# Penalties in the loss itself: l1 sum |p| + l2 / 2 sum p^2.
PENALISED = [({"type": "sgd", "lr": 0.1}, 0.02, 0.0), ({"type": "adam", "lr": 0.01}, 0.01, 0.05)]


def run(options, dtype, l1=0.0, l2=0.0):
    parameter = torch.nn.Parameter(torch.tensor(START, dtype=dtype))
    arguments = {SNAKE.get(k, k): v for k, v in options.items() if k != "type"}
    if options["type"] == "sgd":
        arguments.setdefault("lr", 1e-3)
    optimizer = CLASSES[options["type"]]([parameter], **arguments)
    after = []
    for step in range(STEPS):
        if step == 5:  # a change while training
            optimizer.param_groups[0]["lr"] *= 0.5
        p = parameter.detach()
        parameter.grad = torch.tensor(GRADIENTS[step], dtype=dtype) + l1 * torch.sign(p) + l2 * p
        optimizer.step()
        after.append(parameter.detach().clone())
    return torch.stack(after)


START = uniform(1, [SIZE], -2, 2)
GRADIENTS = uniform(2, [STEPS, SIZE], -1, 1)
GRADIENTS[:, 3] = 0  # a dead unit
GRADIENTS[:, 4] *= 2.0**-12  # a tiny gradient


def case(options, l1=0.0, l2=0.0):
    return {
        "options": options,
        "l1": l1,
        "l2": l2,
        "after32": encode(run(options, torch.float32, l1, l2)),
        "after64": encode(run(options, torch.float64, l1, l2)),
    }


def clipping():
    cases = []
    for norm in (0.5, 2.0, 100.0):
        parameter = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
        parameter.grad = torch.tensor(GRADIENTS[0], dtype=torch.float64)
        before = torch.nn.utils.clip_grad_norm_([parameter], norm)
        cases.append({"maxNorm": norm, "norm": float(before), "clipped": encode(parameter.grad)})
    return cases


write(
    __file__.replace(".py", ".json"),
    {
        "start": encode(START),
        "gradients": encode(GRADIENTS),
        "halvedAt": 5,
        "cases": [case(o) for o in CASES] + [case(*c) for c in PENALISED],
        "clipping": clipping(),
    },
)
