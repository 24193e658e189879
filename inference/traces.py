"""The only door to OpenTelemetry: spans, where an endpoint for them is set. Otherwise nothing of it is even loaded.

No span holds what a model was asked or answered, nor an address with a secret: names, counts and ids of ours only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from inference.tokens import Tokens

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

SERVER, CLIENT, CONSUMER = "SERVER", "CLIENT", "CONSUMER"
FLUSH = 5_000  # milliseconds that a process which ends waits for its last spans to leave
Values = Mapping[str, str | int | float | list[str]]


class Noting:
    """A span that goes on, or nothing where none is wanted."""

    def __init__(self, span: Span | None = None) -> None:
        self._span = span

    def note(self, values: Values, name: str = "") -> None:
        """Add these attributes, and give it another name."""
        if self._span:
            self._span.set_attributes(dict(values))
            if name:
                self._span.update_name(name)

    def failed(self, kind: str) -> None:
        """It ended in an error of this kind; what the error says may be foreign text and is left out."""
        if self._span:
            from opentelemetry.trace import StatusCode

            self._span.set_attribute("error.type", kind)
            self._span.set_status(StatusCode.ERROR)


def wanted() -> bool:
    return bool(settings.OTEL_EXPORTER_OTLP_ENDPOINT)


@contextmanager
def span(name: str, kind: str, values: Values, parent: Mapping[str, str] | None = None) -> Iterator[Noting]:
    """A span around the block, within the one that goes on or that `parent` (from `handed_on`) tells of."""
    if not wanted():
        yield Noting()
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(parent) if parent else None
    tracer = _provider(os.getpid()).get_tracer("nutgraf")
    with tracer.start_as_current_span(
        name,
        context,
        SpanKind[kind],
        dict(values),
        record_exception=False,
        set_status_on_exception=False,
    ) as started:
        noting = Noting(started)
        try:
            yield noting
        except BaseException as error:
            noting.failed(type(error).__name__)
            raise


def handed_on() -> dict[str, str]:
    """What a message carries so that its task's span has this one for a parent."""
    carrier: dict[str, str] = {}
    if wanted():
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(carrier)
    return carrier


def flush() -> None:
    """Send what has not left yet, before the process ends."""
    if wanted():
        _provider(os.getpid()).force_flush(FLUSH)


@lru_cache(1)
def _provider(process: int) -> TracerProvider:
    """For each process its own: the thread that sends does not survive a fork."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME") or "nutgraf"
    provider = TracerProvider(resource=Resource.create({"service.name": name, "process.pid": process}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


# ---------------------------------------------------------------- model calls, by the names that OpenTelemetry gives


def asked(operation: str, provider: str, model: str, most: int, purpose: str, call: int) -> Values:
    """Of a request for a model; `most` are output tokens, 0 where there is no such limit."""
    limit: Values = {"gen_ai.request.max_tokens": most} if most else {}
    return {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": "openai" if provider == "api.openai.com" else provider,
        "gen_ai.request.model": model,
        "server.address": provider,
        "nutgraf.purpose": purpose,
        "nutgraf.call": call,
        **limit,
    }


def answered(model: str, usage: Tokens | None, cost: int, body: Mapping[str, Any]) -> Values:
    """Of its answer; `cost` in nano-dollars. Of the body only what it is called and why it ended."""
    choices = body.get("choices")
    reasons = [
        str(one["finish_reason"])[:40]
        for one in (choices if isinstance(choices, list) else [])
        if isinstance(one, dict) and one.get("finish_reason")
    ]
    values: dict[str, str | int | float | list[str]] = {"nutgraf.cost_usd": cost / 1e9}
    if model:
        values["gen_ai.response.model"] = model
    if usage:
        values["gen_ai.usage.input_tokens"] = usage.input + usage.cached + usage.cache_write
        values["gen_ai.usage.output_tokens"] = usage.output + usage.reasoning
    if reasons:
        values["gen_ai.response.finish_reasons"] = reasons
    if isinstance(body.get("id"), str):
        values["gen_ai.response.id"] = body["id"][:200]
    return values
