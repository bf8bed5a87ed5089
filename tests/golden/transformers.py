"""Transformers of torch.nn's pieces under Trainyard's parameter names, for models.py and layers.py.

What PyTorch has, is PyTorch's (MultiheadAttention, TransformerEncoderLayer, TransformerDecoderLayer, Embedding,
LayerNorm); the rest is written as nanoGPT and Llama write it. All take sequences batch first; lengths say how many keys
are there.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def padding(lengths, size):
    """True where a key is not there, as key_padding_mask."""
    return None if lengths is None else torch.arange(size) >= lengths.reshape(-1, 1)


def later(size):
    """True where a key comes after its query, as attn_mask."""
    return torch.ones(size, size, dtype=torch.bool).triu(1)


def sort_out(inputs):
    """(x, memory, lengths) of what a layer is given: lengths have no positions."""
    memory = [v for v in inputs[1:] if v.dim() > 2]
    lengths = [v for v in inputs[1:] if v.dim() <= 2]
    return inputs[0], memory[0] if memory else None, lengths[0] if lengths else None


class PositionalEmbedding(nn.Module):
    def __init__(self, context, dim, kind="learned"):
        super().__init__()
        if kind == "learned":
            self.weight = nn.Parameter(torch.randn(context, dim))
        else:
            place = torch.arange(context).double()[:, None]
            angles = place * 10000.0 ** (-torch.arange(0, dim, 2).double() / dim)
            table = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :dim].float()
            self.register_buffer("table", table, persistent=False)

    def forward(self, x):
        return x + (self.weight if hasattr(self, "weight") else self.table)[:x.shape[1]]


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class MultiHeadAttention(nn.MultiheadAttention):
    def __init__(self, dim, heads, causal=False, bias=True, dropout=0.0):
        super().__init__(dim, heads, dropout, bias, batch_first=True)
        self.causal = causal

    def forward(self, *inputs):
        x, memory, lengths = sort_out(inputs)
        keys = x if memory is None else memory
        mask = later(x.shape[1]) if self.causal else None
        return super().forward(x, keys, keys, padding(lengths, keys.shape[1]), False, mask)[0]


def attend(q, k, v, causal, lengths=None):
    """Heads [*, heads, T, width]; fewer heads of keys and values are shared."""
    k, v = (t.repeat_interleave(q.shape[1] // t.shape[1], 1) for t in (k, v))
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(later(q.shape[2]), -torch.inf)
    if lengths is not None:
        scores = scores.masked_fill(padding(lengths, k.shape[2])[:, None, None], -torch.inf)
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def rotate(x, base):
    """Llama's rotary positions for heads [*, heads, T, width]; the table as float32 holds it."""
    width = x.shape[-1]
    angles = torch.arange(x.shape[2]).double()[:, None] * base ** (-torch.arange(0, width, 2).double() / width)
    cosine, sine = (f(torch.cat([angles, angles], -1)).float().to(x.dtype) for f in (torch.cos, torch.sin))
    a, b = x.chunk(2, -1)
    return x * cosine + torch.cat([-b, a], -1) * sine


class LlamaAttention(nn.Module):
    def __init__(self, dim, heads, kv_heads, causal=True, bias=False, rope=True, base=10000.0):
        super().__init__()
        self.width, self.causal, self.rope, self.base = dim // heads, causal, rope, base
        self.q_proj = nn.Linear(dim, dim, bias)
        self.k_proj = nn.Linear(dim, self.width * kv_heads, bias)
        self.v_proj = nn.Linear(dim, self.width * kv_heads, bias)
        self.o_proj = nn.Linear(dim, dim, bias)

    def forward(self, *inputs):
        x, memory, lengths = sort_out(inputs)
        keys = x if memory is None else memory
        q, k, v = (p(t).unflatten(-1, (-1, self.width)).transpose(1, 2)
                   for p, t in ((self.q_proj, x), (self.k_proj, keys), (self.v_proj, keys)))
        if self.rope:
            q, k = rotate(q, self.base), rotate(k, self.base)
        return self.o_proj(attend(q, k, v, self.causal, lengths))


class Gpt2Attention(nn.Module):
    def __init__(self, dim, heads, causal=True, bias=True):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.c_attn, self.c_proj = nn.Linear(dim, 3 * dim, bias), nn.Linear(dim, dim, bias)

    def forward(self, x):
        q, k, v = (t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in self.c_attn(x).chunk(3, -1))
        return self.c_proj(attend(q, k, v, self.causal))


def multi_head_attention(o, dim):
    heads, kv_heads, rope = o["heads"], o.get("kvHeads", o["heads"]), o.get("rope", False)
    causal, bias = o.get("causal", False), o.get("bias", True)
    names = o.get("names", "llama" if rope or kv_heads != heads else "torch")
    if names == "llama":
        return LlamaAttention(dim, heads, kv_heads, causal, bias, rope, o.get("ropeBase", 10000.0))
    if names == "gpt2":
        return Gpt2Attention(dim, heads, causal, bias)
    return MultiHeadAttention(dim, heads, causal, bias, o.get("dropout", 0.0))


class EncoderLayer(nn.TransformerEncoderLayer):
    def __init__(self, dim, o):
        super().__init__(dim, o["heads"], o.get("ff", 2048), o.get("dropout", 0.1), o.get("activation", "relu"),
                         batch_first=True, norm_first=o.get("normFirst", False))
        self.causal = o.get("causal", False)

    def forward(self, x, lengths=None):
        return super().forward(x, later(x.shape[1]) if self.causal else None, padding(lengths, x.shape[1]))


class DecoderLayer(nn.TransformerDecoderLayer):
    def __init__(self, dim, o):
        super().__init__(dim, o["heads"], o.get("ff", 2048), o.get("dropout", 0.1), o.get("activation", "relu"),
                         batch_first=True, norm_first=o.get("normFirst", False))
        self.causal = o.get("causal", True)

    def forward(self, x, memory, lengths=None):
        return super().forward(x, memory, later(x.shape[1]) if self.causal else None,
                               memory_key_padding_mask=padding(lengths, memory.shape[1]))


class LayerNorm(nn.Module):
    """nn.LayerNorm, which PyTorch 1.13 cannot make without a bias."""

    def __init__(self, dim, eps, bias):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps
        self.bias = nn.Parameter(torch.zeros(dim)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class Gpt(nn.Module):
    """As Trainyard's gpt: nanoGPT's names with layer norms, Llama's with RMS norms."""

    def __init__(self, o):
        super().__init__()
        dim, llama = o["dim"], o.get("norm", "layerNorm") == "rmsNorm"
        self.llama, bias = llama, o.get("bias", not llama)
        norm = (lambda: RMSNorm(dim, o.get("eps", 1e-6))) if llama else lambda: LayerNorm(dim, o.get("eps", 1e-5), bias)
        position, heads = o.get("position", "learned"), o["heads"]
        kv_heads, rope, inner = o.get("kvHeads", heads), position == "rope", o.get("ff", 4 * dim)
        self.add_module("embed_tokens" if llama else "wte", nn.Embedding(o["vocab"], dim))
        self.positions = "embed_positions" if llama else "wpe"
        if not rope:
            self.add_module(self.positions, PositionalEmbedding(o["context"], dim, position))
        blocks = nn.ModuleList()
        for _ in range(o["layers"]):
            attention = (LlamaAttention(dim, heads, kv_heads, True, bias, rope, o.get("ropeBase", 10000.0))
                         if llama or rope or kv_heads != heads else Gpt2Attention(dim, heads, True, bias))
            if o.get("mlp", "gelu") == "swiglu":
                mlp = {"gate_proj": nn.Linear(dim, inner, bias), "up_proj": nn.Linear(dim, inner, bias),
                       "down_proj": nn.Linear(inner, dim, bias)}
            else:
                names = ("up_proj", "down_proj") if llama else ("c_fc", "c_proj")
                mlp = {names[0]: nn.Linear(dim, inner, bias), names[1]: nn.Linear(inner, dim, bias)}
            names = ("input_layernorm", "self_attn", "post_attention_layernorm") if llama else ("ln_1", "attn", "ln_2")
            blocks.append(nn.ModuleDict({names[0]: norm(), names[1]: attention, names[2]: norm(),
                                         "mlp": nn.ModuleDict(mlp)}))
        self.add_module("layers" if llama else "h", blocks)
        self.add_module("norm" if llama else "ln_f", norm())
        self.lm_head = nn.Linear(dim, o["vocab"], bias=False)
        if o.get("tied", True):
            self.lm_head.weight = self.tokens().weight

    def tokens(self):
        return self.embed_tokens if self.llama else self.wte

    def forward(self, ids):
        x = self.tokens()(ids)
        if hasattr(self, self.positions):
            x = getattr(self, self.positions)(x)
        for block in self.layers if self.llama else self.h:
            before_attention, attention, before_mlp, mlp = block.values()
            x = x + attention(before_attention(x))
            v, parts = before_mlp(x), list(mlp.values())
            v = F.silu(parts[0](v)) * parts[1](v) if len(parts) == 3 else F.gelu(parts[0](v), approximate="tanh")
            x = x + parts[-1](v)
        return self.lm_head((self.norm if self.llama else self.ln_f)(x))


LAYERS = {
    "embedding": lambda o, s: nn.Embedding(o["vocab"], o["dim"]),
    "positionalEmbedding": lambda o, s: PositionalEmbedding(o["context"], s[-1], o.get("kind", "learned")),
    "rmsNorm": lambda o, s: RMSNorm(s[-1], o.get("eps", 1e-6)),
    "multiHeadAttention": lambda o, s: multi_head_attention(o, s[-1]),
    "transformerEncoderLayer": lambda o, s: EncoderLayer(s[-1], o),
    "transformerDecoderLayer": lambda o, s: DecoderLayer(s[-1], o),
    "gpt": lambda o, s: Gpt(o),
}


class Nodes(nn.Module):
    """A described graph of layers; `sizes` are the sizes of one example's inputs by name."""

    def __init__(self, nodes, sizes, layers):
        super().__init__()
        self.nodes, self.names = nodes, list(sizes)
        with torch.no_grad():
            values = {name: torch.ones([1] + size, dtype=torch.long) for name, size in sizes.items()}
            before = self.names[0]
            for node in nodes:
                inputs = [values[name] for name in node.get("inputs", [before])]
                module = layers[node["type"]](node, list(inputs[0].shape[1:])).eval()
                self.add_module(node["name"], module)
                values[node["name"]] = module(*inputs)
                before = node["name"]
        self.train()

    def forward(self, *inputs):
        values, before = dict(zip(self.names, inputs)), self.names[0]
        for node in self.nodes:
            values[node["name"]] = getattr(self, node["name"])(*(values[n] for n in node.get("inputs", [before])))
            before = node["name"]
        return values[before]
