"""Trains the bundled network and writes shapes.onnx, shapes.card.json and samples/ beside this file.

Needs numpy, pillow, torch and onnx; about ten minutes on two cores: python models/bundled/shapes/make.py
"""

import json
import re
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

import scenes

SEED = 20240
TRAINING, VALIDATION, EPOCHS, BATCH = 10_000, 2_000, 14, 64
MEAN, STD = [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]
HERE = Path(__file__).parent


def block(inputs, outputs, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Residual(nn.Module):
    """x ↦ ReLU(x + f(x))."""

    def __init__(self, channels):
        super().__init__()
        self.first = block(channels, channels)
        self.second = nn.Sequential(*list(block(channels, channels))[:2])

    def forward(self, x):
        return functional.relu(x + self.second(self.first(x)))


class Shapes(nn.Module):
    """Strides to 12 x 12, each place seeing 79 x 79 pixels; then global average pooling and one linear layer."""

    def __init__(self):
        super().__init__()
        self.stem = block(3, 24, 2)
        self.reduce1 = block(24, 32, 2)
        self.residual1 = Residual(32)
        self.reduce2 = block(32, 64, 2)
        self.residual2 = Residual(64)
        self.features = block(64, 96)
        self.classifier = nn.Linear(96, len(scenes.CLASSES))

    def forward(self, x):
        x = self.residual1(self.reduce1(self.stem(x)))
        x = self.features(self.residual2(self.reduce2(x)))
        return self.classifier(torch.flatten(functional.adaptive_avg_pool2d(x, 1), 1))


def render(seeds):
    with Pool(2) as pool:
        parts = pool.map(scenes.scenes, np.array_split(np.array(seeds), 64))
    pictures, labels = zip(*parts)
    return torch.from_numpy(np.concatenate(pictures)), torch.from_numpy(np.concatenate(labels))


def normalised(pictures):
    return (pictures.float() / 255 - MEAN[0]) / STD[0]


def turned(pictures):
    """One of the eight symmetries of the square, for the whole batch; no class changes."""
    pictures = torch.rot90(pictures, int(torch.randint(4, ())), (2, 3))
    return pictures.flip(3) if torch.rand(()) < 0.5 else pictures


def train(net, pictures, labels):
    steps = EPOCHS * (len(pictures) // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)
    net.train()
    for epoch in range(EPOCHS):
        order, total = torch.randperm(len(pictures)), 0.0
        for chosen in order[: len(order) // BATCH * BATCH].split(BATCH):
            batch = turned(normalised(pictures[chosen])).contiguous(memory_format=torch.channels_last)
            loss = functional.cross_entropy(net(batch), labels[chosen], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total * BATCH / len(pictures):.3f}", flush=True)


@torch.no_grad()
def probabilities(net, pictures):
    net.eval()
    return torch.cat([net(normalised(part)).softmax(1) for part in pictures.split(256)])


def export(net):
    net = net.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        net,
        torch.zeros(1, 3, 96, 96),
        HERE / "shapes.onnx",
        dynamo=False,
        opset_version=17,
        input_names=["input"],
        output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
    )


def write_card(accuracy):
    card = {
        "name": "Shapes",
        "input": {
            "width": 96,
            "height": 96,
            "channels": 3,
            "colourOrder": "RGB",
            "layout": "NCHW",
            "resize": {"mode": "shorterSide", "size": 96},
            "range": [0, 1],
            "mean": MEAN,
            "std": STD,
        },
        "labels": scenes.CLASSES,
        "logits": "logits",
        "licence": "MIT",
        "source": (
            f"Trained by make.py in this folder on {TRAINING} rendered scenes (seed {SEED}); "
            f"{100 * accuracy:.1f} % of {VALIDATION} others are right"
        ),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False)
    # Lists on one line, as the formatter of this project wants them.
    text = re.sub(r"\[([^][]*)\]", lambda found: f"[{', '.join(found[1].replace(',', ' ').split())}]", text)
    (HERE / "shapes.card.json").write_text(text + "\n", encoding="utf-8")


def write_samples(seeds, wanted=("star", "ring", "heart", "crescent")):
    """For each wanted class, the first of `seeds` (scenes that the network is sure and right about)."""
    (HERE / "samples").mkdir(exist_ok=True)
    for name in wanted:
        seed = next(seed for seed in seeds if scenes.CLASSES[scenes.scene(seed, 24)[1]] == name)
        picture, _, other = scenes.scene(seed, 256)
        Image.fromarray(picture).save(HERE / "samples" / f"{name}-{scenes.CLASSES[other]}.png", optimize=True)
        print(f"{name}: seed {seed}")


def main():
    torch.manual_seed(SEED)
    validation = [SEED * 100_000 + TRAINING + index for index in range(VALIDATION)]
    pictures, labels = render([SEED * 100_000 + index for index in range(TRAINING)])
    seen, truth = render(validation)
    net = Shapes().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in net.parameters())} parameters", flush=True)
    train(net, pictures, labels)
    guessed = probabilities(net, seen)
    right = guessed.argmax(1) == truth
    accuracy = float(right.float().mean())
    print(f"validation accuracy {100 * accuracy:.2f} %")
    export(net)
    write_card(accuracy)
    sure = right & (guessed.max(1).values > 0.97)
    write_samples([seed for seed, keep in zip(validation, sure) if keep])


if __name__ == "__main__":
    sys.exit(main())
