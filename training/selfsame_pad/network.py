# SPDX-License-Identifier: Apache-2.0
"""The student: a small depthwise-separable network, 80x80 BGR 0..255 to three classes."""

import onnx
import onnx.numpy_helper
import torch
from torch import nn

CLASSES = ("screen", "live", "print or other")
LIVE = 1


def convolution(inputs, outputs, kernel, stride, groups=1, activation=True):
    """Convolution without bias, batch norm, and usually a ReLU."""
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
              nn.BatchNorm2d(outputs)]
    if activation:
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


class Block(nn.Module):
    """Depthwise 3x3, pointwise 1x1, and a shortcut where the shapes allow one."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.f = nn.Sequential(convolution(inputs, inputs, 3, stride, inputs),
                               convolution(inputs, outputs, 1, 1, activation=False))
        self.shortcut = inputs == outputs and stride == 1
        self.a = nn.ReLU()

    def forward(self, x):
        y = self.f(x)
        return self.a(x + y) if self.shortcut else self.a(y)


class Student(nn.Module):
    """Logits of the classes; with `maps` also the maps that imitate the teacher's.

    The last map is pooled by one learned 5x5 weight per channel, which starts as the
    plain average: where in the crop something is seen matters (a bezel is at the rim).
    """

    def __init__(self, start=32, early=96, middle=240, late=480):
        super().__init__()
        self.map_channels = (early, middle, late, late)
        self.stem = nn.Sequential(convolution(3, start, 3, 2), Block(start, early, 2),
                                  *[Block(early, early, 1) for _ in range(2)])
        self.mid = nn.Sequential(Block(early, middle, 2),
                                 *[Block(middle, middle, 1) for _ in range(5)])
        self.top = nn.Sequential(Block(middle, late, 2), Block(late, late, 1))
        self.pool = nn.Conv2d(late, late, 5, groups=late, bias=False)
        nn.init.constant_(self.pool.weight, 1 / 25)
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(late, len(CLASSES))

    def forward(self, x, maps=False):
        x = (x - 127.5) * (1 / 64)
        early = self.stem(x)
        middle = self.mid(early)
        late = self.top(middle)
        pooled = self.pool(late).flatten(1)
        logits = self.fc(self.drop(pooled))
        return (logits, (early, middle, late, pooled)) if maps else logits


class Probabilities(nn.Module):
    """The network as shipped: softmax inside the graph."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return torch.softmax(self.network(x), 1)


def load_exported(network, path):
    """Take the weights of an exported network, whose normalisations lie in its convolutions."""
    graph = onnx.load(str(path)).graph
    weights = {w.name: torch.from_numpy(onnx.numpy_helper.to_array(w).copy()) for w in graph.initializer}
    nodes = [[weights[name] for name in node.input[1:]] for node in graph.node if node.op_type in ("Conv", "Gemm")]
    folded = [m for m in network.modules() if isinstance(m, nn.Sequential) and isinstance(m[0], nn.Conv2d)]
    with torch.no_grad():
        for layers, (kernel, bias) in zip(folded, nodes, strict=False):
            layers[0].weight.copy_(kernel)
            layers[1].weight.fill_((1 + layers[1].eps) ** 0.5)
            layers[1].bias.copy_(bias)
        network.pool.weight.copy_(nodes[-2][0])
        network.fc.weight.copy_(nodes[-1][0])
        network.fc.bias.copy_(nodes[-1][1])


def keep_normalisations(network):
    """Let no batch change what a normalisation takes for mean and variance."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
