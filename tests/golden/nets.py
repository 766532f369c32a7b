"""Which networks have golden numbers, how they are built, and how their weights are drawn."""

import copy
import math
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Callable

import numpy as np
from torchEnvironment import torch, torchvision
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

import ownNets
from activations import smooth
from generator import batch, uniform

models = torchvision.models
# The fused attention of eval mode has no ONNX counterpart; the exporter needs the ordinary operators.
torch.backends.mha.set_fastpath_enabled(False)


@dataclass
class Net:
    build: Callable[[], nn.Module]
    size: tuple
    """Input height and width of the golden numbers; not square where the network allows it."""
    channels: int = 3
    smooth: str = ""
    """What stands for ReLU in the smooth twin; empty for the real network."""
    opset: int = 17
    exporter: str = "legacy"
    fused: bool = True
    """Convolution and batch norm become one, as PyTorch's exporter does it for a network in eval mode."""
    layer: str = ""
    """The module whose output Grad-CAM is taken at."""
    bench: int = 0
    """The input size at which the bench runs this graph; 0: it does not."""
    numbers: bool = True
    methods: bool = False
    same: str = ""
    """Another network whose numbers this one has to have as well, bit for bit."""
    dynamic: list = field(default_factory=lambda: ["batch"])

    def activations(self):
        return smooth(self.smooth) if self.smooth else nullcontext()

    def shape(self):
        return (self.channels, *self.size)

    def example(self):
        return torch.from_numpy(batch([0, 1], self.shape()))


def narrow_head(module, area, classes=20):
    """A VGG or AlexNet whose linear layers fit a small image: the 138 million weights are not the point."""
    module.avgpool = nn.AdaptiveAvgPool2d(area)
    wide = [layer for layer in module.classifier if isinstance(layer, nn.Linear)][0]
    channels = wide.in_features // (36 if isinstance(module, models.AlexNet) else 49)
    module.classifier = nn.Sequential(
        nn.Linear(channels * area[0] * area[1], 64), nn.ReLU(True), nn.Dropout(), nn.Linear(64, 64), nn.ReLU(True),
        nn.Dropout(), nn.Linear(64, classes),
    )  # fmt: skip
    return module


def small_vit():
    return models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=3, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=20
    )


def googlenet():
    return models.googlenet(aux_logits=False, init_weights=False)


def inception():
    return models.inception_v3(aux_logits=False, init_weights=False)


def vgg(depth):
    build = {11: models.vgg11, 16: models.vgg16}[depth]
    return lambda: narrow_head(build(num_classes=20), (2, 1))


FAMILIES = {
    "alexnet": (lambda: narrow_head(models.alexnet(num_classes=20), (2, 1)), "softplus", Net(None, (95, 79), layer="features.11")),
    "vgg11": (vgg(11), "tanh", Net(None, (64, 32), layer="features.19")),
    "vgg16": (vgg(16), "softplus", Net(None, (64, 32), layer="features.29")),
    "squeezenet1_1": (models.squeezenet1_1, "softplus", Net(None, (56, 48), layer="features.12", bench=224)),
    "googlenet": (googlenet, "softplus", Net(None, (56, 48), layer="inception5b", bench=224)),
    "inception_v3": (inception, "softplus", Net(None, (75, 91), layer="Mixed_7c", bench=299)),
    "resnet18": (models.resnet18, "softplus", Net(None, (56, 48), layer="layer4", bench=224)),
    "resnet50": (models.resnet50, "silu", Net(None, (56, 48), layer="layer4", bench=224)),
    "densenet121": (models.densenet121, "softplus", Net(None, (48, 40), layer="features.norm5", bench=224)),
    "mobilenet_v2": (models.mobilenet_v2, "silu", Net(None, (56, 48), layer="features", bench=224)),
    "mobilenet_v3_small": (models.mobilenet_v3_small, "elu", Net(None, (56, 48), layer="features")),
    "shufflenet_v2_x1_0": (models.shufflenet_v2_x1_0, "softplus", Net(None, (56, 48), layer="conv5")),
    "efficientnet_b0": (models.efficientnet_b0, None, Net(None, (56, 48), layer="features")),
    "convnext_tiny": (models.convnext_tiny, None, Net(None, (56, 48), layer="features")),
    "vit_small": (small_vit, None, Net(None, (32, 32))),
    "lenet5": (ownNets.LeNet5, None, Net(None, (32, 32), channels=1, layer="features.4")),
}  # fmt: skip
"""Name, how to build it, what makes it smooth (None: it is smooth as it is), the rest."""

OWN = {
    "plain": (ownNets.Plain, "features"),
    "globalPool": (ownNets.GlobalPool, "features"),
    "residual": (ownNets.Residual, "block2"),
    "sharedRelu": (lambda: ownNets.ManyRelus("shared"), "conv3"),
    "inplaceRelu": (lambda: ownNets.ManyRelus("inplace"), "conv3"),
    "functionalRelu": (lambda: ownNets.ManyRelus("functional"), "conv3"),
}


def _all_nets():
    nets = {}
    for name, (build, relu, net) in FAMILIES.items():
        nets[name] = copy.copy(net)
        nets[name].build = build
        if relu is not None:
            twin = copy.copy(net)
            twin.build, twin.smooth, twin.bench = build, relu, 0
            nets[f"{name}_smooth"] = twin
    for name, (build, layer) in OWN.items():
        nets[name] = Net(build, (32, 32), layer=layer, methods=True)
    nets["inplaceRelu"].same = nets["functionalRelu"].same = "sharedRelu"
    nets["vgg16_224"] = Net(models.vgg16, (224, 224), layer="features.29", bench=224, numbers=False)
    # What other exporter settings leave behind.
    nets["resnet18_unfused"] = Net(models.resnet18, (56, 48), smooth="softplus", opset=13, fused=False)
    nets["mobilenet_v3_small_opset13"] = Net(models.mobilenet_v3_small, (56, 48), smooth="silu", opset=13)
    nets["vit_small_opset14"] = Net(small_vit, (32, 32), opset=14)
    nets["resnet18_dynamo"] = Net(models.resnet18, (56, 48), smooth="softplus", opset=18, exporter="dynamo")
    nets["convnext_tiny_dynamo"] = Net(models.convnext_tiny, (56, 48), opset=18, exporter="dynamo")
    nets["vit_small_dynamo"] = Net(small_vit, (32, 32), opset=18, exporter="dynamo")
    nets["shufflenet_v2_x1_0_anySize"] = Net(
        models.shufflenet_v2_x1_0, (56, 48), smooth="softplus", dynamic=["batch", "height", "width"]
    )
    return nets


NETS = _all_nets()


def build(net):
    """The module in eval mode, batch norms folded into convolutions unless the network says otherwise."""
    torch.manual_seed(0)
    module = net.build().eval().requires_grad_(False)
    if net.fused:
        with net.activations():
            fuse_batch_norms(module, net.example())
    return module


def fuse_batch_norms(module, example):
    """Folds each batch norm whose input is a convolution's output, as PyTorch's ONNX exporter does."""
    producers, pairs = {}, []

    def watch(layer, inputs, output):
        if isinstance(layer, nn.Conv2d):
            producers[id(output)] = (layer, output)
        elif isinstance(layer, nn.BatchNorm2d) and id(inputs[0]) in producers:
            pairs.append((producers[id(inputs[0])][0], layer))

    hooks = [layer.register_forward_hook(watch) for layer in module.modules()]
    module(example)
    for hook in hooks:
        hook.remove()
    names = {layer: name for name, layer in module.named_modules()}
    for convolution, norm in pairs:
        module.set_submodule(names[convolution], fuse_conv_bn_eval(convolution, norm))
        module.set_submodule(names[norm], nn.Identity())


def weights_of(module):
    """Name → float tensor, parameters and running statistics alike."""
    return {name: value for name, value in module.state_dict().items() if value.is_floating_point()}


def draw(module, example):
    """
    Draws all weights; returns name → (low, high). Kaiming-like, then each convolution and linear layer is
    scaled, first to last, so that its output has unit deviation: deep random networks stay in range.
    """
    owners = {name: owner for name, owner in module.named_modules()}
    ranges = {name: _range(owners, name, value.shape) for name, value in weights_of(module).items()}
    for name, value in weights_of(module).items():
        value.copy_(torch.from_numpy(uniform(name, value.shape, *ranges[name])))

    def calibrate(name):
        def hook(layer, inputs, output):
            key = f"{name}.weight"
            shape = (-1, 1, 1) if isinstance(layer, nn.Conv2d) else (-1,)
            bias = 0 if layer.bias is None else layer.bias.view(shape)
            deviation = float((output - bias).std())
            ranges[key] = tuple(float(f"{end / deviation:.5g}") for end in ranges[key])
            layer.weight.copy_(torch.from_numpy(uniform(key, layer.weight.shape, *ranges[key])))
            return layer.forward(*inputs)

        return hook

    hooks = [
        layer.register_forward_hook(calibrate(name))
        for name, layer in module.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    ]
    module(example)
    for hook in hooks:
        hook.remove()
    return ranges


def _range(owners, name, shape):
    owner, _, leaf = name.rpartition(".")
    norm = isinstance(owners[owner], (nn.BatchNorm2d, nn.LayerNorm))
    if leaf == "running_var" or (norm and leaf == "weight"):
        return 0.8, 1.2
    if leaf == "layer_scale":
        return 0.2, 0.5
    if len(shape) < 2:
        return -0.1, 0.1
    if leaf in ("class_token", "pos_embedding"):
        return -0.5, 0.5
    bound = float(f"{math.sqrt(3 / np.prod(shape[1:])):.5g}")
    return -bound, bound
