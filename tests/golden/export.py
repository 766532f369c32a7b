"""
Exports the networks of nets.py to ONNX and takes the weights out again: `graphs/<name>.onnx` holds the
structure, and in each stripped initializer's doc_string how its values are drawn ("uniform LOW HIGH",
and where the exporter has changed a weight's shape, "of NAME transposed" or "reshaped").

    python tests/golden/export.py [NAME ...]
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from torchEnvironment import torch

from nets import NETS, build, draw, weights_of

GRAPHS = Path(__file__).parent / "graphs"


def exported(net, module):
    path = GRAPHS / "exporting.tmp"
    common = {"input_names": ["input"], "output_names": ["logits"], "opset_version": net.opset}
    if net.exporter == "dynamo":
        shapes = {"dynamic_shapes": ({0: torch.export.Dim("batch")},), "external_data": False}
        torch.onnx.export(module, (net.example(),), path, dynamo=True, verbose=False, **shapes, **common)
    else:
        mode = torch.onnx.TrainingMode.EVAL if net.fused else torch.onnx.TrainingMode.PRESERVE
        axes = dict(zip([0, 2, 3], net.dynamic))
        axes = {"input": axes, "logits": {0: "batch"}}
        torch.onnx.export(
            module, (net.example(),), path, dynamo=False, training=mode, dynamic_axes=axes, **common
        )
    model = onnx.load(path)
    path.unlink()
    return model


def strip_weights(model, module, ranges):
    """Replaces the data of every weight by the way to draw it; other float constants must be tiny."""
    weights = {name: value.numpy() for name, value in weights_of(module).items()}
    for index, tensor in enumerate(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        source = (tensor.name, "") if tensor.name in weights else source_of(weights, values)
        if source:
            name, note = source
            low, high = ranges[name]
            stripped = onnx.TensorProto(name=tensor.name, dims=tensor.dims, data_type=tensor.data_type)
            stripped.doc_string = f"uniform {low!r} {high!r}{note}"
            model.graph.initializer[index].CopyFrom(stripped)
        elif values.dtype == np.float32 and values.size > 16:
            raise SystemExit(f"{tensor.name} {values.shape} is no weight of the module")


def source_of(weights, values):
    """The weight that the exporter transposed or reshaped into these values, and a note that says so."""
    for name, weight in weights.items():
        if np.array_equal(weight, values.T):
            return name, f" of {name} transposed"
        if weight.size == values.size > 1 and np.array_equal(weight.ravel(), values.ravel()):
            return name, f" of {name} reshaped"
    return None


def strip_notes(model):
    """Drops what depends on the machine and what a reader has to work out for himself anyway."""
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer]:
        part.ClearField("metadata_props")
    for part in [model, graph, *graph.node]:
        part.ClearField("doc_string")
    for value in list(graph.value_info):
        graph.value_info.remove(value)


def main(names):
    warnings.filterwarnings("ignore")
    for name in names or NETS:
        net = NETS[name]
        module = build(net)
        with net.activations():
            ranges = draw(module, net.example())
            model = exported(net, module)
        strip_weights(model, module, ranges)
        strip_notes(model)
        data = model.SerializeToString(deterministic=True)
        (GRAPHS / f"{name}.onnx").write_bytes(data)
        operators = sorted({node.op_type for node in model.graph.node})
        print(f"{name}: {len(data)} bytes, {len(model.graph.node)} nodes, {' '.join(operators)}", flush=True)


if __name__ == "__main__":
    with torch.no_grad():
        main(sys.argv[1:])
