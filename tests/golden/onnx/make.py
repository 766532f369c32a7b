"""
Makes the small ONNX files beside this script: for each opset with changes, a model with the operators that changed in
the form that opset gives them, and files with the other things that real files contain.

    python tests/golden/onnx/make.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent
rng = np.random.default_rng(7)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype(np.float32)


def tensor(name, values, raw=True):
    values = np.asarray(values)
    if raw:
        return numpy_helper.from_array(values, name)
    kind = helper.np_dtype_to_tensor_dtype(values.dtype)
    return helper.make_tensor(name, kind, values.shape, values.flatten().tolist())


def value(name, shape=None, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


class Model:
    """Collects nodes that all read the one input `x` [2, 8, 6, 6], and makes each result an output."""

    def __init__(self, name, opset, ir=8, raw=True, shape=("N", 8, 6, 6)):
        self.name, self.opset, self.ir, self.raw, self.shape = name, opset, ir, raw, shape
        self.nodes, self.initializers, self.outputs, self.functions = [], [], [], []
        self.imports = [helper.make_opsetid("", opset)]
        self.inputs = [value("x", shape)]

    def constant(self, values, name=None):
        name = name or f"c{len(self.initializers)}"
        self.initializers.append(tensor(name, values, self.raw))
        return name

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def node(self, op, inputs=("x",), outputs=1, name=None, **attributes):
        names = [f"v{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=name, **attributes))
        return names[0] if outputs == 1 else names

    def out(self, op, inputs=("x",), outputs=1, kind=TensorProto.FLOAT, **rest):
        names = self.node(op, inputs, outputs, **rest)
        for name in [names] if outputs == 1 else names:
            self.outputs.append(value(name, None, kind))
        return names

    def result(self, name, kind=TensorProto.FLOAT):
        self.outputs.append(value(name, None, kind))

    def proto(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initializers)
        return helper.make_model(
            graph, opset_imports=self.imports, ir_version=self.ir, functions=self.functions, producer_name="test"
        )

    def save(self, **options):
        onnx.save(self.proto(), FOLDER / f"{self.name}.onnx", **options)


def batch_norm(m, **attributes):
    scale, bias, mean = (m.constant(floats(8)) for _ in range(3))
    return m.out("BatchNormalization", ["x", scale, bias, mean, m.constant(abs(floats(8)) + 0.5)], **attributes)


def reductions(m, names, **attributes):
    for name in names:
        m.out(name, axes=[1, 3], keepdims=0, **attributes)
    m.out(names[0])


SUMS = ["ReduceSum"]
OTHERS = [
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceL1",
    "ReduceL2",
    "ReduceProd",
    "ReduceSumSquare",
    "ReduceLogSumExp",
]


def softmaxes(m):
    """Axes taken together (rank 4), and the last axis alone after Flatten and Gemm."""
    m.out("Softmax")
    m.out("LogSoftmax", axis=2)
    m.out("Hardmax", axis=3)
    m.out("Softmax", axis=0)
    flat = m.node("Flatten")
    m.out("Softmax", [m.node("Gemm", [flat, m.constant(floats(288, 5)), m.constant(floats(5))])])


def attribute_forms(m):
    """What opset 7 to 9 say by attributes."""
    m.out("Clip", min=-0.25, max=0.5)
    m.out("Clip", max=0.25)
    m.out("Pad", pads=[0, 0, 1, 2, 0, 0, 0, 3], value=0.75)
    m.out("Pad", pads=[0, 0, 1, 2, 0, 0, 1, 2], mode="reflect")
    m.out("Slice", starts=[1, -4], ends=[2**63 - 1, -1], axes=[1, 3])
    m.out("Slice", starts=[0, 2], ends=[1, 5])
    best, where = m.node("TopK", outputs=2, k=2, axis=1)
    m.result(best)
    m.result(where, TensorProto.INT64)
    m.out("Split", outputs=2, axis=1, split=[3, 5])
    m.out("Split", outputs=3, axis=2)
    m.out("Squeeze", [m.node("Unsqueeze", axes=[0, 3])], axes=[0])
    m.out("Dropout", ratio=0.3)
    m.out("AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
    m.out("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    softmaxes(m)
    reductions(m, SUMS + OTHERS)


def opset7():
    m = Model("opset7", 7, ir=3)
    attribute_forms(m)
    batch_norm(m, epsilon=1e-3, spatial=1)
    m.out("Upsample", mode="nearest", scales=[1.0, 1.0, 2.0, 1.5])
    m.out("Upsample", mode="linear", scales=[1.0, 1.0, 2.0, 2.0])
    # Before IR version 4, initializers are inputs as well.
    m.inputs += [value(t.name, t.dims, t.data_type) for t in m.initializers]
    m.save()


def opset9():
    m = Model("opset9", 9, ir=4, raw=False)
    attribute_forms(m)
    batch_norm(m, momentum=0.8)
    for mode, scale in (("nearest", 2.5), ("linear", 2.0)):
        scales = m.constant(np.array([1, 1, scale, 2], np.float32))
        m.out("Upsample", ["x", scales], mode=mode)
    index = m.constant(np.array([[[[0, 2, 1, 3, 5, 4]]]], np.int64))
    m.out("Scatter", ["x", index, m.constant(floats(1, 1, 1, 6))], axis=3)
    filled = m.node("ConstantOfShape", [m.node("Shape")], value=tensor("", np.array([0.5], np.float32)))
    m.out("Add", ["x", filled])
    m.save()


def opset10():
    m = Model("opset10", 10, ir=5)
    for mode, scales in (("nearest", [1, 1, 2, 1.5]), ("nearest", [1, 1, 0.6, 0.5]), ("linear", [1, 1, 1.7, 0.5])):
        m.out("Resize", ["x", m.constant(np.array(scales, np.float32))], mode=mode)
    m.out("Slice", ["x", m.ints(5), m.ints(0), m.ints(3), m.ints(-2)])
    m.out("TopK", ["x", m.ints(3)], 2, kind=TensorProto.FLOAT, axis=1)
    m.outputs[-1].type.tensor_type.elem_type = TensorProto.INT64
    kept, mask = m.node("Dropout", outputs=2, ratio=0.5)
    m.result(kept)
    m.out("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    rois = m.constant(np.array([[0, 0, 4, 4], [1, 1, 5, 3]], np.float32))
    rows = m.ints(0, 1)
    m.out("RoiAlign", ["x", rois, rows], output_height=2, output_width=2, sampling_ratio=2)
    m.out("Clip", min=0.0, max=6.0)
    m.out("Pad", pads=[0, 0, 1, 1, 0, 0, 1, 1], mode="edge")
    m.save()


def opset11():
    m = Model("opset11", 11, ir=6)
    empty = m.constant(np.array([], np.float32))
    for attributes in (
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"},
        {"mode": "nearest", "coordinate_transformation_mode": "tf_half_pixel_for_nn", "nearest_mode": "floor"},
        {"mode": "cubic", "cubic_coeff_a": -0.5},
    ):
        m.out("Resize", ["x", empty, m.constant(np.array([1, 1, 1.5, 2], np.float32))], **attributes)
    m.out("Resize", ["x", empty, empty, m.ints(2, 8, 9, 4)], mode="linear")
    m.out("Clip", ["x", "", m.constant(np.float32(0.3))])
    m.out("Pad", ["x", m.ints(0, 0, 1, 0, 0, 0, 0, 1), m.constant(np.float32(2))])
    m.out("Split", outputs=2, axis=-1, split=[2, 4])
    m.out("Squeeze", [m.node("ReduceMean", axes=[-1, -2])], axes=[-1, -2])
    softmaxes(m)
    m.out("Softmax", axis=-1)
    reductions(m, SUMS + OTHERS)
    m.out("Dropout", ratio=0.1)
    m.save()


def opset12():
    m = Model("opset12", 12, ir=7)
    m.out("Dropout", ["x", m.constant(np.float32(0.25))], seed=3)
    m.out("Softmax", [m.node("GlobalAveragePool")])
    m.out("Unsqueeze", axes=[0, -1])
    m.out("Einsum", ["x", m.constant(floats(8, 3))], equation="nchw,cd->ndhw")
    batch_norm(m)
    reductions(m, SUMS + ["ReduceMax"])
    m.save()


def opset13():
    m = Model("opset13", 13, ir=7)
    m.out("ReduceSum", ["x", m.ints(2, 3)], keepdims=0)
    reductions(m, OTHERS)
    m.out("Split", outputs=2, axis=1)
    m.out("Split", ["x", m.ints(1, 7)], 2, axis=1)
    m.out("Softmax", axis=1)
    m.out("Squeeze", [m.node("Unsqueeze", ["x", m.ints(0)])])
    batch_norm(m)
    m.save()


def opset17():
    m = Model("opset17", 17)
    m.out("LayerNormalization", ["x", m.constant(floats(6)), m.constant(floats(6))], axis=-1)
    reductions(m, ["ReduceMean", "ReduceMax"])
    grid = m.constant(floats(2, 3, 4, 2))
    m.out("GridSample", ["x", grid])
    m.out("GridSample", ["x", grid], mode="bicubic", align_corners=1)
    m.out("GridSample", ["x", grid], mode="nearest", padding_mode="border")
    m.out("Split", outputs=3, axis=3)
    m.out("Resize", ["x", "", m.constant(np.array([1, 1, 2, 2], np.float32))], mode="linear")
    m.save()


def opset18():
    m = Model("opset18", 18)
    m.out("GroupNormalization", ["x", m.constant(floats(4)), m.constant(floats(4))], num_groups=4, epsilon=1e-4)
    m.out("Split", outputs=3, axis=1, num_outputs=3)
    m.out("ReduceMean", ["x", m.ints(1)])
    m.out("ReduceL2", ["x"], keepdims=0)
    m.out("Resize", ["x", "", "", m.ints(9, 9)], mode="linear", axes=[2, 3], antialias=1)
    m.out("Pad", ["x", m.ints(1, 2), "", m.ints(3)])
    m.save()


def opset20():
    m = Model("opset20", 20, ir=9)
    m.out("GridSample", ["x", m.constant(floats(2, 3, 4, 2))], mode="linear")
    m.out("Gelu", approximate="tanh")
    m.out("Cast", [m.node("Cast", to=TensorProto.INT32, saturate=1)], to=TensorProto.FLOAT)
    m.out("AveragePool", kernel_shape=[2, 2], dilations=[2, 2])
    m.save()


def opset22():
    m = Model("opset22", 22, ir=10)
    weights = m.constant(floats(4, 8, 3, 3), "weights")
    m.out("Conv", ["x", weights, m.constant(floats(4))], strides=[2, 2], pads=[0, 1, 1, 0])
    m.out("HardSwish")
    m.out("AveragePool", kernel_shape=[3, 3], ceil_mode=1, strides=[2, 2])
    m.save()


def opset24():
    m = Model("opset24", 24, ir=10)
    scale = m.constant(floats(6))
    m.out("RMSNormalization", ["x", scale], epsilon=1e-3)
    m.out("RMSNormalization", ["x", m.constant(floats(6, 6))], axis=2)
    m.out("Swish", alpha=1.5)
    m.out("Swish")
    m.out("Cast", [m.node("Cast", to=TensorProto.INT64, round_mode="up")], to=TensorProto.FLOAT)
    m.save()


def constants():
    """Constant nodes of every kind, also inside a chain of shapes; nodes in the wrong order, without names."""
    m = Model("constants", 17)
    weights = m.node("Constant", [], value=tensor("", floats(8, 1, 1)))
    scalar = m.node("Constant", [], value_float=0.5)
    vector = m.node("Constant", [], value_floats=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    one = m.node("Constant", [], value_int=1)
    shape = m.node("Constant", [], value_ints=[-1, 8, 36])
    m.out("Mul", [m.node("Add", ["x", weights]), scalar])
    m.out("Mul", ["x", vector])
    m.out("Reshape", ["x", shape])
    m.out("Gather", ["x", one], axis=1)
    m.nodes.reverse()
    m.save()


def halves():
    """float16, bfloat16 and float64 weights, small and large, cast to float32 before they are used."""
    m = Model("halves", 17)
    special = np.array([0, -0.0, 1, -2.5, 65504, 6e-8, 6.1e-5, np.inf], np.float16).reshape(8, 1, 1)
    for values in (special, floats(8, 6, 6).astype(np.float16), floats(64, 64).astype(np.float16), floats(3, 3).astype(np.float64)):
        name = m.constant(values)
        m.out("Cast", [name], to=TensorProto.FLOAT)
    for raw in (True, False):
        bits = (floats(40, 60) if raw else floats(5)).view(np.uint32) >> 16
        name = f"bfloat_{raw}"
        proto = TensorProto(name=name, data_type=TensorProto.BFLOAT16, dims=bits.shape)
        if raw:
            proto.raw_data = bits.astype("<u2").tobytes()
        else:
            proto.int32_data.extend(bits.tolist())
        m.initializers.append(proto)
        m.out("Cast", [name], to=TensorProto.FLOAT)
    m.raw = False
    m.out("Cast", [m.constant(np.array([1.5, -0.25], np.float16))], to=TensorProto.FLOAT)
    m.out("Cast", [m.constant(np.array([0.1, 3], np.float64))], to=TensorProto.FLOAT)
    m.out("Cast", [m.constant(np.array([True, False]))], to=TensorProto.FLOAT)
    m.out("Cast", [m.constant(np.array([-3, 7], np.int8))], to=TensorProto.FLOAT)
    m.out("Mul", ["x", m.constant(floats(8, 1, 1))])
    m.save()


def float16_graph():
    """Computes in float16 throughout: y = (x * w) cast to float16, w = 0.5, -2, 3."""
    w = numpy_helper.from_array(np.array([0.5, -2, 3], np.float16), "w")
    nodes = [
        helper.make_node("Mul", ["x", "w"], ["p"], "product"),
        helper.make_node("Cast", ["p"], ["y"], "cast", to=TensorProto.FLOAT16),
    ]
    graph = helper.make_graph(
        nodes, "float16", [value("x", [3], TensorProto.FLOAT16)], [value("y", [3], TensorProto.FLOAT16)], [w]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, FOLDER / "float16.onnx")


def external():
    m = Model("external", 17)
    m.out("Conv", ["x", m.constant(floats(16, 8, 3, 3), "weights"), m.constant(floats(16), "bias")])
    m.out("Cast", [m.constant(floats(8, 600).astype(np.float16), "half")], to=TensorProto.FLOAT)
    path = FOLDER / "external.onnx.data"
    path.unlink(missing_ok=True)
    m.save(save_as_external_data=True, all_tensors_to_one_file=True, location=path.name, size_threshold=64)
    path.chmod(0o644)


def local_functions():
    """A function that calls a function, with an attribute, a default, an absent input and a passed-on input."""
    m = Model("functions", 17, ir=8)
    domain = "test.functions"
    m.imports.append(helper.make_opsetid(domain, 1))
    alpha = onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    leaky = helper.make_node("LeakyRelu", ["a"], ["b"])
    leaky.attribute.append(alpha)
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(domain, 1)]
    m.functions.append(
        helper.make_function(domain, "Inner", ["a"], ["s"], [leaky, helper.make_node("Softmax", ["b"], ["s"])], imports, ["slope"])
    )
    call = helper.make_node("Inner", ["a"], ["b"], domain=domain)
    call.attribute.append(onnx.AttributeProto(name="slope", type=onnx.AttributeProto.FLOAT, ref_attr_name="steepness"))
    body = [call, helper.make_node("Clip", ["b", "low", ""], ["c"])]
    m.functions.append(
        helper.make_function(
            domain,
            "Outer",
            ["a", "low"],
            ["c"],
            body,
            imports,
            [],
            [helper.make_attribute("steepness", 0.2)],
        )
    )
    low = m.constant(np.float32(0.003))
    first = m.out("Outer", ["x", low], name="first", domain=domain)
    m.out("Outer", [first, ""], domain=domain, steepness=0.5)
    m.save()


def fuzz_target():
    """A network with a little of everything, for the fuzzer to damage."""
    m = Model("small", 11, ir=6)
    conv = m.node("Conv", ["x", m.constant(floats(4, 8, 3, 3), "w1"), m.constant(floats(4), "b1")], pads=[1, 1, 1, 1], name="conv1")
    pooled = m.node("MaxPool", [m.node("Relu", [conv])], kernel_shape=[2, 2], strides=[2, 2])
    shape = m.node("Shape", [pooled])
    batch = m.node("Gather", [shape, m.constant(np.int64(0))])
    sizes = m.node("Concat", [m.node("Unsqueeze", [batch], axes=[0]), m.ints(-1)], axis=0)
    flat = m.node("Reshape", [pooled, sizes])
    m.out("Softmax", [m.node("Gemm", [flat, m.constant(floats(36, 5)), m.constant(floats(5))], name="logits")])
    m.save()


for make in (
    opset7, opset9, opset10, opset11, opset12, opset13, opset17, opset18, opset20, opset22, opset24,
    constants, halves, float16_graph, external, local_functions, fuzz_target,
):
    make()
