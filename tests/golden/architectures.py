"""
Writes architectures.json: for each architecture the names and shapes of PyTorch's state dictionary, and for most the
logits of two inputs, in float64, under weights that are a function of their names (generator.py).

    python tests/golden/architectures.py
"""

import json
import math
import re
import warnings
from pathlib import Path

import numpy as np
from torchEnvironment import torch, torchvision
from torch import nn

import architectureNets as own
from generator import batch, uniform

models = torchvision.models
CLASSES = 12


def narrow(module, channels, area, hidden):
    """AlexNet or VGG with narrower linear layers behind a smaller pooling."""
    module.avgpool = nn.AdaptiveAvgPool2d(area)
    first, second, third = [layer for layer in module.classifier if isinstance(layer, nn.Linear)]
    sizes = [(channels * area * area, hidden), (hidden, hidden), (hidden, CLASSES)]
    for name, layer in list(module.classifier.named_children()):
        if layer in (first, second, third):
            setattr(module.classifier, name, nn.Linear(*sizes.pop(0)))
    return module


def vgg(depth, norm=False, names_only=False):
    name = f"vgg{depth}_bn" if norm else f"vgg{depth}"
    if names_only:
        return f"vgg{depth}", {"batchNorm": norm}, lambda: getattr(models, name)(), 224, False
    build = lambda: narrow(getattr(models, name)(num_classes=CLASSES), 512, 1, 64)
    return f"vgg{depth}", {"classes": CLASSES, "batchNorm": norm, "hidden": 64, "pooled": 1, "size": 32}, build, 32, True


def vision(identity, build, size, forward=True):
    params = {"classes": CLASSES, "size": size} if forward else {}
    return identity, params, lambda: build(**({"num_classes": CLASSES} if forward else {})), size, forward


def without_auxiliary(build):
    return lambda **options: build(aux_logits=False, init_weights=False, **options)


CASES = [
    ("perceptron", {"classes": 3, "channels": 2, "size": 4}, lambda: own.perceptron(3, 2, 4), (2, 4), True),
    ("mlp", {"classes": 3, "size": 4, "hidden": [7, 5], "activation": "tanh"},
     lambda: own.mlp([16, 7, 5, 3], nn.Tanh), (1, 4), True),
    ("lenet5", {}, lambda: own.lenet5(nn.ReLU, nn.MaxPool2d, 2), (1, 28), True),
    ("lenet5", {"size": 32, "padding": 0, "activation": "tanh", "pooling": "average"},
     lambda: own.lenet5(nn.Tanh, nn.AvgPool2d, 0), (1, 32), True),
    ("gapCnn", {}, lambda: own.gap_cnn(10, 16), 64, True),
    ("smallResNet", {}, lambda: own.small_resnet(10, 16, 2), 64, True),
    *[(f"cifarResNet{n}", {}, lambda n=n: own.cifar_resnet(n), 32, n == 20) for n in (20, 32, 44, 56, 110)],
    ("wideResNet28_10", {}, lambda: own.wide_resnet(10), 32, False),
    ("wideResNet28_10", {"widening": 1}, lambda: own.wide_resnet(1), 32, True),
    ("alexNet", {}, models.alexnet, 224, False),
    ("alexNet", {"classes": CLASSES, "hidden": 64, "pooled": 2, "size": 127},
     lambda: narrow(models.alexnet(num_classes=CLASSES), 256, 2, 64), 127, True),
    *[vgg(depth, norm, names_only=True) for depth in (11, 13, 16, 19) for norm in (False, True)],
    vgg(11), vgg(11, True), vgg(16),
    vision("squeezeNet1_0", models.squeezenet1_0, 64), vision("squeezeNet1_1", models.squeezenet1_1, 64),
    vision("googLeNet", without_auxiliary(models.googlenet), 64),
    vision("inceptionV3", without_auxiliary(models.inception_v3), 75),
    vision("resNet18", models.resnet18, 64), vision("resNet34", models.resnet34, 224, False),
    vision("resNet50", models.resnet50, 64), vision("resNet101", models.resnet101, 224, False),
    vision("resNet152", models.resnet152, 224, False),
    vision("denseNet121", models.densenet121, 64), vision("mobileNetV2", models.mobilenet_v2, 64),
    vision("efficientNetB0", models.efficientnet_b0, 64), vision("convNeXtTiny", models.convnext_tiny, 64),
]  # fmt: skip
"""Id, Loupe's parameters, PyTorch's module, input size (with channels unless 3), whether logits are compared."""


def bounds(name, shape):
    """The range of a parameter's values; architectures.test.ts has the same."""
    leaf = name.rpartition(".")[2]
    if leaf == "layer_scale":
        return 0.2, 0.5
    if len(shape) > 1:
        bound = math.sqrt(6 / math.prod(shape[1:]))
        return -bound, bound
    return (0.8, 1.2) if leaf == "running_var" else (-0.1, 0.1) if leaf in ("bias", "running_mean") else (0.8, 1.2)


def logits(module, shape):
    for name, value in module.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.from_numpy(uniform(name, value.shape, *bounds(name, value.shape))))
    result = module.double().eval()(torch.from_numpy(batch([0, 1], shape)).double()).numpy()
    difference = np.abs(result[0] - result[1]).max() / np.abs(result).max()
    assert np.isfinite(result).all() and difference > 0.01, f"the logits hardly depend on the input ({difference})"
    return [[float(f"{value:.9g}") for value in row] for row in result]


def state(module):
    """Names and shapes as a tree; equal branches under consecutive numbers are one: `1-3`."""
    tree = {}
    for name, value in module.state_dict().items():
        *path, leaf = name.split(".")
        if leaf != "num_batches_tracked":
            branch = tree
            for part in path:
                branch = branch.setdefault(part, {})
            branch[leaf] = "x".join(map(str, value.shape))
    return merged(tree)


def merged(tree):
    if isinstance(tree, str):
        return tree
    result, last = {}, None
    for key, branch in ((key, merged(branch)) for key, branch in tree.items()):
        follows = last is not None and re.fullmatch(r"\d+", key) and int(key) == last[2] + 1 and branch == result[last[0]]
        if follows:
            del result[last[0]]
            last = (f"{last[1]}-{key}", last[1], int(key))
        else:
            last = (key, int(key), int(key)) if re.fullmatch(r"\d+", key) else None
        result[last[0] if last else key] = branch
    return result


def main():
    warnings.filterwarnings("ignore")
    cases = []
    for identity, params, build, size, forward in CASES:
        channels, extent = size if isinstance(size, tuple) else (3, size)
        torch.manual_seed(0)
        module = build()
        case = {"id": identity, "params": params, "state": state(module)}
        if forward:
            case["logits"] = logits(module, (channels, extent, extent))
        cases.append(case)
        print(identity, params, flush=True)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    header = f'"torch":"{torch.__version__}","torchvision":"{torchvision.__version__}"'
    Path(__file__).with_name("architectures.json").write_text(f'{{{header},"cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    with torch.no_grad():
        main()
