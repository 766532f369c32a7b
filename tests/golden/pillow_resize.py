"""Writes pillow_resize.json: what Pillow's antialiased bilinear resize makes of a small picture.

    pip install pillow numpy && python tests/golden/pillow_resize.py
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image


def picture(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 37 + y * 59 + c * 83 + x * y * 7) % 256).astype("uint8")


cases = []
for source, target in [((7, 5), (4, 3)), ((3, 4), (5, 7)), ((16, 9), (5, 9)), ((9, 16), (9, 3)), ((1, 1), (3, 2)), ((40, 3), (3, 2))]:
    resized = Image.fromarray(picture(*source)).resize(target, Image.BILINEAR)
    cases.append({"from": source, "to": target, "rgb": np.asarray(resized).ravel().tolist()})
grey = np.asarray(Image.fromarray(picture(7, 5)).convert("L")).ravel().tolist()
Path(__file__).with_suffix(".json").write_text(json.dumps({"cases": cases, "grey": grey}))
