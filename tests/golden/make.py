"""
Computes the golden numbers with PyTorch in float64, from the weights that the graphs describe, and
writes `numbers/<name>.npz` and `index.json`.

    python tests/golden/make.py [NAME ...]      (after export.py)

ReLU, max-pool and their kin have kinks: where a unit lies within rounding error of one, two correct
programs may take different sides, and a deep random network's gradient then differs by a percent. So a
gradient is only kept where it is the same for every correct program: for the smooth twins, and for a real
network on inputs, found by search, on which no unit comes near its kink.
"""

import copy
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from torchEnvironment import torch, torchvision

import methods
from activations import recorded
from export import GRAPHS
from generator import GLOBAL_SEED, batch, fill, fnv1a, uniform
from nets import NETS, build, weights_of

HERE = Path(__file__).parent
TARGET = 3
SAFE = 4.0
"""A kink has to be this many float32 rounding errors of its layer away."""
TRIES = 600
AGREEMENT = 2e-5
"""Float32 and float64 PyTorch have to agree to this, or the number says nothing about a program."""
ILL_CONDITIONED = {"gradCamPlusPlus"}
"""
Left out where they do not agree: Grad-CAM++ divides by 2 g^2 + (sum of A) g^3, which comes close to zero on a layer
whose activations are of both signs. Integrated gradients cross kinks, but float32 and float64 take the same sides of
them at all points of the path on the inputs below, so its numbers are kept as all others.
"""


def load_weights(module, model):
    """Gives the module the weights that a stripped graph describes."""
    weights = weights_of(module)
    for tensor in model.graph.initializer:
        words = tensor.doc_string.split()
        if not words:
            continue
        low, high = map(float, words[1:3])
        values = uniform(tensor.name, list(tensor.dims), low, high)
        name = words[4] if len(words) > 4 else tensor.name
        values = values.T if words[-1] == "transposed" else values.reshape(weights[name].shape)
        weights.pop(name).copy_(torch.from_numpy(values))
    if weights:
        raise SystemExit(f"the graph does not give {sorted(weights)}")


def relative_error(value, reference):
    return float((value.double() - reference).abs().max() / reference.abs().max())


def margins(module, double, seeds, shape):
    """For each input: how many float32 rounding errors the nearest kink is away, over all layers."""
    x = torch.from_numpy(batch(seeds, shape))
    single_log, double_log = [], []
    with recorded(single_log):
        module(x)
    with recorded(double_log):
        double(x.double())
    ratios = []
    for (single, _), (exact, distance) in zip(single_log, double_log):
        error = (single.double() - exact).abs().flatten(1).amax(1)
        ratios.append(distance.flatten(1).amin(1) / error.clamp(min=1e-12))
    return torch.stack(ratios).amin(0) if ratios else None


def choose_inputs(module, double, net, shape):
    """The seeds of two inputs, and how far from any kink they are."""
    if net.smooth or margins(module, double, [0, 1], shape) is None:
        return [0, 1], None
    found, step = [], 8
    for start in range(0, TRIES, step):
        seeds = list(range(start, start + step))
        found += zip(margins(module, double, seeds, shape).tolist(), seeds)
        found = sorted(found, reverse=True)[:2]
        if found[-1][0] >= 2 * SAFE:
            break
    return sorted(seed for _, seed in found), min(margin for margin, _ in found)


def value_name(model, x, wanted):
    """The ONNX value that holds the activation `wanted`: found by its numbers, not by its name."""
    everything = copy.deepcopy(model)
    names = [output for node in model.graph.node for output in node.output if output]
    known = {output.name for output in model.graph.output}
    everything.graph.output.extend(onnx.helper.make_empty_tensor_value_info(n) for n in names if n not in known)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(everything.SerializeToString(), options)
    values = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"input": x})))
    for name, value in values.items():
        if value.shape == wanted.shape and np.abs(value - wanted).max() <= 1e-4 * np.abs(wanted).max():
            return name
    raise SystemExit("no value of the graph equals the layer's activation")


def save(name, arrays, exists):
    """Writes the arrays, or checks that they are the ones that another network has written."""
    path = HERE / "numbers" / f"{name}.npz"
    if not exists:
        np.savez_compressed(path, **arrays)
        return
    with np.load(path) as written:
        if any(not np.array_equal(written[key], value) for key, value in arrays.items()):
            raise SystemExit(f"the numbers are not those of {name}")


def layer_of(net, module, model):
    if not net.layer:
        return {}
    x = net.example()[:1]
    activation, _ = methods.layer_and_gradient(module, net.layer, x, TARGET)
    return {"layer": value_name(fill(model), x.numpy(), activation.numpy())}


def bench_only(name, net):
    model = onnx.load(GRAPHS / f"{name}.onnx")
    module = build(net)
    load_weights(module, model)
    return layer_of(net, module, model)


def make(name, net):
    """The numbers of one network and its entry of the index."""
    model = onnx.load(GRAPHS / f"{name}.onnx")
    module = build(net)
    load_weights(module, model)
    double = copy.deepcopy(module).double()
    shape = net.shape()
    with torch.no_grad():
        seeds, margin = choose_inputs(module, double, net, shape)
    x = torch.from_numpy(batch(seeds, shape))
    entry = {"shape": list(x.shape), "inputSeeds": seeds, "target": TARGET}
    arrays = {"logits": double(x.double())}
    agreement = {"logits": relative_error(module(x), arrays["logits"])}
    if margin is None or margin >= SAFE:
        arrays["gradient"] = methods.gradient(double, x.double(), TARGET)
        agreement["gradient"] = relative_error(methods.gradient(module, x, TARGET), arrays["gradient"])
    if net.methods:
        exact = methods.every_method(double, net.layer, x.double(), TARGET)
        rough = methods.every_method(module, net.layer, x, TARGET)
        errors = {key: relative_error(rough[key], exact[key]) for key in exact}
        kept = [key for key, error in errors.items() if error <= AGREEMENT or key not in ILL_CONDITIONED]
        agreement |= {key: errors[key] for key in kept}
        arrays |= {key: exact[key] for key in kept}
    if max(agreement.values()) > AGREEMENT:
        raise SystemExit(f"{name}: float32 is too far from float64: {agreement}")
    if margin is not None:
        entry["kinkMargin"] = float(f"{margin:.3g}")
    entry |= layer_of(net, module, model)
    entry["torchAgreement"] = {key: float(f"{value:.2g}") for key, value in agreement.items()}
    save(net.same or name, {key: value.numpy().astype(np.float32) for key, value in arrays.items()}, bool(net.same))
    if net.same:
        entry["numbers"] = net.same
    return entry


def draws():
    """Checksums of a few draws, by which another implementation of the generator is checked."""
    for name, length, low, high in [
        ("conv1.weight", 9408, -0.14821, 0.14821),
        ("onnx::MatMul_123", 65537, 0.8, 1.2),
        ("größe.weight", 1, -1 / 3, 2 / 3),
        ("input/7", 3072, -1.7, 1.7),
    ]:
        data = uniform(name, [length], low, high).tobytes()
        yield {"name": name, "length": length, "low": low, "high": high, "fnv1a": fnv1a(data)}


def main(names):
    warnings.filterwarnings("ignore")
    path = HERE / "index.json"
    old = json.loads(path.read_text())["nets"] if path.exists() else {}
    entries = {}
    for name, net in NETS.items():
        if names and name not in names:
            entries[name] = old.get(name, {})
            continue
        with net.activations():
            entry = make(name, net) if net.numbers else bench_only(name, net)
        if net.bench:
            entry |= {"benchSize": net.bench, "module": net.layer}
        entries[name] = entry
        print(name, json.dumps(entry), flush=True)
    index = {
        "seed": GLOBAL_SEED,
        "torch": torch.__version__.partition("+")[0],
        "torchvision": torchvision.__version__.partition("+")[0],
        "draws": list(draws()),
        "nets": entries,
    }
    path.write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
