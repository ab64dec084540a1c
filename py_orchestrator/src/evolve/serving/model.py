"""One version of a model, loaded: what it takes and gives, and a lane for each device that runs it."""

import asyncio
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evolve.errors import EvolveUserError
from evolve.serving.errors import ModelFailed, ModelRefused
from evolve.serving.providers import CPU, Device, open_session
from evolve.serving.tensors import DATATYPES, Array, Spec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, RunOptions

# What takes longer than this is run in a thread of its own, so that the doors stay open meanwhile.
_INLINE_SECONDS: Final = 0.0005
_WARM_UP_ROWS: Final = (1, 64)
# A GPU may take a minute for the first call; a model that takes longer will never end.
_WARM_UP_SECONDS: Final = 120.0
# Operators that may take longer for some rows than for the zeros of a warm-up, or never end: a deadline
# reaches only what runs in a thread. Their names stand in the file; one that is there by chance costs speed.
_UNBOUNDED: Final = (b"Loop", b"Scan", b"SequenceMap")

_ONNX_TYPES: Final = {
    "tensor(bool)": "BOOL",
    "tensor(uint8)": "UINT8",
    "tensor(uint16)": "UINT16",
    "tensor(uint32)": "UINT32",
    "tensor(uint64)": "UINT64",
    "tensor(int8)": "INT8",
    "tensor(int16)": "INT16",
    "tensor(int32)": "INT32",
    "tensor(int64)": "INT64",
    "tensor(float16)": "FP16",
    "tensor(float)": "FP32",
    "tensor(double)": "FP64",
}


class Lane:
    """A session on one device. Small models run where they are called, large ones in the lane's thread."""

    def __init__(self, device: Device, session: "InferenceSession") -> None:
        self.device = device
        # Rows under way: the next batch goes to the lane with the fewest.
        self.rows = 0
        self._session = session
        self._thread: ThreadPoolExecutor | None = None

    @property
    def providers(self) -> list[str]:
        """What really runs it, the first before the others."""
        return list(self._session.get_providers())

    @property
    def is_inline(self) -> bool:
        return self._thread is None

    def run(
        self, names: Sequence[str], feeds: dict[str, Array], options: "RunOptions | None" = None
    ) -> list[Array]:
        """Compute here and now."""
        try:
            outputs: list[Array] = self._session.run(names, feeds, options)
        except Exception as error:
            raise ModelFailed(f"the model failed: {_first_line(error)}") from error
        return outputs

    async def run_aside(
        self, names: Sequence[str], feeds: dict[str, Array], options: "RunOptions | None" = None
    ) -> list[Array]:
        """Compute in the lane's thread, while others are served."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self.run, names, feeds, options)

    def move_aside(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-{self.device.name}")

    def close(self) -> None:
        """Nobody runs it any more: its memory is given back now, whoever still remembers the model.

        A connection that has died remembers it until the garbage collector looks, which sees no native memory
        and may take minutes.
        """
        del self._session
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)


class Model:
    """A version of a model that can be called."""

    def __init__(self, name: str, version: str, lanes: Sequence[Lane], facts: dict[str, str]) -> None:
        session = lanes[0]._session
        self.name = name
        self.version = version
        self.lanes = list(lanes)
        self.facts = facts
        self.inputs = [_spec(one, name) for one in session.get_inputs()]
        self.outputs = [_spec(one, name) for one in session.get_outputs()]
        # Rows of many callers are computed together when all tensors have a first dimension for them.
        self.batches = all(spec.rows_vary for spec in (*self.inputs, *self.outputs))
        # What doors have understood of requests before, by a key of their own: it goes when the model goes.
        self.understood: dict[Hashable, Any] = {}

    def least_loaded(self) -> Lane:
        if len(self.lanes) == 1:
            return self.lanes[0]
        return min(self.lanes, key=lambda lane: lane.rows)

    def warm_up(self, clock: Callable[[], float] = time.perf_counter, *, is_bounded: bool = True) -> None:
        """Run a few rows of zeros on every lane, and see how long it takes."""
        names = [spec.name for spec in self.outputs]
        for lane in self.lanes:
            seconds = 0.0
            for rows in _WARM_UP_ROWS if self.batches else (1,):
                feeds = {spec.name: np.zeros(_sizes(spec, rows), spec.dtype) for spec in self.inputs}
                _run_bounded(self.name, lane, names, feeds)
                started = clock()
                lane.run(names, feeds)
                seconds = clock() - started
            if not is_bounded or seconds > _INLINE_SECONDS or lane.device.provider != CPU:
                lane.move_aside(self.name)

    def close(self) -> None:
        for lane in self.lanes:
            lane.close()


def _run_bounded(name: str, lane: Lane, names: Sequence[str], feeds: dict[str, Array]) -> None:
    """The first call: whoever starts a service with an endless model hears of it."""
    import onnxruntime

    options: RunOptions = onnxruntime.RunOptions()
    timer = threading.Timer(_WARM_UP_SECONDS, setattr, (options, "terminate", True))
    timer.daemon = True
    timer.start()
    try:
        lane.run(names, feeds, options)
    except ModelFailed as error:
        if options.terminate:
            sentence = f"{name} did not answer rows of zeros within {_WARM_UP_SECONDS:g} s"
            raise ModelRefused(sentence) from error
        raise
    finally:
        timer.cancel()


def load(
    name: str, version: str, data: bytes, devices: Sequence[Device], threads: int, allow_cpu: bool
) -> Model:
    """Open a model on every device; ModelRefused, or EvolveUserError when it is the device's fault."""
    import onnxruntime

    lanes = []
    for device in devices:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = open_session(data, device, options, allow_cpu)
        except EvolveUserError:
            raise
        except Exception as error:  # the runtime has a class of its own for each thing that may be wrong
            raise ModelRefused(f"{name} cannot be loaded: {_first_line(error)}") from error
        lanes.append(Lane(device, session))
    facts = dict(lanes[0]._session.get_modelmeta().custom_metadata_map)
    model = Model(name, version, lanes, facts)
    model.warm_up(is_bounded=not any(operator in data for operator in _UNBOUNDED))
    return model


def _spec(node: Any, model: str) -> Spec:  # noqa: ANN401 - the runtime's own class is not typed
    datatype = _ONNX_TYPES.get(node.type)
    if datatype is None:
        known = ", ".join(sorted(DATATYPES))
        raise ModelRefused(f"{model}: its tensor {node.name} is of the type {node.type}; served are {known}")
    return Spec(node.name, datatype, tuple(size if isinstance(size, int) else -1 for size in node.shape))


def _sizes(spec: Spec, rows: int) -> tuple[int, ...]:
    return tuple((rows if place == 0 else 1) if size == -1 else size for place, size in enumerate(spec.shape))


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:300] if text else type(error).__name__
