"""Scenes of one large object and a small distractor on a cluttered, textured ground; everything comes from a seed.

All lengths are shares of the picture's side, so one seed gives the same scene at every size.
"""

import colorsys
import math

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ["disc", "square", "triangle", "star", "ring", "cross", "heart", "crescent"]

supersampling = 2


def ngon(corners, radius=1.0, centre=(0.0, 0.0)):
    angles = [2 * math.pi * (k + 0.5) / corners for k in range(corners)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


def star():
    radii = [1.0, 0.42] * 5
    return [(r * math.cos(math.pi * k / 5), r * math.sin(math.pi * k / 5)) for k, r in enumerate(radii)]


def cross(arm=0.33):
    quarter = [(arm, 1.0), (arm, arm), (1.0, arm)]
    corners = []
    for turn in range(4):
        c, s = [(1, 0), (0, 1), (-1, 0), (0, -1)][turn]
        corners += [(c * x + s * y, c * y - s * x) for x, y in quarter]
    return corners


def heart():
    """The curve x = 16 sin³t, y = 13 cos t − 5 cos 2t − 2 cos 3t − cos 4t, brought to radius 1."""
    ts = [2 * math.pi * k / 64 for k in range(64)]
    curve = lambda t: 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
    return [(math.sin(t) ** 3, -(curve(t) + 2.5) / 16) for t in ts]


#: Polygons of each class in a circle of radius 1; those marked False cut a hole.
OUTLINES = {
    "disc": [(ngon(64, 0.9), True)],
    "square": [(ngon(4), True)],
    "triangle": [(ngon(3, 1.05), True)],
    "star": [(star(), True)],
    "ring": [(ngon(64, 0.95), True), (ngon(64, 0.55), False)],
    "cross": [(cross(), True)],
    "heart": [(heart(), True)],
    "crescent": [(ngon(64), True), (ngon(64, 0.85, (0.55, 0.0)), False)],
}


def mask_of(name, centre, radius, angle, size):
    """Coverage in [0, 1], [size, size]."""
    image = Image.new("L", (size, size))
    draw = ImageDraw.Draw(image)
    c, s = math.cos(angle) * radius * size, math.sin(angle) * radius * size
    for points, filled in OUTLINES[name]:
        placed = [(centre[0] * size + c * x - s * y, centre[1] * size + s * x + c * y) for x, y in points]
        draw.polygon(placed, fill=255 if filled else 0)
    return np.asarray(image, np.float32) / 255


def smooth_noise(rng, cells, size):
    """Noise in [0, 1] with about `cells` bumps along a side."""
    grid = Image.fromarray(rng.random((cells, cells), dtype=np.float32), mode="F")
    return np.asarray(grid.resize((size, size), Image.BICUBIC)).clip(0, 1)


def pattern(rng, size):
    """A field in [0, 1]: plain, a gradient, stripes, checks, dots or clouds."""
    kind = rng.integers(6)
    angle, frequency, phase = rng.uniform(0, 2 * math.pi), rng.uniform(4, 11), rng.uniform(0, 6)
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size
    u = axis[None, :] * math.cos(angle) + axis[:, None] * math.sin(angle)
    v = axis[:, None] * math.cos(angle) - axis[None, :] * math.sin(angle)
    waves = np.sin(2 * math.pi * frequency * u + phase), np.sin(2 * math.pi * frequency * v + phase)
    cells = int(rng.integers(3, 20))
    if kind == 0:
        return np.zeros((size, size), np.float32)
    if kind == 1:
        return (u - u.min()) / (u.max() - u.min())
    if kind == 2:
        return (waves[0] > 0).astype(np.float32)
    if kind == 3:
        return (waves[0] * waves[1] > 0).astype(np.float32)
    if kind == 4:
        return (waves[0] + waves[1] > 1).astype(np.float32)
    return smooth_noise(rng, cells, size)


def colour(rng, away_from=(), distance=0.4):
    """A colour at least `distance` (in RGB) from some others."""
    while True:
        found = np.array(colorsys.hsv_to_rgb(*rng.uniform([0, 0.1, 0.15], [1, 0.95, 1])), np.float32)
        if all(np.linalg.norm(found - other) >= distance for other in away_from):
            return found


def textured(rng, first, second, size):
    field = pattern(rng, size)[..., None]
    return first * (1 - field) + second * field


def clutter(rng, base, size):
    """Lines, arcs and blots, half transparent, of no class."""
    image = Image.fromarray((base * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(rng.integers(8, 22)):
        tint = (*(int(255 * x) for x in colour(rng)), int(rng.uniform(50, 150)))
        x, y = rng.uniform(0, size, 2)
        width = int(rng.uniform(0.005, 0.03) * size) + 1
        reach = rng.uniform(0.05, 0.3) * size
        kind, start = rng.integers(3), rng.uniform(0, 360)
        if kind == 0:
            turn = math.radians(start)
            draw.line([x, y, x + reach * math.cos(turn), y + reach * math.sin(turn)], tint, width)
        elif kind == 1:
            draw.arc([x, y, x + reach, y + reach], start, start + rng.uniform(40, 150), tint, width)
        else:
            corners = rng.uniform(-0.35, 0.35, (5, 2)) * reach
            draw.polygon([(x + dx, y + dy) for dx, dy in corners], tint)
    return np.asarray(image, np.float32) / 255


def scene(seed, size=96):
    """One scene: (uint8 [size, size, 3], class of the object, class of the smaller distractor)."""
    rng = np.random.default_rng(seed)
    full = size * supersampling
    label, other = rng.choice(len(CLASSES), 2, replace=False)
    ground = [colour(rng), colour(rng)]
    picture = clutter(rng, textured(rng, *ground, full), full)
    picture = picture * (0.8 + 0.4 * smooth_noise(rng, 6, full)[..., None])
    radius, small = rng.uniform(0.18, 0.3), rng.uniform(0.07, 0.1)
    centre = rng.uniform(radius + 0.02, 0.98 - radius, 2)
    beside = distractor_place(rng, centre, radius, small)
    for name, place, extent in [(label, centre, radius), (other, beside, small)]:
        fill = colour(rng, ground)
        paint = textured(rng, fill, colour(rng, ground), full)
        mask = mask_of(CLASSES[name], place, extent, rng.uniform(0, 2 * math.pi), full)[..., None]
        picture = picture * (1 - mask) + paint * mask
    image = Image.fromarray((picture.clip(0, 1) * 255).astype(np.uint8)).resize((size, size), Image.BOX)
    return np.asarray(image), int(label), int(other)


def distractor_place(rng, centre, radius, small):
    """A place that does not touch the object."""
    while True:
        place = rng.uniform(small, 1 - small, 2)
        if np.linalg.norm(place - centre) > radius + small + 0.02:
            return place


def scenes(seeds, size=96):
    """uint8 [N, 3, size, size] and int64 [N]."""
    pictures, labels = [], []
    for seed in seeds:
        picture, label, _ = scene(seed, size)
        pictures.append(picture.transpose(2, 0, 1))
        labels.append(label)
    return np.stack(pictures), np.array(labels)
