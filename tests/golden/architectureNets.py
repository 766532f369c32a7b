"""PyTorch's form of the architectures that torchvision has not: what Loupe's are compared with."""

from torchEnvironment import torch
from torch import nn
from torch.nn import functional as F


def perceptron(classes, channels, size):
    class Perceptron(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(channels * size * size, classes)

        def forward(self, x):
            return self.linear(torch.flatten(x, 1))

    return Perceptron()


class Named(nn.Module):
    """Modules one after the other; each `flatten` before the module of that name."""

    def __init__(self, flatten, **modules):
        super().__init__()
        self.order, self.flatten = list(modules), flatten
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x):
        for name in self.order:
            x = getattr(self, name)(torch.flatten(x, 1) if name == self.flatten else x)
        return x


def mlp(widths, activation):
    layers = []
    for inside, out in zip(widths[:-2], widths[1:-1]):
        layers += [nn.Linear(inside, out), activation()]
    return Named("layers", layers=nn.Sequential(*layers, nn.Linear(widths[-2], widths[-1])))


def lenet5(activation, pool, padding):
    features = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=padding), activation(), pool(2), nn.Conv2d(6, 16, 5), activation(), pool(2)
    )
    classifier = nn.Sequential(
        nn.Linear(400, 120), activation(), nn.Linear(120, 84), activation(), nn.Linear(84, 10)
    )
    return Named("classifier", features=features, classifier=classifier)


def gap_cnn(classes, width):
    layers, inside = [], 3
    for maps in (width, "pool", 2 * width, 2 * width, "pool", 4 * width, 4 * width, "pool", 8 * width):
        if maps == "pool":
            layers.append(nn.MaxPool2d(2))
            continue
        layers += [nn.Conv2d(inside, maps, 3, padding=1, bias=False), nn.BatchNorm2d(maps), nn.ReLU()]
        inside = maps
    return Named(
        "fc", features=nn.Sequential(*layers), avgpool=nn.AdaptiveAvgPool2d(1), fc=nn.Linear(inside, classes)
    )


class BasicBlock(nn.Module):
    """He et al. 2016, fig. 5 left, with a projection (B) or padded channels (A) where the shape changes."""

    def __init__(self, inside, out, stride, option):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.padding = None
        if stride != 1 or inside != out:
            if option == "A":
                self.padding, self.stride = out // 4, stride
            else:
                self.downsample = nn.Sequential(nn.Conv2d(inside, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def shortcut(self, x):
        if self.padding is not None:
            return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.padding, self.padding))
        return self.downsample(x) if hasattr(self, "downsample") else x

    def forward(self, x):
        deep = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(deep + self.shortcut(x))


def three_stages(blocks, width, option, stem_stride, head, classes):
    def stage(inside, out, stride):
        rest = [BasicBlock(out, out, 1, option) for _ in range(blocks - 1)]
        return nn.Sequential(BasicBlock(inside, out, stride, option), *rest)

    modules = {
        "conv1": nn.Conv2d(3, width, 3, stem_stride, 1, bias=False),
        "bn1": nn.BatchNorm2d(width),
        "relu": nn.ReLU(),
        "layer1": stage(width, width, 1),
        "layer2": stage(width, 2 * width, 2),
        "layer3": stage(2 * width, 4 * width, 2),
        "avgpool": nn.AdaptiveAvgPool2d(1),
        head: nn.Linear(4 * width, classes),
    }
    return Named(head, **modules)


def cifar_resnet(depth):
    return three_stages((depth - 2) // 6, 16, "A", 1, "linear", 10)


def small_resnet(classes, width, blocks):
    return three_stages(blocks, width, "B", 2, "fc", classes)


class WideBlock(nn.Module):
    """Zagoruyko and Komodakis 2016, fig. 1a; both branches begin at the activated input where the width changes."""

    def __init__(self, inside, out, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inside)
        self.conv1 = nn.Conv2d(inside, out, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        if inside != out:
            self.convShortcut = nn.Conv2d(inside, out, 1, stride, bias=False)

    def forward(self, x):
        active = F.relu(self.bn1(x))
        deep = self.conv2(F.relu(self.bn2(self.conv1(active))))
        return deep + (self.convShortcut(active) if hasattr(self, "convShortcut") else x)


class Group(nn.Module):
    def __init__(self, inside, out, stride):
        super().__init__()
        self.layer = nn.Sequential(WideBlock(inside, out, stride), *[WideBlock(out, out, 1) for _ in range(3)])

    def forward(self, x):
        return self.layer(x)


def wide_resnet(widening):
    one, two, three = 16 * widening, 32 * widening, 64 * widening
    return Named(
        "fc",
        conv1=nn.Conv2d(3, 16, 3, padding=1, bias=False),
        block1=Group(16, one, 1),
        block2=Group(one, two, 2),
        block3=Group(two, three, 2),
        bn1=nn.BatchNorm2d(three),
        relu=nn.ReLU(),
        avgpool=nn.AdaptiveAvgPool2d(1),
        fc=nn.Linear(three, 10),
    )
