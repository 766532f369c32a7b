"""Weights from a seed: the same few lines as generator.ts, bit for bit.

A tensor's element i is a hash of (seed of the tensor's name, i), scaled to [low, high): no state, so
any tensor can be made alone and the committed graphs need not hold a single weight.
"""

import numpy as np

GLOBAL_SEED = 0x10C4E5ED


def fnv1a(data):
    """FNV-1a, 32 bits."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def uniform(name, shape, low, high):
    """Float32 values in [low, high), computed in float64, from the name alone."""
    count = int(np.prod(shape, dtype=np.int64))
    seed = np.uint32(fnv1a(name.encode()) ^ GLOBAL_SEED)
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + seed
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x21F0AAAD)
        x = (x ^ (x >> np.uint32(15))) * np.uint32(0x735A2D97)
        x ^= x >> np.uint32(15)
    unit = x.astype(np.float64) / 4294967296.0
    return (low + (high - low) * unit).astype(np.float32).reshape(shape)


def sample(seed, shape):
    """One input image: about zero mean and unit variance, as after the usual preprocessing."""
    return uniform(f"input/{seed}", shape, -1.7, 1.7)


def batch(seeds, shape):
    return np.stack([sample(seed, shape) for seed in seeds])


def fill(model):
    """Gives the stripped initializers of an ONNX model their values, in place."""
    for tensor in model.graph.initializer:
        if tensor.doc_string.startswith("uniform "):
            low, high = map(float, tensor.doc_string.split()[1:3])
            tensor.raw_data = uniform(tensor.name, list(tensor.dims), low, high).tobytes()
    return model
