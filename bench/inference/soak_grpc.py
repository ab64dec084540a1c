"""The soak's callers over gRPC, by the library that everybody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from soak_callers import Caller
    from soak_models import Linear

TIMEOUT = 30.0


def grpc(caller: Caller) -> None:
    """Single calls and streams, on a channel of their own."""
    import grpc as library

    from evolve.serving.doors.grpc.messages import message_class

    metadata = [("authorization", f"Bearer {caller.key}")]
    with library.insecure_channel(caller.addresses["grpc"]) as channel:
        service = "/inference.GRPCInferenceService"
        single = channel.unary_unary(f"{service}/ModelInfer")
        stream = channel.stream_stream(f"{service}/ModelStreamInfer")
        reply = message_class("inference.ModelInferResponse")
        part = message_class("inference.ModelStreamInferResponse")
        for _ in range(caller.random.randrange(1, 60)):
            asked = [caller.question() for _ in range(caller.random.choice((1, 1, 20)))]
            requests = [grpc_request(model, rows) for model, rows in asked]
            try:
                if len(asked) == 1:
                    answers = [reply.FromString(single(requests[0], TIMEOUT, metadata))]
                else:
                    streamed = stream(iter(requests), TIMEOUT, metadata)
                    answers = [take_part(caller, part.FromString(data)) for data in streamed]
            except library.RpcError as error:
                if error.code() is library.StatusCode.RESOURCE_EXHAUSTED:
                    caller.refused += 1
                else:
                    caller.fail(f"gRPC: {error.code()} {error.details()}")
                continue
            if len(answers) != len(asked):
                caller.fail(f"gRPC answered {len(answers)} of {len(asked)}")
            for (model, rows), answer in zip(asked, answers, strict=False):
                if answer is not None:
                    data = np.frombuffer(answer.raw_output_contents[0], np.float32)
                    caller.check(model, rows, data.reshape(-1, model.width))
            caller.rest()


def grpc_request(model: Linear, rows: np.ndarray) -> bytes:
    from evolve.serving.doors.grpc.messages import message_class

    request = message_class("inference.ModelInferRequest")(
        model_name=model.name, raw_input_contents=[rows.tobytes()]
    )
    request.inputs.add(name="observations", datatype="FP32", shape=rows.shape)
    return request.SerializeToString()


def take_part(caller: Caller, part: object) -> object | None:
    """The answer in a part of a stream; streams say failures in words."""
    if not part.error_message:
        return part.infer_response
    if "wait for" in part.error_message:
        caller.refused += 1
    else:
        caller.fail(f"gRPC stream: {part.error_message}")
    return None
