"""
PyTorch's side of the bench: answers one JSON request a line with one JSON answer a line.

    {"net": "resnet18", "batch": 1, "what": "gradient", "repeats": 7}  →  {"ms": [48.1, ...], "peakMb": 512.3}

`net` is a name of tests/golden/nets.py that has a bench size; `what` is "forward", "gradient" (of one logit
with respect to the input; the parameters need none) or "gradcam" (forward, and the logit's gradient at the
last convolutional layer only). The networks are torchvision's own, in eval mode, weights at random;
"folded": true folds their batch norms into the convolutions first. Further questions are whole methods (peerMethods.py); for
"channel" and "gatys" a time is that of one step. The first line says which PyTorch runs.
Exit code 3: there is no PyTorch or no torchvision here.
"""

import argparse
import gc
import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "golden"))

from torchEnvironment import torch, torchvision  # noqa: E402

import peerMethods  # noqa: E402
from nets import NETS, fuse_batch_norms  # noqa: E402


class Nets:
    """Holds one network at a time; the requests of one network come together."""

    def __init__(self):
        self.key, self.module = None, None

    def get(self, name, folded):
        if self.key != (name, folded):
            self.module = None
            gc.collect()
            self.module = NETS[name].build().eval().requires_grad_(False)
            if folded:
                fuse_batch_norms(self.module, image(name, 1))
            self.key = (name, folded)
        return self.module


def image(name, batch):
    return torch.randn(batch, 3, NETS[name].bench, NETS[name].bench)


def forward(module, x, layer):
    with torch.no_grad():
        return module(x)


def gradient(module, x, layer):
    leaf = x.detach().requires_grad_(True)
    return torch.autograd.grad(module(leaf)[:, 0].sum(), leaf)[0]


def grad_cam(module, x, layer):
    """The graph begins at the layer, so nothing below it is differentiated."""
    kept = []

    def keep(_, inputs, output):
        kept.append(output.detach().requires_grad_(True))
        # A copy, because an in-place ReLU that follows may not touch a leaf.
        return kept[0].clone()

    hook = module.get_submodule(layer).register_forward_hook(keep)
    logit = module(x)[:, 0].sum()
    hook.remove()
    weights = torch.autograd.grad(logit, kept[0])[0].mean((2, 3), keepdim=True)
    return (weights * kept[0].detach()).sum(1).relu()


QUESTIONS = {
    "forward": forward,
    "gradient": gradient,
    "gradcam": grad_cam,
    "ig50": lambda module, x, layer: peerMethods.integrated_gradients(module, x),
    "smoothGrad25": lambda module, x, layer: peerMethods.smooth_grad(module, x),
    "guided": lambda module, x, layer: peerMethods.guided_backprop(module, x),
}
STEPS = 10


def repeated(request, once, steps=1):
    """Milliseconds of a step in each repetition of `once`, after some that do not count."""
    for _ in range(request.get("warmup", 2)):
        once()
    times = []
    for _ in range(request.get("repeats", 7)):
        start = time.perf_counter()
        taken = once()
        times.append(1000 * (time.perf_counter() - start) / (taken or steps))
    return {"ms": times}


def measure_pgd(request):
    module = peerMethods.resnet20().eval().requires_grad_(False)
    x = torch.rand(request["batch"], 3, 32, 32)
    if request.get("folded", False):
        fuse_batch_norms(module, x[:1])
    return repeated(request, lambda: peerMethods.pgd(module, x) is None)


def measure_channel(request):
    trunk = NETS["vgg16_224"].build().eval().requires_grad_(False).features[:23]
    visualization = peerMethods.ChannelVisualization(trunk)

    def once():
        for _ in range(STEPS):
            visualization.step()
        return STEPS

    return repeated(request, once)


def measure_gatys(request):
    transfer = peerMethods.Gatys(NETS["vgg16_224"].build().eval().requires_grad_(False).features)

    def once():
        before = transfer.evaluations
        transfer.run(STEPS)
        return transfer.evaluations - before

    return repeated(request, once)


def measure_training(request):
    trainer = peerMethods.Trainer(request["net"], request["batch"])
    return repeated(request, lambda: trainer.steps(STEPS))


WHOLE = {"pgd10": measure_pgd, "channel": measure_channel, "gatys": measure_gatys, "training": measure_training}


def measure(nets, request):
    if request["what"] in WHOLE:
        return WHOLE[request["what"]](request)
    name = request["net"]
    if name not in NETS or not NETS[name].bench:
        raise ValueError(f"there is no bench network {name}")
    module = nets.get(name, request.get("folded", False))
    x = image(name, request.get("batch", 1))
    question = QUESTIONS[request["what"]]
    return repeated(request, lambda: question(module, x, NETS[name].layer) is None)


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=0, help="0: PyTorch's own choice")
    arguments = parser.parse_args()
    if arguments.threads > 0:
        torch.set_num_threads(arguments.threads)
    # Random weights may drive values into the denormals, where a processor is slow for no good reason.
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    nets = Nets()
    say({"torch": torch.__version__, "torchvision": torchvision.__version__, "threads": torch.get_num_threads()})
    for line in sys.stdin:
        try:
            answer = measure(nets, json.loads(line))
            say(answer | {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
        except (KeyError, ValueError, RuntimeError, TypeError) as error:
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
