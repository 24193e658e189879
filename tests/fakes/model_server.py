"""An OpenAI-compatible provider on loopback: it answers as told, counts tokens its own way, and bills.

What it billed is the truth our ledger is judged by, so it shares no code with `inference`:

    with ModelServer() as provider:
        provider.reply = lambda body: {"headline": "..."}      # str or JSON object, from the request's body
        provider.script(rate_limited(2), HONEST, CUT)          # the next replies, in order; then honest again
        settings.OPENAI_BASE_URL = provider.url
        ...
        assert provider.billed == sum(request.billed for request in provider.requests)
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

# Nano-dollars per token: input, cached input, output. The provider's price list as of August 2025 and November 2026.
EMBEDDER = "text-embedding-3-small"
PRICES = {
    "gpt-5": (1250, 125, 10_000),
    "gpt-5-mini": (250, 25, 2_000),
    "gpt-5-nano": (50, 5, 400),
    "gpt-6-luna": (100, 10, 500),
    "gpt-6.1-sol": (2000, 100, 10_000),
    EMBEDDER: (20, 20, 0),
    "text-embedding-3-large": (130, 130, 0),
    "local-model": (0, 0, 0),
}
WRITTEN = {
    "gpt-6-luna": 125,
    "gpt-6.1-sol": 2500,
}  # per token that goes into the cache, with models that bill it
CACHED_FROM, CACHED_BY = 1024, 128  # tokens: shorter prefixes are not cached, longer ones in steps
DIMENSIONS = 1536

TOKEN = re.compile(r"\w+|[^\w\s]")

Body = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """How to answer one request. `billed`: the provider charges for it, whether or not we hear of it."""

    status: int = 200
    finish: str = "stop"
    content: str | None = None  # instead of what the reply callable says
    message: Body = field(default_factory=dict)  # laid over the message
    top: Body = field(default_factory=dict)  # laid over the whole answer
    raw: bytes | None = None  # the whole body instead
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    usage: bool = True
    reasoning: int = 0
    delay: float = 0.0  # seconds before the first byte
    drip: float = 0.0  # seconds between bytes
    cut_after: int | None = None  # close the connection after so many bytes of the body
    billed: bool = True


HONEST = Variant()
HTML = Variant(
    raw=b"<html><body>Welcome to the gateway</body></html>", content_type="text/html", billed=False
)
SERVER_ERROR = Variant(status=500, raw=b'{"error": {"message": "internal error"}}', billed=False)
OVERLOADED = Variant(status=503, raw=b"upstream connect error", content_type="text/plain", billed=False)
NOT_JSON = Variant(content="Sure! Here is your briefing: {")
FENCED = Variant(content='```json\n{"word": "fenced"}\n```')
TRUNCATED = Variant(finish="length", content='{"headline": "OpenAI laun')
REFUSAL = Variant(message={"content": None, "refusal": "I can't help with that."})
FILTERED = Variant(finish="content_filter", message={"content": ""})
EMPTY = Variant(message={"content": ""})
NO_CHOICES = Variant(top={"choices": []})
NULL_CHOICES = Variant(top={"choices": None})
BROKEN_BODY = Variant(raw=b'{"choices": [{"message": {"con')
CUT = Variant(cut_after=40)
RESET = Variant(cut_after=0)
NO_USAGE = Variant(usage=False)
SLOW = Variant(delay=3.0)
DRIP = Variant(drip=0.2)


NO_ROOM = Variant(
    status=429,
    raw=b'{"error": {"message": "Resource Unavailable", "code": "resource_unavailable"}}',
    billed=False,
)


def rate_limited(seconds: float | str) -> Variant:
    """429 with Retry-After, free of charge."""
    raw = b'{"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}'
    return Variant(status=429, raw=raw, headers={"Retry-After": str(seconds)}, billed=False)


def rejected(status: int, message: str) -> Variant:
    """A 4xx with OpenAI's error shape, free of charge."""
    return Variant(status=status, raw=json.dumps({"error": {"message": message}}).encode(), billed=False)


@dataclass(frozen=True)
class Request:
    """One request as the provider saw it, and what it put on the bill (nano-dollars)."""

    id: str
    path: str
    client_id: str
    body: Body
    status: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    billed: int
    written_tokens: int = 0  # of the prompt, that went into the prefix cache and are billed as that


class ModelServer:
    """The provider. `refuses` are top-level parameters it answers with a 400; `strict_only` formats likewise."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        log: Path | None = None,
        prices: dict[str, tuple[int, int, int]] = PRICES,
    ):
        self.reply: Callable[[Body], str | Body] = lambda body: (
            {"word": "hello"} if _wants_json(body) else "hello"
        )
        self.requests: list[Request] = []
        self.formats: tuple[str, ...] = ("json_schema", "json_object")
        self.refuses: tuple[str, ...] = ()
        self.encodings: tuple[str, ...] = ("float", "base64")
        self.tiers: tuple[str, ...] = ("flex",)  # that it has beside the standard one, each at half the price
        self.complains: Callable[[Body], Variant | None] = lambda body: None  # an endpoint's own refusals
        self.details = True  # of usage
        self.packs = True  # vectors, where it is asked to
        self.shapes = True  # its answers as the schema says; else it thinks aloud, unless told in words
        self.full_tiers: tuple[str, ...] = ()  # those without room at the moment
        self.most_texts = 2048  # that it embeds at once
        self.dimensions = DIMENSIONS
        self.pause = 0.0  # seconds before it says anything about vectors
        self.unwelcome = ""  # a word of texts that it refuses to embed
        self.choose: Callable[[str], Variant] = lambda _: HONEST  # where nothing is scripted; one at a time
        self.key = ""  # that the last request came with
        self.reports: Callable[[str, dict[str, list[str]], str], tuple[int, bytes]] | None = (
            None  # its admin side
        )
        self.prices = prices
        self._log, self._host = log, host
        self._script: deque[Variant] = deque()
        self._prefixes: set[int] = set()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer((host, port), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._http.server_port}/v1"

    @property
    def billed(self) -> int:
        return sum(request.billed for request in self.requests)

    def script(self, *variants: Variant) -> None:
        self._script.extend(variants)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    # ------------------------------------------------------------ answering

    def answer(self, path: str, body: Body, client_id: str) -> tuple[Variant, bytes, str]:
        """How to answer, with which body, and the id that the provider gives the request."""
        with self._lock:
            variant = self._complaint(path, body) or (
                self._script.popleft() if self._script else self.choose(client_id)
            )
            texts = _texts(path, body)
            prompt = sum(map(count, texts))
            cached, written = self._cached(texts) if path.endswith("/chat/completions") else (0, 0)
            written = written if body.get("model") in WRITTEN else 0
        content = self._content(path, body, variant)
        completion = (count(content) if content else 0) + variant.reasoning
        name = f"req-{len(self.requests) + 1}-{hashlib.sha256(client_id.encode()).hexdigest()[:8]}"
        whole = self._whole(path, body, variant, content, name)
        if variant.usage:
            whole["usage"] = _usage(path, prompt, cached, written, completion, variant.reasoning)
            if not self.details:
                whole["usage"] = {key: n if isinstance(n, int) else None for key, n in whole["usage"].items()}
        tier = _tier(body, self.tiers)
        if "service_tier" in body:
            whole["service_tier"] = tier
        whole |= variant.top
        raw = variant.raw if variant.raw is not None else json.dumps(whole).encode()
        cost = (
            self._cost(str(body.get("model")), tier, prompt, cached, completion, written)
            if variant.billed
            else 0
        )
        seen = Request(name, path, client_id, body, variant.status, prompt, cached, completion, cost, written)
        self._write_down(seen)
        return variant, raw, name

    def _cost(self, model: str, tier: str, prompt: int, cached: int, completion: int, written: int) -> int:
        price = (*self.prices.get(model, (0, 0, 0)), WRITTEN.get(model, 0))
        counts = (prompt - cached - written, cached, completion, written)
        part = 1 if tier == "default" else 2
        return sum(-(-count * each // part) for count, each in zip(counts, price, strict=True))

    def _complaint(self, path: str, body: Body) -> Variant | None:
        if body.get("model") not in self.prices:
            return rejected(404, f"The model {body.get('model')!r} does not exist")
        if own := self.complains(body):
            return own
        for name in self.refuses:
            if name in body:
                return rejected(400, f"Unsupported parameter: {name!r} is not supported with this model.")
        if body.get("service_tier") in self.full_tiers:
            return NO_ROOM
        encoding = body.get("encoding_format")
        if encoding and encoding not in self.encodings:
            return rejected(422, f"encoding_format: unknown variant `{encoding}`")
        if path.endswith("/embeddings") and not 0 < len(texts := _texts(path, body)) <= self.most_texts:
            return rejected(413, f"batch size {len(texts)} is not from 1 to {self.most_texts}")
        if path.endswith("/embeddings") and not all(texts):
            return rejected(400, "'$.input' is invalid: empty strings are not embedded")
        if path.endswith("/embeddings") and self.unwelcome and self.unwelcome in " ".join(texts):
            return rejected(400, "the input violates our policy")
        wanted = body.get("response_format", {}).get("type")
        if wanted and wanted not in self.formats:
            return rejected(400, f"response_format of type {wanted!r} is not supported")
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        if schema is not None and (problem := _not_strict(schema)):
            return rejected(400, f"Invalid schema for response_format: {problem}")
        return None

    def _content(self, path: str, body: Body, variant: Variant) -> str:
        if path.endswith("/embeddings") or variant.raw is not None:
            return ""
        if variant.content is not None:
            return variant.content
        if not self.shapes and "JSON schema" not in str(body["messages"][0]["content"]):
            return "<think>\nThe user wants JSON.\n</think>\nHere is what I found: hello"
        said = self.reply(body)
        if not self.shapes:
            return f'<think>\nThe user wants {{"JSON": 1}}.\n</think>\n\n{json.dumps(said)}'
        return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)

    def _whole(self, path: str, body: Body, variant: Variant, content: str, name: str) -> Body:
        if path.endswith("/embeddings"):
            packed = self.packs and body.get("encoding_format") == "base64"
            vectors = [vector(text, self.dimensions) for text in _texts(path, body)]
            rows = [
                {"object": "embedding", "index": n, "embedding": _packed(v) if packed else v}
                for n, v in enumerate(vectors)
            ]
            rows.reverse()  # the index says which is which
            return {"object": "list", "model": body["model"], "data": rows}
        message = {"role": "assistant", "content": content, "refusal": None} | variant.message
        choice = {"index": 0, "message": message, "finish_reason": variant.finish}
        return {
            "id": f"chatcmpl-{name}",
            "object": "chat.completion",
            "model": body["model"],
            "choices": [choice],
        }

    def _cached(self, texts: list[str]) -> tuple[int, int]:
        """A provider's prefix cache: what it has read before at the beginning of another prompt costs less.

        The tokens that were in it, and those that went into it now.
        """
        words = re.findall(TOKEN, "\n".join(texts))
        keys = {mark: hash(tuple(words[:mark])) for mark in range(CACHED_FROM, len(words) + 1, CACHED_BY)}
        known = max((mark for mark, key in keys.items() if key in self._prefixes), default=0)
        self._prefixes.update(keys.values())
        return known, max(keys, default=known) - known

    def _write_down(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            if self._log:
                with self._log.open("a") as file:
                    file.write(json.dumps(vars(request)) + "\n")


def count(text: str) -> int:
    """The provider's tokens: words and signs."""
    return len(re.findall(TOKEN, text))


def vector(text: str, size: int) -> list[float]:
    """A bag of hashed words, little ones left out, so that texts about the same things lie close together."""
    found = [0.0] * size
    for word in set(re.findall(r"\w{4,}", text.lower())) or {"-"}:
        found[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % size] += 1.0
    length = math.sqrt(sum(x * x for x in found))
    return [x / length for x in found]


def _tier(body: Body, has: tuple[str, ...]) -> str:
    """The tier that serves a request: another than asked for where there is none such."""
    wanted = str(body.get("service_tier", ""))
    return wanted if wanted in has else "default"


def _packed(numbers: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def _texts(path: str, body: Body) -> list[str]:
    if path.endswith("/embeddings"):
        given = body.get("input", [])
        return [given] if isinstance(given, str) else [str(each) for each in given]
    schema = body.get("response_format", {}).get("json_schema")
    first = [json.dumps(schema)] if schema else []  # a schema stands before the instructions
    return first + [str(each.get("content", "")) for each in body["messages"]]


def _wants_json(body: Body) -> bool:
    return "response_format" in body or "JSON schema" in str(body["messages"][0]["content"])


def _usage(path: str, prompt: int, cached: int, written: int, completion: int, reasoning: int) -> Body:
    if path.endswith("/embeddings"):
        return {"prompt_tokens": prompt, "total_tokens": prompt}
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached}
        | ({"cache_write_tokens": written} if written else {}),
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def _not_strict(schema: Any) -> str:
    """Why OpenAI's strict mode refuses the schema, or nothing."""
    if isinstance(schema, list):
        return next(filter(None, map(_not_strict, schema)), "")
    if not isinstance(schema, dict):
        return ""
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false"
        if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
            return "'required' is required to be an array including every key in properties"
    return next(filter(None, map(_not_strict, schema.values())), "")


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body, server.key = json.loads(self.rfile.read(length)), self.headers.get("Authorization", "")
            variant, raw, name = server.answer(self.path, body, self.headers.get("X-Client-Request-Id", ""))
            time.sleep(variant.delay + (server.pause if self.path.endswith("/embeddings") else 0.0))
            try:
                self._send(variant, raw, name)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client did not wait

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = parts.path, parse_qs(parts.query), self.headers.get("Authorization", "")
            status, raw = server.reports(*asked) if server.reports else (404, b"{}")
            self._send(Variant(status=status), raw, "")

        def _send(self, variant: Variant, raw: bytes, name: str) -> None:
            if variant.cut_after == 0:
                self.close_connection = True
                return
            self.send_response(variant.status)
            self.send_header("Content-Type", variant.content_type)
            self.send_header("Content-Length", str(len(raw)))
            for header, value in ({"x-request-id": name} | variant.headers).items():
                self.send_header(header, value)
            self.end_headers()
            if variant.drip:
                for byte in raw:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(variant.drip)
            elif variant.cut_after is not None:
                self.wfile.write(raw[: variant.cut_after])
                self.wfile.flush()
                self.close_connection = True
            else:
                self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: what happened is in `requests`."""

    return Handler
