"""How an endpoint wants to be asked: not every compatible server takes strict schemas or the newest names. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Format = Literal["json_schema", "json_object", "plain"]
Encoding = Literal["base64", "float"]
FLEX = "flex"
SIMPLER: dict[Format, Format | None] = {"json_schema": "json_object", "json_object": "plain", "plain": None}


@dataclass(frozen=True, slots=True)
class Dialect:
    """`limit` names the parameter of the output limit; `effort` is how little to think, None for no such parameter.

    `flex`: it takes a slower tier at a lower price for what nobody waits for. `encoding` is how vectors come: base64
    is a quarter of the bytes of figures; None leaves the parameter out.
    """

    format: Format = "json_schema"
    limit: Literal["max_completion_tokens", "max_tokens"] = "max_tokens"
    effort: str | None = None
    template: bool = False
    flex: bool = False
    encoding: Encoding | None = "base64"


def first(url: str, model: str, tier: str = "auto") -> Dialect:
    """What to try first. Thinking doubles the bill, so the least there is: `minimal` for gpt-5, later `none`.

    `tier` is NUTGRAF_BACKGROUND_TIER: `flex` asks any endpoint for it, `auto` the one that is known to have it.
    """
    official = "//api.openai.com/" in f"{url}/"
    newest = official or ".openai.azure.com/" in url
    effort = _least_effort(model)
    open_model = effort is None and not newest
    return Dialect(
        limit="max_completion_tokens" if newest else "max_tokens",
        effort="none" if open_model else effort,
        template=open_model,
        flex=tier == FLEX or (tier == "auto" and official),
    )


def _least_effort(model: str) -> str | None:
    """Of OpenAI's models by name; None for those that do not think or are not OpenAI's."""
    if re.fullmatch(r"gpt-5(-mini|-nano)?(-\d{4}-\d{2}-\d{2})?", model):
        return "minimal"
    return "none" if re.match(r"gpt-(5\.\d|[6-9])", model) else None


def simpler(now: Dialect, complaint: str) -> Dialect | None:
    """What to try after a 400 with this text, or None when there is nothing left to leave out."""
    said = complaint.lower()
    if now.flex and "service_tier" in said:
        return replace(now, flex=False)
    if now.template and "chat_template" in said:
        return replace(now, template=False)
    if now.effort is not None and ("reasoning" in said or "think" in said):
        return replace(now, effort=None, template=False)
    if now.limit in said:
        return replace(
            now, limit="max_tokens" if now.limit == "max_completion_tokens" else "max_completion_tokens"
        )
    less = without_schema(now) or now
    if less.format == "plain" and not re.search(
        "format|schema|grammar", said
    ):  # whatever it is that it minds
        less = replace(less, flex=False, effort=None, template=False)
    return less if less != now else None


def without_schema(now: Dialect) -> Dialect | None:
    """The next simpler way to say what shape the answer must have, or None when it is the simplest."""
    less = SIMPLER[now.format]
    return replace(now, format=less) if less else None


def simpler_vectors(now: Dialect) -> Dialect | None:
    """What to try after an endpoint refused to embed, or None when there is nothing left to leave out."""
    if now.encoding is None:
        return None
    return replace(now, encoding="float" if now.encoding == "base64" else None)


def embeddings(dialect: Dialect, model: str, texts: Sequence[str]) -> dict[str, Any]:
    """The body of a request for vectors."""
    body: dict[str, Any] = {"model": model, "input": list(texts)}
    return body | {"encoding_format": dialect.encoding} if dialect.encoding else body


def chat(
    dialect: Dialect,
    model: str,
    system: str,
    prompt: str,
    schema: Mapping[str, Any] | None,
    limit: int,
    tier: str | None = None,
) -> dict[str, Any]:
    """The body of a chat completion. Where the endpoint takes no schema, it stands at the end of the instructions."""
    format_ = dialect.format if schema else "plain"
    if schema and format_ != "json_schema":
        system = f"{system}\n\nAnswer with one JSON object of this JSON schema and nothing else:\n{json.dumps(schema)}"
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}],
        dialect.limit: limit,
    }
    if dialect.effort:
        body["reasoning_effort"] = dialect.effort
    if dialect.template:
        body["chat_template_kwargs"] = {"enable_thinking": False}
    if tier:
        body["service_tier"] = tier
    if format_ == "json_schema":
        answer = {"name": "answer", "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": answer}
    elif format_ == "json_object":
        body["response_format"] = {"type": "json_object"}
    return body


_ANNOTATIONS = ("title", "default", "examples", "minLength", "maxLength")


def strict(schema: Any, properties: bool = False) -> Any:
    """The schema as strict structured output takes it: closed objects, every property required, no annotations.

    `properties` says that the keys at this level are the names of properties and not words of JSON schema.
    """
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {
        key: strict(value, properties=not properties and key in ("properties", "$defs"))
        for key, value in schema.items()
        if properties or key not in _ANNOTATIONS
    }
    if not properties and "properties" in kept:
        kept |= {"additionalProperties": False, "required": list(kept["properties"])}
    return kept
