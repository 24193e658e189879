"""Schemas as strict mode takes them, and what is left out when an endpoint refuses."""

from __future__ import annotations

from pydantic import BaseModel, Field

from inference import dialect
from tests.fakes.model_server import _not_strict


class Fact(BaseModel):
    text: str = Field(max_length=200, title="Text")
    title: str = ""
    default: int = 3
    passages: list[int] = Field(default_factory=list, max_length=4)


class Sheet(BaseModel):
    facts: list[Fact]
    first: Fact | None = None


def test_it_closes_every_object_and_requires_every_property() -> None:
    schema = dialect.strict(Sheet.model_json_schema())
    assert _not_strict(schema) == ""
    assert list(schema["$defs"]["Fact"]["properties"]) == ["text", "title", "default", "passages"]
    assert schema["$defs"]["Fact"]["properties"]["text"] == {"type": "string"}
    assert schema["$defs"]["Fact"]["properties"]["passages"]["maxItems"] == 4


def test_it_asks_for_the_least_thinking() -> None:
    assert dialect.first("https://api.openai.com/v1", "gpt-5-mini").effort == "minimal"
    assert dialect.first("https://api.openai.com/v1", "gpt-5.1").effort == "none"
    assert dialect.first("https://api.openai.com/v1", "gpt-4.1").effort is None
    assert not dialect.first("https://api.openai.com/v1", "gpt-4.1").template
    local = dialect.first("http://127.0.0.1:11434/v1", "qwen3:8b")
    assert (local.effort, local.template) == ("none", True)


def test_it_leaves_out_what_the_endpoint_complains_about() -> None:
    now = dialect.first("http://127.0.0.1/v1", "gpt-5-mini")
    without_effort = dialect.simpler(now, "Unsupported parameter: 'reasoning_effort'")
    assert without_effort is not None
    assert (without_effort.effort, without_effort.format) == (None, "json_schema")
    other = dialect.simpler(without_effort, "'max_tokens' is not supported, use 'max_completion_tokens'")
    assert other is not None
    assert other.limit == "max_completion_tokens"
    simpler = dialect.simpler(other, "grammar not available")
    assert simpler is not None
    assert simpler.format == "json_object"
    last = dialect.simpler(simpler, "no")
    assert last is not None
    assert dialect.simpler(last, "no") is None
