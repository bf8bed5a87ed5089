"""Writes schedules.json: learning rates of torch.optim.lr_scheduler, step by step."""
import torch
from encoding import encode, uniform, write
from torch.optim import lr_scheduler as lr

BASE, STEPS, PER_EPOCH = 0.2, 60, 5


def rates(make, per=1, metrics=None, base=BASE):
    """The rate of each update; the scheduler steps after every `per` updates."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler, list_ = make(optimizer), []
    for step in range(STEPS):
        list_.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % per == 0 and step + 1 < STEPS:
            scheduler.step(*([metrics[step // per]] if metrics else []))
    return list_


def case(options, make, per=1, metrics=None):
    document = {"options": options, "rates": encode(torch.tensor(rates(make, per, metrics), dtype=torch.float64))}
    if metrics:
        document["metrics"] = metrics
    return document


def warmup(after, steps, start=1 / 3):
    return lambda o: lr.SequentialLR(
        o, [lr.LinearLR(o, start_factor=start, total_iters=steps), after(o)], milestones=[steps]
    )


E = PER_EPOCH
falling = [1 / (1 + i) for i in range(STEPS)]
stalled = [float(v) for v in (1 + uniform(5, [STEPS], -0.05, 0.05))]
rising = [-v for v in stalled]

cases = [
    case("constant", lambda o: lr.ConstantLR(o, factor=1.0)),
    case({"type": "step", "stepSize": 3}, lambda o: lr.StepLR(o, 3), E),
    case({"type": "step", "stepSize": 7, "gamma": 0.5, "unit": "step"}, lambda o: lr.StepLR(o, 7, 0.5)),
    case("linear", lambda o: lr.LinearLR(o, 1.0, 0.0, STEPS)),
    case(
        {"type": "linear", "startFactor": 0.25, "endFactor": 0.75, "totalIters": 20},
        lambda o: lr.LinearLR(o, 0.25, 0.75, 20),
    ),
    case(
        {"type": "linear", "hold": 0.25, "endFactor": 0.1, "totalIters": 40},
        lambda o: lr.SequentialLR(o, [lr.ConstantLR(o, factor=1.0), lr.LinearLR(o, 1.0, 0.1, 30)], milestones=[10]),
    ),
    case("cosine", lambda o: lr.CosineAnnealingLR(o, STEPS)),
    case({"type": "cosine", "tMax": 24, "etaMin": 0.01}, lambda o: lr.CosineAnnealingLR(o, 24, 0.01)),
    case({"type": "cosine", "unit": "epoch"}, lambda o: lr.CosineAnnealingLR(o, STEPS // E), E),
    case("oneCycle", lambda o: lr.OneCycleLR(o, BASE, STEPS, cycle_momentum=False)),
    case(
        {"type": "oneCycle", "maxLr": 3, "pctStart": 0.45, "annealStrategy": "linear", "divFactor": 10, "finalDivFactor": 100},
        lambda o: lr.OneCycleLR(
            o, 3.0, STEPS, pct_start=0.45, anneal_strategy="linear", div_factor=10, final_div_factor=100, cycle_momentum=False
        ),
    ),
    case(
        {"type": "oneCycle", "threePhase": True, "pctStart": 0.27},
        lambda o: lr.OneCycleLR(o, BASE, STEPS, pct_start=0.27, three_phase=True, cycle_momentum=False),
    ),
    case({"type": "warmup", "steps": 8}, warmup(lambda o: lr.ConstantLR(o, factor=1.0), 8)),
    case(
        {"type": "warmup", "steps": 10, "startFactor": 0.1, "after": {"type": "step", "stepSize": 9, "unit": "step"}},
        warmup(lambda o: lr.StepLR(o, 9), 10, 0.1),
    ),
    case({"type": "reduceOnPlateau"}, lambda o: lr.ReduceLROnPlateau(o), 1, falling),
    case({"type": "reduceOnPlateau", "patience": 3}, lambda o: lr.ReduceLROnPlateau(o, patience=3), 1, stalled),
    case(
        {"type": "reduceOnPlateau", "patience": 0, "factor": 0.5, "cooldown": 2, "thresholdMode": "abs", "threshold": 0.01, "minLr": 0.002},
        lambda o: lr.ReduceLROnPlateau(
            o, patience=0, factor=0.5, cooldown=2, threshold_mode="abs", threshold=0.01, min_lr=0.002
        ),
        1,
        stalled,
    ),
    case(
        {"type": "reduceOnPlateau", "mode": "max", "patience": 2, "eps": 0.01},
        lambda o: lr.ReduceLROnPlateau(o, mode="max", patience=2, eps=0.01),
        1,
        [2 + v for v in rising],
    ),
    case(
        {"type": "reduceOnPlateau", "mode": "max", "patience": 1, "thresholdMode": "abs", "threshold": 0.02},
        lambda o: lr.ReduceLROnPlateau(o, mode="max", patience=1, threshold_mode="abs", threshold=0.02),
        1,
        [2 + v for v in rising],
    ),
]
write(
    __file__.replace(".py", ".json"),
    {"lr": BASE, "steps": STEPS, "stepsPerEpoch": PER_EPOCH, "cases": cases},
)
