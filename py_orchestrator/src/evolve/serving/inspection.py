"""What may stand in a model from outside, looked at before anything of it runs.

Arithmetic on tensors, and nothing else: no data in other files, no control flow (a loop may never end), no
operators of others, no functions (which can multiply), nothing random, and nothing whose size only its inputs
decide. Bytes of strangers are read here, so this runs in a process of its own: see admission.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final

from evolve.serving.errors import ModelRefused
from evolve.serving.tensors import MAXIMUM_BYTES, MAXIMUM_RANK

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto

_WORDS: Final = """
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Celu Clip
Concat Constant Conv ConvTranspose Cos Cosh CumSum DepthToSpace Div Dropout Einsum Elu Equal Erf Exp Flatten
Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual
GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization LRN LSTM LayerNormalization
LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool MatMul Max MaxPool Mean
MeanVarianceNormalization Min Mish Mod Mul Neg Not Or PRelu Pow RNN Reciprocal ReduceL1 ReduceL2 ReduceLogSum
ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round
ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign
SpaceToDepth Split Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu TopK Transpose Trilu Unsqueeze Where Xor
"""
OPERATORS: Final = frozenset(_WORDS.split())
# What a refusal says about those that people will miss.
_REASONS: Final = {
    "Loop": "control flow may never end",
    "Scan": "control flow may never end",
    "If": "control flow is not needed by a brain",
}
_DOMAINS: Final = ("", "ai.onnx")


@dataclass(frozen=True)
class Limits:
    """What a model from outside may have."""

    bytes: int = 256 * 1024 * 1024
    nodes: int = 20_000
    tensors: int = 20_000
    # Elements of one constant, and of one row of an input or output.
    elements: int = MAXIMUM_BYTES
    interfaces: int = 64
    operators: frozenset[str] = OPERATORS
    # What the service tells about a model to whoever asks.
    name: int = 256
    metadata: int = 4 * 1024 * 1024


def inspect(data: bytes, limits: Limits) -> dict[str, Any]:
    """Facts about a model; ModelRefused names what it may not have."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    if len(data) > limits.bytes:
        raise ModelRefused(f"the model has {len(data)} bytes, more than {limits.bytes}")
    try:
        model = onnx.ModelProto.FromString(data)
    except (DecodeError, RecursionError) as error:
        raise ModelRefused("the file is no ONNX model") from error
    if not model.HasField("graph") or not model.graph.node:
        raise ModelRefused("the file is no ONNX model with a graph")
    _check_top(model, limits)
    graph = model.graph
    if len(graph.node) > limits.nodes:
        raise ModelRefused(f"the model has {len(graph.node)} nodes, more than {limits.nodes}")
    for node in graph.node:
        _check_node(node, limits)
    _check_tensors(_tensors(graph), limits)
    _check_interfaces(graph, limits)
    return {
        "nodes": len(graph.node),
        "operators": sorted({node.op_type for node in graph.node}),
        "opset": max((one.version for one in model.opset_import if one.domain in _DOMAINS), default=1),
        "parameters": sum(prod(tensor.dims) for tensor in graph.initializer),
    }


def _check_top(model: "ModelProto", limits: Limits) -> None:
    if sum(len(one.key) + len(one.value) for one in model.metadata_props) > limits.metadata:
        raise ModelRefused(f"the model's metadata has more than {limits.metadata} characters")
    if model.functions:
        raise ModelRefused("the model has functions of its own: export it with them inlined")
    if model.training_info:
        raise ModelRefused("the model has training steps: export it for inference")
    if model.graph.sparse_initializer:
        raise ModelRefused("the model has sparse constants: export it with dense ones")
    strange = [one.domain for one in model.opset_import if one.domain not in _DOMAINS]
    if strange:
        raise ModelRefused(f"the model needs operators of {_shown(strange[0])}: only ONNX's own are taken")


def _check_node(node: "NodeProto", limits: Limits) -> None:
    name = _shown(node.op_type)
    if node.domain not in _DOMAINS:
        raise ModelRefused(f"the operator {name} is one of {_shown(node.domain)}: only ONNX's own are taken")
    if node.op_type not in limits.operators:
        reason = _REASONS.get(node.op_type, "it is none that a brain needs")
        raise ModelRefused(f"the operator {name} is not taken: {reason}")
    for attribute in node.attribute:
        if attribute.HasField("g") or attribute.graphs:
            raise ModelRefused(f"the operator {name} has a graph of its own: control flow is not taken")
        if attribute.HasField("sparse_tensor") or attribute.sparse_tensors:
            raise ModelRefused(f"the operator {name} has a sparse constant: only dense ones are taken")


def _tensors(graph: "GraphProto") -> Iterator["TensorProto"]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _check_tensors(tensors: Iterable["TensorProto"], limits: Limits) -> None:
    from onnx import TensorProto

    for place, tensor in enumerate(tensors):
        name = _shown(tensor.name)
        if place >= limits.tensors:
            raise ModelRefused(f"the model has more than {limits.tensors} constants")
        if tensor.data_location != TensorProto.DEFAULT or tensor.external_data:
            raise ModelRefused(
                f"the constant {name} lies in another file: a model must hold all that it needs"
            )
        if len(tensor.dims) > MAXIMUM_RANK or any(size < 0 for size in tensor.dims):
            raise ModelRefused(f"the constant {name} has an impossible shape")
        if prod(tensor.dims) > limits.elements:
            raise ModelRefused(f"the constant {name} has more than {limits.elements} elements")


def _check_interfaces(graph: "GraphProto", limits: Limits) -> None:
    interfaces = [*graph.input, *graph.output]
    if not graph.input or not graph.output or len(interfaces) > limits.interfaces:
        raise ModelRefused(
            f"the model has {len(graph.input)} inputs and {len(graph.output)} outputs: one of each at least, "
            f"{limits.interfaces} together at most"
        )
    for one in interfaces:
        if len(one.name) > limits.name:
            raise ModelRefused(f"the name {_shown(one.name)}… has more than {limits.name} characters")
        if not one.type.HasField("tensor_type"):
            raise ModelRefused(f"{_shown(one.name)} is no tensor")
        sizes = [size.dim_value for size in one.type.tensor_type.shape.dim if size.HasField("dim_value")]
        if any(size < 0 for size in sizes) or prod(sizes) > limits.elements:
            raise ModelRefused(f"{_shown(one.name)} has more than {limits.elements} elements")


def _shown(name: str) -> str:
    """A stranger's name in a sentence of ours: short, and on one line."""
    return ascii(name[:80])[1:-1]
