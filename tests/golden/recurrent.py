"""Recurrent networks and layers over time of torch.nn's pieces, for models.py and layers.py.

Batch first; lengths say how many steps of a row are there. Parameter names are PyTorch's own.
"""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Recurrent(nn.Module):
    """The sequence, or the top layer's last valid state with both directions side by side."""

    def forward(self, x, lengths=None):
        steps = x.shape[1]
        if lengths is not None:
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        y, last = super().forward(x)
        if self.whole:
            return y if lengths is None else pad_packed_sequence(y, batch_first=True, total_length=steps)[0]
        h = last[0] if isinstance(last, tuple) else last
        return torch.cat([h[-2], h[-1]], -1) if self.bidirectional else h[-1]


class Rnn(Recurrent, nn.RNN):
    pass


class Lstm(Recurrent, nn.LSTM):
    pass


class Gru(Recurrent, nn.GRU):
    pass


def recurrent(make):
    def of(o, s):
        extra = {"nonlinearity": o["nonlinearity"]} if "nonlinearity" in o else {}
        layer = make(s[-1], o["hidden"], o.get("layers", 1), bias=o.get("bias", True), batch_first=True,
                     dropout=o.get("dropout", 0.0), bidirectional=o.get("bidirectional", False), **extra)
        layer.whole = o.get("output", "sequence") == "sequence"
        return layer
    return of


class LstmText(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.embedding = nn.Embedding(o["vocab"], o["dim"])
        self.lstm = nn.LSTM(o["dim"], o["hidden"], o.get("layers", 1), batch_first=True)
        self.head = nn.Linear(o["hidden"], o["vocab"])

    def forward(self, ids):
        return self.head(self.lstm(self.embedding(ids))[0])


LAYERS = {
    "rnn": recurrent(Rnn),
    "lstm": recurrent(Lstm),
    "gru": recurrent(Gru),
    "lstmText": lambda o, s: LstmText(o),
    "conv1d": lambda o, s: nn.Conv1d(
        s[0], o["out"], o["kernel"], o.get("stride", 1), o.get("padding", 0), o.get("dilation", 1), o.get("groups", 1),
        o.get("bias", True)),
    "maxPool1d": lambda o, s: nn.MaxPool1d(o["kernel"], o.get("stride"), o.get("padding", 0)),
    "avgPool1d": lambda o, s: nn.AvgPool1d(o["kernel"], o.get("stride"), o.get("padding", 0)),
}
