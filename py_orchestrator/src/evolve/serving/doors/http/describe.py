"""The service and its models in words of the Open Inference Protocol and of Triton's extensions to it."""

from typing import Any, Final

from evolve import __version__
from evolve.serving.batcher import Batcher
from evolve.serving.model import Model
from evolve.serving.repository import Served, versions
from evolve.serving.service import Service
from evolve.serving.statistics import Histogram
from evolve.serving.tensors import Spec

_NANOSECONDS: Final = 1_000_000_000
EXTENSIONS: Final = ("binary_tensor_data", "model_configuration", "model_repository", "statistics")


def server() -> dict[str, Any]:
    return {"name": "evolve", "version": __version__, "extensions": list(EXTENSIONS)}


def metadata(served: Served, model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "versions": sorted(served.versions, key=int),
        "platform": "onnxruntime_onnx",
        "inputs": [_tensor(spec) for spec in model.inputs],
        "outputs": [_tensor(spec) for spec in model.outputs],
    }


def uploaded(model: Model, facts: dict[str, Any]) -> dict[str, Any]:
    """What came, as it is served."""
    return {
        "name": model.name,
        "version": model.version,
        "inputs": [_tensor(spec) for spec in model.inputs],
        "outputs": [_tensor(spec) for spec in model.outputs],
        "opset": facts["opset"],
        "nodes": facts["nodes"],
        "parameters": facts["parameters"],
    }


def config(batcher: Batcher) -> dict[str, Any]:
    """As Triton has it: what varies by row is no dimension there."""
    model, settings = batcher.model, batcher.settings
    first = 1 if model.batches else 0
    return {
        "name": model.name,
        "platform": "onnxruntime_onnx",
        "backend": "onnxruntime",
        "version_policy": {"all": {}},
        "max_batch_size": settings.maximum_rows if model.batches else 0,
        "input": [_configured(spec, first) for spec in model.inputs],
        "output": [_configured(spec, first) for spec in model.outputs],
        "instance_group": [
            {"name": lane.device.name, "count": 1, "kind": _kind(lane.device.provider)}
            for lane in model.lanes
        ],
        "dynamic_batching": {"max_queue_delay_microseconds": int(settings.delay * 1_000_000)},
        "parameters": {key: {"string_value": value} for key, value in sorted(model.facts.items())},
    }


def statistics(batcher: Batcher) -> dict[str, Any]:
    """Triton's statistics of a version; what it has no place for stands behind."""
    seen = batcher.statistics
    return {
        "name": batcher.model.name,
        "version": batcher.model.version,
        "last_inference": int(seen.last_request * 1000),
        "inference_count": seen.rows,
        "execution_count": seen.batches,
        "inference_stats": {
            "success": {"count": seen.requests - seen.failures},
            "fail": {"count": seen.failures},
            "queue": _duration(seen.queue),
            "compute_infer": _duration(seen.compute),
        },
        "refused": seen.refused,
    }


def health(service: Service) -> dict[str, Any]:
    """Whether it is ready, and what its models really run on."""
    return {
        "live": True,
        "ready": service.is_ready,
        "version": __version__,
        "devices": [device.name for device in service.devices],
        "models": [devices(batcher.model) for served in service.models for batcher in versions(served)],
    }


def devices(model: Model) -> dict[str, Any]:
    """What a model runs on: not what was asked for, but what its sessions say."""
    lanes = [{"device": lane.device.name, "providers": lane.providers} for lane in model.lanes]
    return {"name": model.name, "version": model.version, "lanes": lanes}


def index(service: Service) -> list[dict[str, str]]:
    """Every model that is loaded, or lies in the repository."""
    folder = service.repository.folder
    found = {(one.name, one.version): "UNAVAILABLE" for one in (folder.index() if folder else [])}
    for served in service.models:
        found |= {(served.name, version): "READY" for version in served.versions}
    entries = []
    for (name, version), state in sorted(found.items(), key=lambda item: (item[0][0], int(item[0][1]))):
        now = "LOADING" if service.repository.is_loading(name) else state
        reason = "" if now != "UNAVAILABLE" else "not loaded"
        entries.append({"name": name, "version": version, "state": now, "reason": reason})
    return entries


def _tensor(spec: Spec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": spec.datatype, "shape": list(spec.shape)}


def _configured(spec: Spec, first: int) -> dict[str, Any]:
    return {"name": spec.name, "data_type": f"TYPE_{spec.datatype}", "dims": list(spec.shape[first:])}


def _kind(provider: str) -> str:
    return "KIND_CPU" if provider == "CPUExecutionProvider" else "KIND_GPU"


def _duration(histogram: Histogram) -> dict[str, int]:
    return {"count": histogram.count, "ns": int(histogram.sum * _NANOSECONDS)}
