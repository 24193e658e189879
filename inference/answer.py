"""What a model's answer says, or why it is of no use. Pure; everything it reads is foreign."""

from __future__ import annotations

import base64
import json
import math
import re
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from inference.errors import BadReply, Refused, Truncated
from inference.evidence import Evidence

Schema = type[BaseModel] | Mapping[str, Any] | None

DAY = 86_400.0
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)  # servers that do not set them apart
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)


def as_object(text: str) -> dict[str, Any] | None:
    """The JSON object the text is, or None."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def evidence(body: Mapping[str, Any], request_id: str) -> Evidence:
    """What the ledger keeps of an answer. The id is the header's alone: some servers repeat the one in the body."""
    choice = _choice(body) or {}
    return Evidence(
        usage=body.get("usage"),
        model_reported=_word(body.get("model")),
        tier=_word(body.get("service_tier")),
        finish_reason=_word(choice.get("finish_reason")),
        request_id=request_id,
    )


def complaint(body: Mapping[str, Any], whole: str) -> str:
    """What an error answer says is wrong."""
    error = body.get("error")
    said = error.get("message") if isinstance(error, Mapping) else error
    return str(said or whole)[:500]


def code(body: Mapping[str, Any]) -> str:
    """An error answer's code, such as `resource_unavailable`."""
    error = body.get("error")
    return _word(error.get("code")) if isinstance(error, Mapping) else ""


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (seconds or a date), from 0 to a day; None when it says nothing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            date = parsedate_to_datetime(header)
            seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), DAY) if math.isfinite(seconds) else None


def text(body: Mapping[str, Any], call: int) -> str:
    """The complete text of the first choice. Raises Refused, Truncated, BadReply."""
    choice = _choice(body)
    message = choice.get("message") if choice else None
    if not choice or not isinstance(message, Mapping):
        raise BadReply("the model's reply has no choices", call)
    if message.get("refusal"):
        raise Refused(f"the model refused: {str(message['refusal'])[:200]}", call)
    reason = choice.get("finish_reason")
    if reason == "content_filter":
        raise Refused("the provider's filter cut the answer", call)
    if reason == "length":
        raise Truncated("the answer was cut at the output limit", call)
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise BadReply("the model's reply is empty", call)
    return content


def parsed(content: str, schema: Schema, call: int) -> dict[str, Any] | None:
    """The answer as the JSON object that was asked for; None when none was. Raises BadReply."""
    if schema is None:
        return None
    content = _THOUGHTS.sub("", content)
    fenced = _FENCED.fullmatch(content)
    found = as_object(fenced[1] if fenced else content)
    if found is None:
        raise BadReply("the answer is not a JSON object", call)
    if isinstance(schema, type):
        try:
            schema.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadReply(f"the answer is not of the schema: {where}: {first['msg']}"[:300], call) from error
    return found


def vectors(body: Mapping[str, Any], expected: int, call: int) -> tuple[tuple[float, ...], ...]:
    """The vectors in the order of the texts. Raises BadReply unless there is one for each, all of one length."""
    data = body.get("data")
    rows = [row for row in data if isinstance(row, Mapping)] if isinstance(data, list) else []
    # By the index as it is printed, for it may be anything; some servers leave it out and keep the order.
    vectors = {str(row.get("index", place)): _vector(row.get("embedding")) for place, row in enumerate(rows)}
    found = tuple(vectors.get(str(place), ()) for place in range(expected))
    if len(rows) != expected or len({len(vector) for vector in found}) > 1 or not all(found):
        raise BadReply(f"asked for {expected} vectors, got {len(rows)} or uneven ones", call)
    return found


def _vector(value: object) -> tuple[float, ...]:
    """Finite numbers, as a list or as base64 of four little-endian bytes each; empty for anything else."""
    if isinstance(value, str):
        try:
            raw = base64.b64decode(value, validate=True)
            value = list(struct.unpack(f"<{len(raw) // 4}f", raw))
        except (ValueError, struct.error):
            return ()
    if not isinstance(value, list):
        return ()
    numbers = [float(each) for each in value if isinstance(each, int | float) and not isinstance(each, bool)]
    return tuple(numbers) if len(numbers) == len(value) and all(map(math.isfinite, numbers)) else ()


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _choice(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    choices = body.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        return choices[0]
    return None
