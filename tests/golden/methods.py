"""Naive PyTorch implementations of the methods, one function each, straight from the papers."""

import numpy as np
from activations import replaced
from torchEnvironment import torch
from torch.nn import functional as F


def gradient(module, x, target):
    """The signed gradient of one logit: Simonyan et al. 2014."""
    leaf = x.detach().clone().requires_grad_(True)
    module(leaf)[:, target].sum().backward()
    return leaf.grad


def input_times_gradient(module, x, target):
    return x * gradient(module, x, target)


class Guided(torch.autograd.Function):
    """Springenberg et al. 2015: only positive signals pass, and only where the unit was active."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(context, cotangent):
        (x,) = context.saved_tensors
        return cotangent.clamp(min=0) * (x > 0)


class Deconvnet(torch.autograd.Function):
    """Zeiler and Fergus 2014: only positive signals pass, whatever the unit did on the way up."""

    @staticmethod
    def forward(context, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(context, cotangent):
        return cotangent.clamp(min=0)


def with_relu(rule, module, x, target):
    with replaced({"relu": lambda value, inplace=False: rule.apply(value)}):
        return gradient(module, x, target)


def layer_and_gradient(module, layer, x, target):
    """The activation of a layer and the logit's gradient with respect to it."""
    kept = []

    def keep(_, inputs, output):
        kept.append(output.detach().requires_grad_(True))
        # A copy, because an in-place ReLU that follows may not touch a leaf.
        return kept[0].clone()

    hook = module.get_submodule(layer).register_forward_hook(keep)
    logit = module(x)[:, target].sum()
    hook.remove()
    return kept[0].detach(), torch.autograd.grad(logit, kept[0])[0]


def grad_cam(module, layer, x, target):
    """Selvaraju et al. 2017, equations 1 and 2, before the ReLU: [N, h, w]."""
    activation, derivative = layer_and_gradient(module, layer, x, target)
    weights = derivative.mean((2, 3), keepdim=True)
    return (weights * activation).sum(1)


def grad_cam_plus_plus(module, layer, x, target):
    """Chattopadhyay et al. 2018, equations 13 and 19, with the powers of the first derivative: [N, h, w]."""
    a, g = layer_and_gradient(module, layer, x, target)
    denominator = 2 * g**2 + a.sum((2, 3), keepdim=True) * g**3
    alpha = torch.where(denominator == 0, torch.zeros_like(g), g**2 / torch.where(denominator == 0, 1, denominator))
    weights = (alpha * g.clamp(min=0)).sum((2, 3), keepdim=True)
    return (weights * a).sum(1).clamp(min=0)


def layer_cam(module, layer, x, target):
    """Jiang et al. 2021, equations 6 to 8: [N, h, w]."""
    activation, derivative = layer_and_gradient(module, layer, x, target)
    return (derivative.clamp(min=0) * activation).sum(1).clamp(min=0)


def integrated_gradients(module, x, target, steps=50):
    """Sundararajan et al. 2017, equation 1, from zero, by NumPy's Gauss-Legendre rule."""
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    points = zip((1 + nodes) / 2, weights / 2)
    return x * sum(float(weight) * gradient(module, float(node) * x, target) for node, weight in points)


def cam(module, layer, x, target):
    """Zhou et al. 2016: the linear layer's weights applied at every position: [N, h, w]."""
    activation, _ = layer_and_gradient(module, layer, x, target)
    return torch.einsum("k,nkhw->nhw", module.fc.weight[target], activation)


def guided_grad_cam(module, layer, x, target):
    """Guided backprop times the rectified Grad-CAM map, enlarged bilinearly (half-pixel centres)."""
    heat = grad_cam(module, layer, x, target).clamp(min=0)[:, None]
    heat = F.interpolate(heat, x.shape[2:], mode="bilinear", align_corners=False)
    return heat * with_relu(Guided, module, x, target)


def every_method(module, layer, x, target):
    results = {
        "inputXGradient": input_times_gradient(module, x, target),
        "guidedBackprop": with_relu(Guided, module, x, target),
        "deconvnet": with_relu(Deconvnet, module, x, target),
        "integratedGradients": integrated_gradients(module, x, target),
    }
    if layer:
        raw = grad_cam(module, layer, x, target)
        results |= {"gradCamRaw": raw, "gradCam": raw.clamp(min=0)}
        results["guidedGradCam"] = guided_grad_cam(module, layer, x, target)
        results["gradCamPlusPlus"] = grad_cam_plus_plus(module, layer, x, target)
        results["layerCam"] = layer_cam(module, layer, x, target)
    if layer and hasattr(module, "fc"):
        results["cam"] = cam(module, layer, x, target)
    return results
