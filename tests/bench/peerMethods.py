"""
PyTorch's side of `npm run bench -- methods`: what a careful user would write, a function each. The parameters of the
networks need no gradient; batches are of the size that PyTorch likes best here (larger ones were slower).
"""

import math

from torchEnvironment import torch
from torch import nn
from torch.nn import functional as F

GAUSS_LEGENDRE = {}


def gauss_legendre(steps):
    if steps not in GAUSS_LEGENDRE:
        import numpy as np

        nodes, weights = np.polynomial.legendre.leggauss(steps)
        GAUSS_LEGENDRE[steps] = [torch.tensor(values, dtype=torch.float32) for values in ((nodes + 1) / 2, weights / 2)]
    return GAUSS_LEGENDRE[steps]


def batch_gradient(module, images):
    leaf = images.detach().requires_grad_(True)
    return torch.autograd.grad(module(leaf)[:, 0].sum(), leaf)[0]


def integrated_gradients(module, x, steps=50, internal=10):
    nodes, weights = gauss_legendre(steps)
    total = torch.zeros_like(x)
    for start in range(0, steps, internal):
        alpha = nodes[start : start + internal, None, None, None]
        slopes = batch_gradient(module, alpha * x)
        total += (weights[start : start + internal, None, None, None] * slopes).sum(0, keepdim=True)
    return x * total


def smooth_grad(module, x, samples=25, internal=5):
    total = torch.zeros_like(x)
    sigma = 0.15 * (x.max() - x.min())
    for _ in range(0, samples, internal):
        noisy = x + sigma * torch.randn(internal, *x.shape[1:])
        total += batch_gradient(module, noisy).sum(0, keepdim=True)
    return total / samples


def guided_backprop(module, x):
    """Hooks on the ReLU modules, as the libraries do it."""
    hooks = []
    for child in module.modules():
        if isinstance(child, nn.ReLU):
            child.inplace = False
            hooks.append(child.register_full_backward_hook(lambda _, slopes, __: (slopes[0].clamp(min=0),)))
    try:
        return batch_gradient(module, x)
    finally:
        for hook in hooks:
            hook.remove()


def pgd(module, x, steps=10, epsilon=8 / 255, step=2 / 255):
    labels = torch.zeros(len(x), dtype=torch.long)
    adversarial = (x + torch.empty_like(x).uniform_(-epsilon, epsilon)).clamp(0, 1)
    for _ in range(steps):
        leaf = adversarial.detach().requires_grad_(True)
        loss = F.cross_entropy(module(leaf), labels, reduction="sum")
        slope = torch.autograd.grad(loss, leaf)[0]
        moved = adversarial + step * slope.sign()
        adversarial = torch.minimum(torch.maximum(moved, x - epsilon), x + epsilon).clamp(0, 1)
    return adversarial


class ChannelVisualization:
    """Lucid's recipe: Fourier parameterization, decorrelated colour, pad, jitter, scale, rotate, jitter, Adam."""

    def __init__(self, trunk, size=128, channel=0):
        self.trunk, self.size, self.channel = trunk, size, channel
        rows = torch.fft.fftfreq(size)[:, None]
        columns = torch.fft.rfftfreq(size)[None]
        self.scale = 1 / torch.maximum((rows**2 + columns**2).sqrt(), torch.tensor(1 / size))
        self.spectrum = (0.01 * torch.randn(1, 3, size, size // 2 + 1, 2)).requires_grad_(True)
        self.optimizer = torch.optim.Adam([self.spectrum], lr=0.05)
        colours = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]])
        self.colours = colours / colours.norm(dim=0).max()
        self.mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
        self.std = torch.tensor([0.229, 0.224, 0.225])[:, None, None]

    def image(self):
        spectrum = torch.view_as_complex(self.spectrum) * self.scale
        plain = torch.fft.irfft2(spectrum, s=(self.size, self.size), norm="ortho")
        return torch.sigmoid(torch.einsum("dc,nchw->ndhw", self.colours, plain / 4))

    def transformed(self, image):
        padded = F.pad(image, (12, 12, 12, 12), value=0.5)
        side = padded.shape[-1] - 8
        y, x = torch.randint(0, 9, (2,)).tolist()
        jittered = padded[..., y : y + side, x : x + side]
        angle = math.radians(torch.empty(1).uniform_(-10, 10).item())
        scale = 1 / torch.empty(1).uniform_(0.9, 1.1).item()
        matrix = scale * torch.tensor([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]])
        grid = F.affine_grid(matrix[None], [1, 3, side - 4, side - 4], align_corners=False)
        return F.grid_sample(jittered, grid, align_corners=False)

    def step(self):
        self.optimizer.zero_grad()
        image = (self.transformed(self.image()) - self.mean) / self.std
        loss = -self.trunk(image)[:, self.channel].mean()
        loss.backward()
        self.optimizer.step()
        return loss


class Gatys:
    """Relu1_1 … 5_1 for the style, relu4_2 for the content, L-BFGS on the pixels."""

    STYLE, CONTENT = {1, 6, 11, 18, 25}, 20

    def __init__(self, features, size=256):
        self.features = features[:26]
        self.content = self.activations(torch.rand(1, 3, size, size))[0].detach()
        self.grams = [gram.detach() for gram in self.activations(torch.rand(1, 3, size, size))[1]]
        self.image = torch.rand(1, 3, size, size).requires_grad_(True)
        self.evaluations = 0

    def activations(self, x):
        content, grams = None, []
        for index, layer in enumerate(self.features):
            if isinstance(layer, nn.ReLU):
                layer.inplace = False
            x = layer(x)
            if index in self.STYLE:
                flat = x.flatten(2)[0]
                grams.append(flat @ flat.T / flat.numel())
            if index == self.CONTENT:
                content = x
        return content, grams

    def run(self, iterations, history=20):
        optimizer = torch.optim.LBFGS([self.image], max_iter=iterations, history_size=history, tolerance_grad=0, tolerance_change=0)

        def closure():
            optimizer.zero_grad()
            content, grams = self.activations(self.image)
            style = sum(F.mse_loss(gram, wanted) for gram, wanted in zip(grams, self.grams))
            x = self.image
            tv = (x[..., 1:, :] - x[..., :-1, :]).pow(2).sum() + (x[..., 1:] - x[..., :-1]).pow(2).sum()
            loss = F.mse_loss(content, self.content) + 1e3 * style + 1e-6 * tv
            loss.backward()
            self.evaluations += 1
            return loss

        optimizer.step(closure)


class BasicBlock(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.pad = (after - before) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad)) if self.pad else x
        return F.relu(y + shortcut)


def resnet20():
    """He et al. 2016, section 4.2, with option A shortcuts: 32x32 inputs, 10 classes."""
    widths = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
    blocks = [BasicBlock(*width) for width in widths]
    stem = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    module = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    for child in module.modules():
        # As it was trained: the usual initial weights vanish in 20 layers, and denormal numbers are slow.
        if isinstance(child, nn.Conv2d):
            nn.init.kaiming_normal_(child.weight)
    return module


def lenet5():
    """The form in use today: ReLU, max-pooling, 28x28 padded by 2."""
    features = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    classifier = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*features, nn.Flatten(), *classifier)


class Trainer:
    """Cross-entropy, SGD with momentum and weight decay, batch norms with the statistics of the batch."""

    def __init__(self, net, batch):
        self.module = {"lenet5": lenet5, "resnet20": resnet20}[net]().train()
        shape = (1, 28, 28) if net == "lenet5" else (3, 32, 32)
        self.images = torch.rand(batch, *shape)
        self.labels = torch.arange(batch) % 10
        self.optimizer = torch.optim.SGD(self.module.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)

    def steps(self, count):
        for _ in range(count):
            self.optimizer.zero_grad()
            F.cross_entropy(self.module(self.images), self.labels).backward()
            self.optimizer.step()
        return count
