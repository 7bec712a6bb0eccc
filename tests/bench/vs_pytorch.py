"""Runs the engine's workloads and the same ones in PyTorch, in alternation, and prints the ratios.
usage: vs_pytorch.py BENCH_PROGRAM [--json] [WORKLOAD…]   (started by tests/bench/run --vs-pytorch)"""
import gzip
import json
import os
import struct
import subprocess
import sys
import time

NAMES = ["mlp", "mlp_b8", "lenet", "keras_cnn", "vgg32", "lstm"]


def peer(name, threads):
    """One workload in PyTorch, in a process of its own: its number of threads cannot be changed later."""
    import numpy as np
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    folder = "/usr/share/datasets/fashion-mnist/"

    def idx(file):
        raw = gzip.open(folder + file).read()
        shape = struct.unpack(">" + "I" * raw[3], raw[4 : 4 + 4 * raw[3]])
        return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)

    class Lstm(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.out = nn.LSTM(28, 128, batch_first=True), nn.Linear(128, 10)

        def forward(self, x):
            return self.out(self.rnn(x)[0][:, -1])

    def conv(i, o, k, pad):
        return [nn.Conv2d(i, o, k, padding=pad), nn.ReLU()]

    pool = nn.MaxPool2d(2)
    if name.startswith("mlp"):
        net, shape, samples = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)), (784,), 12000
        if name == "mlp_b8":
            samples = 6000
    elif name == "lenet":
        net = nn.Sequential(*conv(1, 6, 5, 2), pool, *conv(6, 16, 5, 0), pool, nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84),
                            nn.ReLU(), nn.Linear(84, 10))
        shape, samples = (1, 28, 28), 12000
    elif name == "keras_cnn":
        net = nn.Sequential(*conv(1, 32, 3, 0), pool, *conv(32, 64, 3, 0), pool, nn.Flatten(), nn.Linear(1600, 10))
        shape, samples = (1, 28, 28), 4096
    elif name == "vgg32":
        layers, c = [], 3
        for w in (32, 64, 128):
            layers += conv(c, w, 3, 1) + conv(w, w, 3, 1) + [pool]
            c = w
        net, shape, samples = nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 256), nn.ReLU(), nn.Linear(256, 10)), (3, 32, 32), 768
    else:
        net, shape, samples = Lstm(), (28, 28), 4096
    batch = {"mlp_b8": 8, "keras_cnn": 128}.get(name, 64)
    if name == "vgg32":
        x, y = torch.rand(samples, *shape), torch.randint(0, 10, (samples,))
    else:
        x = torch.from_numpy(idx("train-images-idx3-ubyte.gz")[:samples].astype(np.float32) / 255).reshape(samples, *shape)
        y = torch.from_numpy(idx("train-labels-idx1-ubyte.gz")[:samples].astype(np.int64))
    optimiser, loss = torch.optim.Adam(net.parameters(), 1e-3), nn.CrossEntropyLoss()
    rates = []
    for _ in range(4):
        order, t = torch.randperm(samples), time.perf_counter()
        for i in range(0, samples - batch + 1, batch):
            rows = order[i : i + batch]
            optimiser.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            optimiser.step()
        rates.append(samples // batch * batch / (time.perf_counter() - t))
    net.eval()
    one = x[:1]

    def timed(f, warm, n):
        for _ in range(warm):
            f()
        t = time.perf_counter()
        for _ in range(n):
            f()
        return (time.perf_counter() - t) / n

    def gradients():
        steps = torch.linspace(0, 1, 50).reshape(-1, *[1] * len(shape))
        way = (steps * one).requires_grad_()
        (g,) = torch.autograd.grad(net(way)[:, 3].sum(), way)
        return g.mean(0) * one[0]

    convolutions = [i for i, m in enumerate(net) if isinstance(m, nn.Conv2d)] if isinstance(net, nn.Sequential) else []

    def grad_cam():
        cut = convolutions[-1] + 1
        maps = net[:cut](one)
        (g,) = torch.autograd.grad(net[cut:](maps)[:, 3].sum(), maps)
        cam = torch.relu((g.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True))
        return nn.functional.interpolate(cam, shape[1:], mode="bilinear")

    with torch.no_grad():
        forward = timed(lambda: net(one), 20, 200)
    figures = {"train": float(np.median(rates[1:])), "forward_us": forward * 1e6, "ig50_ms": timed(gradients, 2, 20) * 1e3}
    if convolutions:
        figures["gradcam_ms"] = timed(grad_cam, 5, 50) * 1e3
    print(json.dumps(figures))


def main():
    if sys.argv[1] == "--peer":
        return peer(sys.argv[2], int(sys.argv[3]))
    bench, rest = sys.argv[1], sys.argv[2:]
    wanted = [a for a in rest if not a.startswith("-")] or NAMES
    results = {}
    for name in wanted:
        ours, theirs = [], []
        for _ in range(2):  # in alternation, so that a noisy machine troubles both
            ours.append(json.loads(subprocess.check_output([bench, "--json", name]))[name])
            for threads in sorted({1, os.cpu_count()}):
                theirs.append(json.loads(subprocess.check_output([sys.executable, __file__, "--peer", name, str(threads)])))
        own = {k: (max if k == "train" else min)(r[k] for r in ours) for k in ours[0]}
        other = {k: (max if k == "train" else min)(r[k] for r in theirs) for k in theirs[0]}
        ratio = {k: own[k] / other[k] if k == "train" else other[k] / own[k] for k in own}
        results[name] = {"vitrine": own, "pytorch": other, "ratio": ratio}
        if "--json" not in rest:
            cam = f"   Grad-CAM {own['gradcam_ms']:7.3f} / {other['gradcam_ms']:7.3f} ms = {ratio['gradcam_ms']:5.1f}×" if "gradcam_ms" in own else ""
            print(f"{name:10s} train {own['train']:9.0f} / {other['train']:7.0f} samples/s = {ratio['train']:5.1f}×   "
                  f"forward of one {own['forward_us']:7.1f} / {other['forward_us']:7.1f} µs = {ratio['forward_us']:5.1f}×   "
                  f"IG50 {own['ig50_ms']:7.2f} / {other['ig50_ms']:7.2f} ms = {ratio['ig50_ms']:5.1f}×{cam}", flush=True)
    if "--json" in rest:
        print(json.dumps(results))


main()
