"""What is no call of a model: health, metadata, statistics, repository, metrics and documentation."""

from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from evolve import __version__
from evolve.serving import logs, metrics
from evolve.serving.batcher import Batcher
from evolve.serving.doors.http import describe
from evolve.serving.doors.http.messages import refusal_of
from evolve.serving.doors.http.openapi import ERRORS, with_calls
from evolve.serving.doors.http.upload import add_uploads
from evolve.serving.errors import BadInput, NotFound, ServingError
from evolve.serving.repository import Served, versions
from evolve.serving.service import Service

_Options = Annotated[dict[str, Any] | None, Body()]


def make_app(service: Service) -> FastAPI:
    """The application of one service."""
    app = FastAPI(
        title="Evolve inference",
        version=__version__,
        redirect_slashes=False,
        responses=ERRORS,
        description="The Open Inference Protocol v2, and a simpler way beside it.",
    )
    _add_refusals(app)
    _add_health(app, service)
    _add_models(app, service)
    _add_repository(app, service)
    add_uploads(app, service)
    with_calls(app)
    return app


def _add_refusals(app: FastAPI) -> None:
    """Every error is JSON with a sentence, and input is never the service's fault."""

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ServingError)  # noqa: S101 - registered for nothing else
        answer = refusal_of(error)
        headers = dict(line.split(": ", 1) for line in answer.headers.decode().splitlines())
        return Response(answer.body, answer.status, headers, "application/json")

    async def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        sentence = f"{request.method} {request.url.path[:200]}: {error.detail}"
        headers = dict(error.headers or {})
        if methods := _methods(app, request):
            sentence += f"; taken are {methods}"
            headers = {"Allow": methods}
        sentence += "; /docs lists what there is"
        return JSONResponse({"error": sentence}, error.status_code, headers)

    async def invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])[:200]
        return JSONResponse({"error": f"{field}: {first['msg']}", "field": field}, 400)

    app.add_exception_handler(ServingError, refused)
    app.add_exception_handler(HTTPException, unknown)
    app.add_exception_handler(RequestValidationError, invalid)


def _methods(app: FastAPI, request: Request) -> str:
    """What an address takes instead: the library looks at the first of its routes alone."""
    there = [route for route in app.routes if route.matches(request.scope)[0] is Match.PARTIAL]
    return ", ".join(sorted({method for route in there for method in getattr(route, "methods", ())}))


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/v2", tags=["service"])
    async def about() -> dict[str, Any]:
        return describe.server()

    @app.get("/v2/health/live", tags=["service"])
    async def live() -> dict[str, bool]:
        return {"live": True}

    @app.get("/v2/health/ready", tags=["service"])
    async def ready() -> Response:
        return JSONResponse({"ready": service.is_ready}, 200 if service.is_ready else 503)

    @app.get("/health", tags=["service"])
    async def health() -> Response:
        """Whether it is ready, and what its models really run on."""
        return JSONResponse(describe.health(service), 200 if service.is_ready else 503)

    @app.get("/stats", tags=["service"])
    async def stats() -> dict[str, Any]:
        return {"model_stats": [describe.statistics(one) for one in _all(service)]}

    @app.get("/metrics", tags=["service"], response_class=PlainTextResponse)
    async def prometheus() -> Response:
        return Response(metrics.render(service), media_type=metrics.KIND)


def _add_models(app: FastAPI, service: Service) -> None:
    for path in ("/v2/models/{name}", "/v2/models/{name}/versions/{version}"):

        @app.get(path, tags=["models"])
        async def metadata(name: str, version: str = "") -> dict[str, Any]:
            return describe.metadata(_served(service, name), service.find(name, version).model)

        @app.get(f"{path}/ready", tags=["models"])
        async def ready(name: str, version: str = "") -> dict[str, Any]:
            service.find(name, version)
            return {"name": name, "ready": True}

        @app.get(f"{path}/config", tags=["models"])
        async def config(name: str, version: str = "") -> dict[str, Any]:
            return describe.config(service.find(name, version))

        @app.get(f"{path}/stats", tags=["models"])
        async def stats(name: str, version: str = "") -> dict[str, Any]:
            wanted = [service.find(name, version)] if version else versions(_served(service, name))
            return {"model_stats": [describe.statistics(one) for one in wanted]}


def _add_repository(app: FastAPI, service: Service) -> None:
    @app.post("/v2/repository/index", tags=["repository"])
    async def index(options: _Options = None) -> list[dict[str, str]]:
        """Every model; with {"ready": true} those that are loaded."""
        entries = describe.index(service)
        only_ready = bool((options or {}).get("ready"))
        return [one for one in entries if one["state"] == "READY" or not only_ready]

    @app.post("/v2/repository/models/{name}/load", tags=["repository"])
    async def load(name: str, options: _Options = None) -> dict[str, Any]:
        """Load a model's versions from the repository, anew where they are loaded."""
        if (options or {}).get("parameters"):  # Triton's way to send a model along
            raise BadInput("parameters", "none are taken: PUT …/models/NAME/versions/VERSION takes a model")
        return {"name": name, "versions": await service.repository.load(name)}

    @app.post("/v2/repository/models/{name}/unload", tags=["repository"])
    async def unload(name: str, options: _Options = None) -> dict[str, Any]:  # noqa: ARG001
        """Stop serving a model; what it has taken, it answers."""
        service.find(name, "")
        service.models.remove(name)
        logs.say("unloaded", model=name)
        return {"name": name}


def _served(service: Service, name: str) -> Served:
    for served in service.models:
        if served.name == name:
            return served
    raise NotFound(f"there is no model '{name[:80]}' here")


def _all(service: Service) -> list[Batcher]:
    return [batcher for served in service.models for batcher in versions(served)]
