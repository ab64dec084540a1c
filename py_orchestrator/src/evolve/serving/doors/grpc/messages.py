"""The messages of the gRPC door, made from the services' descriptors when it opens.

No code is generated: generated code refuses to run with an older protobuf than the one that made it. The
descriptors lie beside the .proto files; a test compares the two.
"""

from importlib.resources import files
from typing import Any, Final

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

INFERENCE: Final = "inference.GRPCInferenceService"
NEURAL: Final = "evolve.v1.NeuralService"
HEALTH: Final = "grpc.health.v1.Health"

# Their messages have no types that a checker could know.
Message = Any


def _files() -> list[Any]:
    data = (files("evolve.serving.proto") / "services.bin").read_bytes()
    return list(descriptor_pb2.FileDescriptorSet.FromString(data).file)


def _with_packed_floats_as_bytes(file: Any) -> Any:  # noqa: ANN401 - protobuf's own classes have no types
    """The same wire, read without a Python object for each number: packed floats are bytes with a length."""
    packed = descriptor_pb2.FileDescriptorProto()
    packed.CopyFrom(file)
    packed.name, packed.package = "packed.proto", "packed"
    packed.ClearField("service")
    kind = descriptor_pb2.FieldDescriptorProto
    for message in packed.message_type:
        for field in message.field:
            if field.type == kind.TYPE_FLOAT:
                field.type, field.label = kind.TYPE_BYTES, kind.LABEL_OPTIONAL
    return packed


def _under_its_old_name(file: Any) -> Any:  # noqa: ANN401
    """Reflection before it was declared stable, which many tools ask for: the same in another package."""
    old = descriptor_pb2.FileDescriptorProto()
    old.CopyFrom(file)
    old.name, old.package = file.name.replace(".proto", "_v1alpha.proto"), f"{file.package}alpha"
    for field in (field for message in old.message_type for field in message.field):
        if field.type_name:
            field.type_name = field.type_name.replace(file.package, old.package)
    for method in old.service[0].method:
        method.input_type = method.input_type.replace(file.package, old.package)
        method.output_type = method.output_type.replace(file.package, old.package)
    return old


# A pool of our own: programs that have Triton's client loaded know these names already.
POOL: Final = descriptor_pool.DescriptorPool()
for _file in _files():
    POOL.Add(_file)
    if _file.package == "evolve.v1":
        POOL.Add(_with_packed_floats_as_bytes(_file))
    if _file.package == "grpc.reflection.v1":
        POOL.Add(_under_its_old_name(_file))


def message_class(name: str) -> Any:  # noqa: ANN401 - protobuf's own classes have no types
    """The class of a message by its full name."""
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(name))


def methods(service: str) -> list[Any]:
    """The methods of a service, as protobuf describes them."""
    return list(POOL.FindServiceByName(service).methods)
