# Makes layers.npz: single layers of PyTorch, forward and backward, in double, stored as float32. Inputs and outputs are
# stored channels last; parameters in PyTorch's own layout.
import numpy as np
import torch
from torch import nn

torch.manual_seed(20)
torch.set_default_dtype(torch.double)
arrays = {}


def last(t):  # channels last
    return t.permute(0, *range(2, t.dim()), 1) if t.dim() > 2 else t


def first(t):
    return t.permute(0, t.dim() - 1, *range(1, t.dim() - 1)) if t.dim() > 2 else t


def add(name, module, shape, channels=True, take=lambda out: out):
    for p in module.parameters():
        nn.init.uniform_(p, -0.8, 0.8)
    x = torch.randn(3, *shape, requires_grad=True)
    y = take(module(first(x) if channels else x))
    y = last(y) if channels else y
    dy = torch.randn_like(y)
    named = list(module.named_parameters())
    grads = torch.autograd.grad(y, [x] + [p for _, p in named], dy)
    arrays[name + ".x"], arrays[name + ".y"], arrays[name + ".dy"], arrays[name + ".grad.x"] = x, y, dy, grads[0]
    for (key, p), g in zip(named, grads[1:]):
        arrays[f"{name}.param.{key}"], arrays[f"{name}.grad.{key}"] = p, g


def final(out):  # the last state of each direction, side by side
    h = out[1][0] if isinstance(out[1], tuple) else out[1]
    return torch.cat(list(h), 1)


add("conv2d_dilated", nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(2, 1), dilation=(2, 3)), (9, 8, 2))
add("conv2d_grouped", nn.Conv2d(4, 6, 3, padding=1, groups=2), (5, 6, 4))
add("conv2d_depthwise", nn.Conv2d(3, 6, 3, padding=1, groups=3), (6, 5, 3))
add("conv1d", nn.Conv1d(3, 4, 3, stride=2, padding=1), (9, 3))
add("conv1d_dilated", nn.Conv1d(2, 4, 3, padding=4, dilation=4, groups=2, bias=False), (12, 2))
add("layernorm", nn.LayerNorm(6), (4, 6), channels=False)
add("prelu", nn.PReLU(), (11,), channels=False)
for name, module in {"elu": nn.ELU(), "selu": nn.SELU(), "gelu": nn.GELU(), "silu": nn.SiLU(), "softplus": nn.Softplus(),
                     "hard_sigmoid": nn.Hardsigmoid(), "hard_tanh": nn.Hardtanh(), "leaky_relu": nn.LeakyReLU(), "sigmoid": nn.Sigmoid()}.items():
    add(name, module, (40,), channels=False)
for name, kind in {"simple_rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}.items():
    add(name + "_last", kind(3, 5, batch_first=True), (6, 3), channels=False, take=final)
    add(name + "_sequence", kind(3, 5, batch_first=True), (6, 3), channels=False, take=lambda out: out[0])
    add(name + "_both_ways", kind(2, 4, batch_first=True, bidirectional=True), (5, 2), channels=False, take=final)
    add(name + "_both_ways_sequence", kind(2, 4, batch_first=True, bidirectional=True), (5, 2), channels=False, take=lambda out: out[0])
np.savez("layers.npz", **{k: v.detach().numpy().astype(np.float32) for k, v in arrays.items()})
