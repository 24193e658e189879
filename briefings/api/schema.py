"""The OpenAPI 3.1 description: what ninja makes of the routers, with the problems that each operation may answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from briefings.api import problems

EVERYWHERE = (405, 429, 500, 503)
WITH_BODY = (400, 413, 415)
HEADERS = {
    "X-Request-ID": {"schema": {"type": "string"}, "description": "Names the request in our logs."},
}
RETRY = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
TAG = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "Send it as If-None-Match to be told 304 for the same.",
    }
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the answer that you have.",
}


class Described(NinjaAPI):
    """A NinjaAPI whose description tells of problems too."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for method, operation in _operations(schema):
            _complete(method, operation)
        schema["components"]["schemas"] |= _problem_schemas()
        schema["components"]["responses"] = {f"Problem{status}": _response(status) for status in _statuses()}
        return schema


def _operations(schema: OpenAPISchema) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in schema["paths"].values():
        yield from path.items()


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for told in responses.values():
        told.setdefault("headers", {}).update(HEADERS)
    if method == "get" and 200 in responses and "x-never-stored" not in operation:
        responses[200]["headers"].update(TAG)
        responses[304] = {"description": "Not Modified: it is what If-None-Match names."}
        operation["parameters"].append(IF_NONE_MATCH)
    statuses = [*EVERYWHERE, *(WITH_BODY if "requestBody" in operation else ())]
    if operation["parameters"] or "requestBody" in operation:
        statuses.append(422)
    if "security" in operation:
        statuses.append(401)
    if "{" in operation.get("x-path", "") or any(one["in"] == "path" for one in operation["parameters"]):
        statuses.append(404)
    for status in sorted({*statuses, *operation.pop("x-problems", ())}):
        responses.setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})


def may_answer(*statuses: int) -> dict[str, Any]:
    """For `openapi_extra`: the problems that an operation answers beside those that follow from its shape."""
    return {"x-problems": list(statuses)}


def _statuses() -> list[int]:
    return sorted({kind.status for kind in problems.CODES.values()})


def _response(status: int) -> dict[str, Any]:
    named = ", ".join(f"`{code}`" for code, kind in problems.CODES.items() if kind.status == status)
    return {
        "description": f"Problem: {named}",
        "headers": HEADERS | (RETRY if status in (429, 503) else {}),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }


@cache
def _problem_schemas() -> dict[str, Any]:
    made = problems.ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "ProblemDetails": made}
