"""What a model runs on: execution providers in the order asked for, and the truth about what came of it.

onnxruntime with a GPU build lists CUDA on machines without a GPU, and falls back to the CPU without a word.
Only a session knows; so each is asked what it really uses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from evolve.errors import EvolveUserError
from evolve.serving.logs import LOG

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

# Short names that a person may write; any other provider goes by the runtime's own name.
SHORT: Final = {
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "cpu": "CPUExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
CPU: Final = SHORT["cpu"]
_DEVICE: Final = re.compile(r"([A-Za-z]+)(?::(\d{1,3}))?")


@dataclass(frozen=True)
class Device:
    """A provider, and which of its devices."""

    provider: str
    number: int = 0

    @property
    def name(self) -> str:
        short = next((short for short, name in SHORT.items() if name == self.provider), self.provider)
        return short if self.provider == CPU else f"{short}:{self.number}"

    def options(self) -> dict[str, Any]:
        return {} if self.provider in (CPU, SHORT["coreml"]) else {"device_id": str(self.number)}


def are_devices(word: str) -> bool:
    """Whether a word of the command line names devices, and is no model."""
    return all(_provider(one) is not None for one in word.split(","))


def _provider(word: str) -> str | None:
    match = _DEVICE.fullmatch(word)
    if match is None:
        return None
    named = SHORT.get(match[1].lower(), match[1])
    return named if named.endswith("ExecutionProvider") else None


def parse_devices(words: Sequence[str]) -> list[Device]:
    """Read devices like `cuda:0`, `cuda:1`, `cpu`; each stands for itself, once."""
    devices: list[Device] = []
    for word in words:
        if (provider := _provider(word)) is None:
            raise EvolveUserError(
                f"'{word}' is no device: write cpu, cuda:0, cuda:1, coreml, or a provider's full name"
            )
        device = Device(provider, int(word.partition(":")[2] or 0))
        if device in devices:
            raise EvolveUserError(f"the device {word} stands there twice")
        devices.append(device)
    return devices


def choose_devices(wanted: Sequence[Device], allow_cpu: bool) -> list[Device]:
    """The devices to use: those asked for, or the best that the runtime has here."""
    import onnxruntime

    available = onnxruntime.get_available_providers()
    if not wanted:
        first = next((name for name in (SHORT["cuda"], SHORT["coreml"]) if name in available), CPU)
        return [Device(first)]
    found = [device for device in wanted if device.provider in available]
    missing = [device for device in wanted if device.provider not in available]
    if not missing:
        return found
    lack = f"{', '.join(device.name for device in missing)} cannot be had: "
    lack += f"this onnxruntime has {', '.join(available)}"
    if not allow_cpu:
        raise EvolveUserError(f"{lack}; {_way_to(missing[0])}, or add --allow-cpu to go on without")
    found = found or [Device(CPU)]
    LOG.warning("%s; %s computes", lack, " and ".join(device.name for device in found))
    return found


def _way_to(device: Device) -> str:
    if device.provider in (SHORT["cuda"], SHORT["tensorrt"]):
        return "'pip uninstall onnxruntime', then 'pip install evolve[gpu]' brings it"
    return "install another build of it"


def open_session(
    model: bytes, device: Device, options: "SessionOptions", allow_cpu: bool
) -> "InferenceSession":
    """A session that really runs on the device; EvolveUserError when it would not."""
    import onnxruntime

    if device.provider != CPU and not allow_cpu:
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    providers: list[Any] = [(device.provider, device.options())]
    if device.provider != CPU and allow_cpu:
        providers.append(CPU)
    try:
        session = onnxruntime.InferenceSession(model, options, providers=providers)
    except Exception as error:
        if device.provider == CPU:
            raise
        raise EvolveUserError(
            f"{device.name} cannot run the model ({_first_line(error)}): use another one, or --allow-cpu"
        ) from error
    if device.provider not in session.get_providers() and not allow_cpu:
        raise EvolveUserError(
            f"{device.name} was asked for, and onnxruntime fell back to {session.get_providers()[0]}: see "
            "what its drivers lack, or add --allow-cpu"
        )
    if device.provider not in session.get_providers():
        LOG.warning("%s was asked for, and onnxruntime fell back to the CPU", device.name)
    return session


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
