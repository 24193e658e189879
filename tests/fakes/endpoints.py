"""Servers of open models, played by `ModelServer`: what each refuses, ignores and leaves out of OpenAI's protocol.

By their source and issue trackers as of 2026; versions differ, so each stands for what some of its versions do.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.fakes.model_server import Body, ModelServer, Variant

MODEL = "qwen3:8b"


def _refusal(said: Body, status: int = 400) -> Variant:
    return Variant(status=status, raw=json.dumps(said).encode(), billed=False)


def vllm(server: ModelServer) -> None:
    """Knows no effort called `none`; its complaints are no objects called `error`; details of usage are null."""

    def complain(body: Body) -> Variant | None:
        if body.get("reasoning_effort") not in (None, "low", "medium", "high"):
            wrong = "1 validation error\nreasoning_effort\n  Input should be 'low', 'medium' or 'high'"
            return _refusal({"object": "error", "message": wrong, "type": "BadRequestError", "code": 400})
        return None

    _serve(server, complain)
    server.details = False


def ollama(server: ModelServer) -> None:
    """Looks at no parameter it does not know, `encoding_format` among them; stops no model that never thinks."""

    def complain(body: Body) -> Variant | None:
        if "reasoning_effort" in body:
            said = f'"{body["model"]}" does not support thinking'
            return _refusal({"error": {"message": said, "type": "api_error", "param": None, "code": None}})
        return None

    _serve(server, complain)
    server.packs = False


def llama_cpp(server: ModelServer) -> None:
    """Cannot make a grammar of our schemas; its codes are numbers; older ones embed in figures only."""

    def complain(body: Body) -> Variant | None:
        if body.get("response_format", {}).get("type") == "json_schema":
            said = "Failed to initialize samplers: failed to parse grammar"
            return _refusal({"error": {"code": 400, "message": said, "type": "invalid_request_error"}})
        return None

    _serve(server, complain)
    server.encodings = ("float",)


def llama_cpp_open(server: ModelServer) -> None:
    """Takes a schema, cannot make a grammar of it, and answers as it likes: the model says its thoughts first."""
    _serve(server, lambda body: None)
    server.shapes = False


def gateway(server: ModelServer) -> None:
    """A strict proxy: refuses every parameter that OpenAI's oldest clients did not send, one at a time."""
    _serve(server, lambda body: None)
    server.formats, server.encodings = (), ()
    server.refuses = (
        "service_tier",
        "chat_template_kwargs",
        "reasoning_effort",
        "max_tokens",
        "encoding_format",
    )


ENDPOINTS: dict[str, Callable[[ModelServer], None]] = {
    each.__name__: each for each in (vllm, ollama, llama_cpp, llama_cpp_open, gateway)
}


def _serve(server: ModelServer, complain: Callable[[Body], Variant | None]) -> None:
    server.prices = {MODEL: (0, 0, 0)}
    server.complains = complain
    server.tiers = ()
