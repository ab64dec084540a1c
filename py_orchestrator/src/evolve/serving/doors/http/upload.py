"""Models that come and go over HTTP: a version is put by its bytes, which never lie in the memory."""

import re
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, unquote_to_bytes

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from evolve.serving.doors.http import describe, messages
from evolve.serving.errors import BadInput, ServingError
from evolve.serving.service import Service
from evolve.serving.uploads import Upload

_PLACE: Final = re.compile(rb"/v2/repository/models/([^/]*)/versions/([^/]*)")
_PATH: Final = "/v2/repository/models/{name}/versions/{version}"
_WORDS: Final = {"true": True, "false": False}
_BODY: Final = {
    "parameters": [
        {"name": "replace", "in": "query", "schema": {"type": "string", "enum": list(_WORDS)}},
    ],
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}


def is_upload(head: messages.Head) -> bool:
    """Whether the body is a model's."""
    return head.method == b"PUT" and _PLACE.fullmatch(_path(head)) is not None


def begin(service: Service, request: messages.Request) -> messages.Answer | None:
    """Have the body go to a file; or say, before it is sent, why it is not wanted."""
    head = request.head
    if head.headers.get(b"content-type", b"").lower().startswith(b"multipart/"):
        sentence = "Content-Type: send the file as it is (curl -T model.onnx), not as a part of a form"
        return messages.refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence)
    place = _PLACE.fullmatch(_path(head))
    assert place is not None  # noqa: S101 - asked before
    name, version = (part.decode("utf-8", "replace") for part in place.groups())
    try:
        service.check()
        request.sink = service.uploads.begin(name, version, replace=_replaces(head))
    except ServingError as error:
        return messages.refusal_of(error)
    return None


def add_uploads(app: FastAPI, service: Service) -> None:
    """What comes after the body."""

    @app.put(_PATH, tags=["repository"], status_code=201, openapi_extra=_BODY)
    async def put(name: str, version: str, request: Request) -> Response:  # noqa: ARG001 - the upload has them
        """Try a model, put it into the repository and serve it; with replace=true in another one's place."""
        upload = request.scope["extensions"]["evolve.sink"]
        assert isinstance(upload, Upload)  # noqa: S101 - examined before the body came
        model, facts, replaced = await service.uploads.finish(upload)
        return JSONResponse(
            describe.uploaded(model, facts), HTTPStatus.OK if replaced else HTTPStatus.CREATED
        )

    @app.delete(_PATH, tags=["repository"])
    async def delete(name: str, version: str) -> dict[str, Any]:
        """Stop serving a version and delete its file; what it has taken, it answers."""
        await service.repository.erase(name, version)
        return {"name": name, "version": version}


def _path(head: messages.Head) -> bytes:
    return unquote_to_bytes(head.target.partition(b"?")[0])


def _replaces(head: messages.Head) -> bool:
    query = parse_qs(head.target.partition(b"?")[2].decode("latin-1"), keep_blank_values=True)
    if strange := set(query) - {"replace"}:
        raise BadInput(min(strange)[:80], "is unknown here: replace=true is all that may be said")
    word = query.get("replace", ["false"])[-1]
    if word not in _WORDS:
        raise BadInput("replace", f"is '{word[:20]}', but must be true or false")
    return _WORDS[word]
