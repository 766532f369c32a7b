"""The one place that swaps the functions behind nn.ReLU, nn.MaxPool2d and the like.

Every torch.nn module and every torchvision network calls them through torch.nn.functional, so replacing
them there reaches shared, in-place and functional uses alike.
"""

from contextlib import contextmanager

from torchEnvironment import torch
from torch.nn import functional as F

KINKED = {"relu": [0.0], "hardtanh": [0.0, 6.0], "hardswish": [-3.0, 3.0], "hardsigmoid": [-3.0, 3.0]}
"""Where each activation's derivative jumps; nn.ReLU6 calls hardtanh."""

ORIGINAL = {name: getattr(F, name) for name in [*KINKED, "max_pool2d"]}
SMOOTH_RELU = {"softplus": F.softplus, "silu": F.silu, "tanh": torch.tanh, "elu": F.elu}


@contextmanager
def replaced(functions):
    before = {name: getattr(F, name) for name in functions}
    for name, function in functions.items():
        setattr(F, name, function)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(F, name, function)


def smooth(relu="softplus"):
    """The smooth twin: the same architecture, but differentiable everywhere."""
    return replaced(
        {
            "relu": lambda x, inplace=False: SMOOTH_RELU[relu](x),
            "hardtanh": lambda x, low=-1, high=1, inplace=False: F.silu(x),
            "hardswish": lambda x, inplace=False: F.silu(x),
            "hardsigmoid": lambda x, inplace=False: torch.sigmoid(x),
            "max_pool2d": lambda x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False:
                F.avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad=False),
        }
    )  # fmt: skip


def _distance_to_tie(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """How far apart the two largest elements of each max-pool window are (exact ties are harmless zeros)."""
    pairs = lambda value: value if isinstance(value, tuple) else (value, value)
    kernel, pad = pairs(kernel_size), pairs(padding)
    step = pairs(stride or kernel_size)
    extra = [s - 1 if ceil_mode else 0 for s in step]
    padded = F.pad(x, (pad[1], pad[1] + extra[1], pad[0], pad[0] + extra[0]), value=-1e30)
    windows = padded.unfold(2, kernel[0], step[0]).unfold(3, kernel[1], step[1])
    top = windows.reshape(*windows.shape[:4], -1).topk(2).values
    gap = (top[..., 0] - top[..., 1]) / 2
    return torch.where(gap == 0, torch.full_like(gap, 1e30), gap)


@contextmanager
def recorded(log):
    """Appends (value entering each kinked function, distance of each unit to its kink) to `log`."""

    def activation(name):
        def call(x, *args, **kwargs):
            distance = torch.stack([(x - kink).abs() for kink in KINKED[name]]).amin(0)
            log.append((x.detach().clone(), distance.detach()))
            return ORIGINAL[name](x, *args, **kwargs)

        return call

    def max_pool2d(x, *args, **kwargs):
        log.append((x.detach().clone(), _distance_to_tie(x.detach(), *args, **kwargs)))
        return ORIGINAL["max_pool2d"](x, *args, **kwargs)

    with replaced({**{name: activation(name) for name in KINKED}, "max_pool2d": max_pool2d}):
        yield
