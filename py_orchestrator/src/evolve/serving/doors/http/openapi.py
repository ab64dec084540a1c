"""What the documentation says of the calls, which FastAPI never sees, and of errors."""

from typing import Any, Final

from fastapi import FastAPI

_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "field": {"type": "string"}},
}
_SENTENCES: Final = {
    400: "The request makes no sense; `field` names the part of it.",
    401: "The key is missing or wrong.",
    403: "The key may not do this, or the Host or the Origin is a foreign one.",
    404: "There is no such model, version or address.",
    405: "Another method is wanted.",
    408: "The request did not arrive in time.",
    409: "What is to be put there is in the way of something.",
    411: "The length is missing.",
    413: "The request is too large.",
    415: "The content is of another type.",
    429: "Too many requests came with this key.",
    503: "The queue is full or the service ends: come again after Retry-After seconds.",
    504: "The model was not done in time.",
    507: "The repository's folder is full, or for reading only.",
}
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": sentence, "content": {"application/json": {"schema": _ERROR}}}
    for status, sentence in _SENTENCES.items()
}

_TENSOR: Final = {
    "type": "object",
    "required": ["name", "shape", "datatype"],
    "properties": {
        "name": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {"type": "string", "examples": ["FP32"]},
        "parameters": {"type": "object"},
        "data": {"type": "array", "items": {}},
    },
}
_REQUEST: Final = {
    "type": "object",
    "required": ["inputs"],
    "properties": {
        "id": {"type": "string"},
        "parameters": {"type": "object"},
        "inputs": {"type": "array", "items": _TENSOR},
        "outputs": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        },
    },
}
_ANSWER: Final = {
    "type": "object",
    "required": ["model_name", "model_version", "outputs"],
    "properties": {
        "model_name": {"type": "string"},
        "model_version": {"type": "string"},
        "id": {"type": "string"},
        "outputs": {"type": "array", "items": _TENSOR},
    },
}
_SIMPLE_REQUEST: Final = {
    "type": "object",
    "required": ["inputs"],
    "additionalProperties": False,
    "properties": {
        "inputs": {"anyOf": [{"type": "array", "items": {}}, {"type": "object"}]},
        "model": {"type": "string"},
        "version": {"type": "string"},
    },
}
_SIMPLE_ANSWER: Final = {
    "type": "object",
    "required": ["outputs", "model", "version"],
    "properties": {"outputs": {}, "model": {"type": "string"}, "version": {"type": "string"}},
}


def with_calls(app: FastAPI) -> None:
    """Add the calls to what the application says of itself."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = make()
            schema["paths"] |= _calls()
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _calls() -> dict[str, Any]:
    name, version = _parameter("name", "path"), _parameter("version", "path")
    chosen = [_parameter("model", "query"), _parameter("version", "query")]
    call = "/v2/models/{name}/infer"
    versioned = "/v2/models/{name}/versions/{version}/infer"
    return {
        "/infer": _call("Ask a model, or the only one", chosen, _SIMPLE_REQUEST, _SIMPLE_ANSWER),
        call: _call("Ask the newest version of a model", [name], _REQUEST, _ANSWER),
        versioned: _call("Ask a version of a model", [name, version], _REQUEST, _ANSWER),
    }


def _call(
    summary: str, parameters: list[dict[str, Any]], request: dict[str, Any], answer: dict[str, Any]
) -> dict[str, Any]:
    answers = {
        "200": {"description": "The outputs.", "content": {"application/json": {"schema": answer}}}
    } | {str(status): said for status, said in ERRORS.items()}
    return {
        "post": {
            "summary": summary,
            "tags": ["calls"],
            "parameters": parameters,
            "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
            "responses": answers,
        }
    }


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
