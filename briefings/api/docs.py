"""The description of the API: for programs as it is, for people as a page of ours that loads nothing from elsewhere."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from briefings.api import problems


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `code`: it is to be read letter by letter."""

    text: str
    code: bool


def pieces(text: str) -> Sequence[Piece]:
    """A text with `code` in it, as parts to be escaped one by one."""
    return [Piece(part, bool(number % 2)) for number, part in enumerate(text.split("`")) if part]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    where: str
    shape: str
    needed: bool
    words: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation. `body` and `answer` name schemas, `problems` are statuses."""

    id: str
    method: str
    path: str
    words: Sequence[Piece]
    open: bool
    parameters: Sequence[Parameter]
    body: str
    answers: Sequence[tuple[str, str]]
    problems: Sequence[str]


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(_schema()), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "briefings/api.html", _described())


@cache
def _schema() -> dict[str, Any]:
    from briefings.api.urls import api  # it names this module's views

    return of(api)


def of(api: NinjaAPI) -> dict[str, Any]:
    """The OpenAPI document, as JSON has it."""
    told: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return told


@cache
def _described() -> Mapping[str, Any]:
    schema = _schema()
    groups: dict[str, list[Shown]] = defaultdict(list)
    for path, operations in schema["paths"].items():
        for method, one in operations.items():
            groups[one["tags"][0]].append(_shown(method, path, one))
    shapes = [(name, _properties(one), pieces(one.get("description", ""))) for name, one in _shapes(schema)]
    paragraphs = [pieces(one) for one in schema["info"]["description"].split("\n\n")]
    return {"paragraphs": paragraphs, "groups": dict(groups), "shapes": shapes, "problems": problems.CODES}


def _shapes(schema: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(schema["components"]["schemas"].items())


def _shown(method: str, path: str, one: Mapping[str, Any]) -> Shown:
    answers = {status: told for status, told in one["responses"].items() if status < "4"}
    return Shown(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        words=pieces(one.get("description", "")),
        open="security" not in one,
        parameters=[_parameter(each) for each in one["parameters"]],
        body=_content(one.get("requestBody", {})),
        answers=[(status, _content(told) or told["description"]) for status, told in answers.items()],
        problems=sorted(set(one["responses"]) - set(answers)),
    )


def _parameter(one: Mapping[str, Any]) -> Parameter:
    return Parameter(
        one["name"], one["in"], shape_of(one["schema"]), one["required"], pieces(one.get("description", ""))
    )


def _content(told: Mapping[str, Any]) -> str:
    return ", ".join(
        shape_of(one["schema"]) if kind == "application/json" else kind
        for kind, one in told.get("content", {}).items()
    )


def _properties(schema: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    needed = schema.get("required", ())
    return [(name, shape_of(one), name in needed) for name, one in schema.get("properties", {}).items()]


def shape_of(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: "string", "list of Sentence", "integer or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "allOf" in schema:
        return shape_of(schema["allOf"][0])
    if "anyOf" in schema:
        return " or ".join(shape_of(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(one) for one in schema.get("enum", [schema.get("const")]))
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        inner = schema.get("items") or {"anyOf": schema.get("prefixItems", [{}])}
        return f"list of {shape_of(inner)}"
    return str(schema.get("format", kind))
