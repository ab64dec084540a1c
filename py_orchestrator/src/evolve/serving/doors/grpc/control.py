"""What the Open Inference Protocol tells over gRPC about server and models, and how models come and go."""

from typing import Any

from evolve.serving.batcher import Batcher
from evolve.serving.doors.grpc.messages import Message, message_class
from evolve.serving.errors import NotFound
from evolve.serving.service import Service
from evolve.serving.statistics import Histogram
from evolve.serving.tensors import Spec

# What the extensions of the protocol are called that are served here.
EXTENSIONS = ("model_repository", "statistics", "model_configuration")
PLATFORM = "onnxruntime_onnx"

_DATA_TYPE = message_class("inference.ModelInput").DESCRIPTOR.fields_by_name["data_type"].enum_type


def _message(kind: str, /, **fields: Any) -> Message:  # noqa: ANN401 - a message's fields are of many types
    return message_class(f"inference.{kind}")(**fields)


class Control:
    """Every method takes a request and gives its response, or raises a ServingError."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def server_live(self, _request: Message) -> Message:
        return _message("ServerLiveResponse", live=True)

    async def server_ready(self, _request: Message) -> Message:
        return _message("ServerReadyResponse", ready=self._service.is_ready)

    async def model_ready(self, request: Message) -> Message:
        try:
            self._service.models.find(request.name, request.version)
        except NotFound:
            return _message("ModelReadyResponse", ready=False)
        return _message("ModelReadyResponse", ready=self._service.is_ready)

    async def server_metadata(self, _request: Message) -> Message:
        from evolve import __version__

        return _message("ServerMetadataResponse", name="evolve", version=__version__, extensions=EXTENSIONS)

    async def model_metadata(self, request: Message) -> Message:
        model = self._service.models.find(request.name, request.version).model
        versions = [request.version] if request.version else self._versions(request.name)
        response = _message("ModelMetadataResponse", name=model.name, versions=versions, platform=PLATFORM)
        for specs, tensors in ((model.inputs, response.inputs), (model.outputs, response.outputs)):
            for spec in specs:
                tensors.add(name=spec.name, datatype=spec.datatype, shape=spec.shape)
        return response

    async def model_config(self, request: Message) -> Message:
        batcher = self._service.models.find(request.name, request.version)
        model = batcher.model
        response = _message("ModelConfigResponse")
        config = response.config
        config.name, config.platform, config.backend = model.name, PLATFORM, "onnxruntime"
        if model.batches:
            config.max_batch_size = batcher.settings.maximum_rows
            delay = round(batcher.settings.delay * 1e6)
            config.dynamic_batching.max_queue_delay_microseconds = delay
        for specs, tensors in ((model.inputs, config.input), (model.outputs, config.output)):
            for spec in specs:
                tensors.add(name=spec.name, data_type=_data_type(spec), dims=_dims(spec, model.batches))
        return response

    async def model_statistics(self, request: Message) -> Message:
        models = self._service.models
        if request.name:
            models.find(request.name, request.version)
        found = [
            _statistics(batcher)
            for served in models
            if request.name in ("", served.name)
            for version, batcher in served.versions.items()
            if request.version in ("", version)
        ]
        return _message("ModelStatisticsResponse", model_stats=found)

    async def repository_index(self, request: Message) -> Message:
        """What is served, and what lies in the repository's folder beside that."""
        folder = self._service.repository.folder
        served = {(one.name, version) for one in self._service.models for version in one.versions}
        stored = set() if folder is None else {(one.name, one.version) for one in folder.index()}
        response = _message("RepositoryIndexResponse")
        for name, version in sorted(served if request.ready else served | stored):
            state = "READY" if (name, version) in served else "UNAVAILABLE"
            if state != "READY" and self._service.repository.is_loading(name):
                state = "LOADING"
            response.models.add(name=name, version=version, state=state)
        return response

    async def repository_load(self, request: Message) -> Message:
        await self._service.repository.load(request.model_name)
        return _message("RepositoryModelLoadResponse")

    async def repository_unload(self, request: Message) -> Message:
        self._service.models.remove(request.model_name)
        return _message("RepositoryModelUnloadResponse")

    def _versions(self, name: str) -> list[str]:
        found = next(one for one in self._service.models if one.name == name)
        return sorted(found.versions, key=int)


def _statistics(batcher: Batcher) -> Message:
    counted = batcher.statistics
    succeeded = counted.requests - counted.failures
    nanoseconds = round((counted.queue.sum + counted.compute.sum) * 1e9)
    return _message(
        "ModelStatistics",
        name=batcher.model.name,
        version=batcher.model.version,
        last_inference=round(counted.last_request * 1000),
        inference_count=counted.rows,
        execution_count=counted.batches,
        inference_stats=_message(
            "InferStatistics",
            success=_message("StatisticDuration", count=succeeded, ns=nanoseconds),
            fail=_message("StatisticDuration", count=counted.failures + counted.refused),
            queue=_duration(counted.queue),
            compute_infer=_duration(counted.compute),
        ),
    )


def _duration(histogram: Histogram) -> Message:
    return _message("StatisticDuration", count=histogram.count, ns=round(histogram.sum * 1e9))


def _data_type(spec: Spec) -> int:
    number: int = _DATA_TYPE.values_by_name[f"TYPE_{spec.datatype}"].number
    return number


def _dims(spec: Spec, batches: bool) -> tuple[int, ...]:
    """Triton leaves the rows out where it batches."""
    return spec.shape[1:] if batches else spec.shape
