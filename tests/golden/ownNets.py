"""Small networks of our own: LeNet-5 and the ones on which every method is checked by hand."""

from torchEnvironment import torch
from torch import nn
from torch.nn import functional as F


class LeNet5(nn.Module):
    """LeCun et al. 1998, with its tanh units and average pools: smooth everywhere."""

    def __init__(self, classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)
        )
        self.classifier = nn.Sequential(
            nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, classes)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class Plain(nn.Module):
    """Convolutions, ReLU, an overlapping max-pool, a hidden linear layer with ReLU."""

    def __init__(self, classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
            nn.Conv2d(8, 12, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(12, 16, 3, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.pool = nn.MaxPool2d(2)
        self.classifier = nn.Sequential(nn.Linear(16 * 16, 24), nn.ReLU(), nn.Linear(24, classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.pool(self.features(x)), 1))


class GlobalPool(nn.Module):
    """Convolutions, global average pool, one linear layer: the network for which CAM is defined."""

    def __init__(self, classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 5, stride=2, padding=2), nn.ReLU(),
            nn.Conv2d(8, 12, 3, padding=1), nn.ReLU(),
            nn.Conv2d(12, 20, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(20, classes)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.features(x)), 1))


class Block(nn.Module):
    def __init__(self, inside, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, out, 3, stride, 1)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1)
        self.relu2 = nn.ReLU()
        same = stride == 1 and inside == out
        self.skip = nn.Identity() if same else nn.Conv2d(inside, out, 1, stride)

    def forward(self, x):
        return self.relu2(self.conv2(self.relu1(self.conv1(x))) + self.skip(x))


class Residual(nn.Module):
    """Two residual blocks, one with an identity and one with a projection as its shortcut."""

    def __init__(self, classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(2))
        self.block1 = Block(8, 8, 1)
        self.block2 = Block(8, 16, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        x = self.block2(self.block1(self.stem(x)))
        return self.fc(torch.flatten(self.pool(x), 1))


class ManyRelus(nn.Module):
    """Three convolutions whose ReLU is one shared module, in place, or a function: one network, three ways."""

    def __init__(self, relu, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(12, 16, 3, stride=2, padding=1)
        self.fc1 = nn.Linear(16 * 64, 20)
        self.fc2 = nn.Linear(20, classes)
        self.relu = {"shared": nn.ReLU(), "inplace": nn.ReLU(inplace=True), "functional": lambda x: F.relu(x)}[relu]

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = self.relu(self.conv2(x))
        x = self.relu(self.conv3(x))
        return self.fc2(self.relu(self.fc1(torch.flatten(x, 1))))
