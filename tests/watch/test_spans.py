"""Spans: of a model's call within its request or task, by OpenTelemetry's names, without a word of what was said."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.test import Client

from config.celery import app
from inference import gateway, traces, ways
from inference.errors import Unavailable
from inference.gateway import Ask
from inference.models import Call
from tests.fakes import model_server as fake
from tests.fakes.model_server import ModelServer
from tests.fakes.span_server import Got, SpanServer
from tests.processes import Instance, state_directory, wait_for

ASK = Ask("brief", "brief:b1", "write", "You write secret-system.", "Of the secret-prompt.", brief="b1")
SERVER, CLIENT, CONSUMER = 2, 3, 5


@pytest.fixture
def spans(settings: Any) -> Iterator[SpanServer]:
    with SpanServer() as server:
        settings.OTEL_EXPORTER_OTLP_ENDPOINT = server.url
        traces._provider.cache_clear()
        yield server
        traces._provider(os.getpid()).shutdown()
    traces._provider.cache_clear()


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-secret-key"
        server.reply = lambda body: "secret-answer"
        yield server
    ways.forget()


@pytest.mark.django_db
def test_a_call_is_a_span_by_the_agreed_names(spans: SpanServer, provider: ModelServer) -> None:
    reply = gateway.generate(replace(ASK, model="gpt-6.1-sol"))
    traces.flush()
    span = spans.named("chat gpt-6.1-sol")
    call = Call.objects.get(pk=reply.call)
    assert (span.kind, span.failed, span.parent) == (CLIENT, False, "")
    assert span.values["gen_ai.operation.name"] == "chat"
    assert span.values["gen_ai.request.model"] == "gpt-6.1-sol"
    assert span.values["gen_ai.request.max_tokens"] == 4000
    assert span.values["gen_ai.response.model"] == call.model_reported
    assert span.values["gen_ai.response.finish_reasons"] == ["stop"]
    assert span.values["gen_ai.usage.input_tokens"] == call.input + call.cached + call.cache_write
    assert span.values["gen_ai.usage.output_tokens"] == call.output + call.reasoning
    assert span.values["nutgraf.cost_usd"] == pytest.approx(provider.billed / 1e9)
    assert (span.values["nutgraf.call"], span.values["nutgraf.purpose"]) == (call.pk, "brief")
    assert b"secret" not in spans.raw


@pytest.mark.django_db
def test_a_call_that_fails_says_how_and_nothing_foreign(spans: SpanServer, provider: ModelServer) -> None:
    provider.script(replace(fake.SERVER_ERROR, raw=b'{"error": {"message": "secret words"}}'))
    with pytest.raises(Unavailable):
        gateway.generate(ASK)
    traces.flush()
    span = spans.named("chat gpt-6-luna")
    assert (span.failed, span.values["error.type"]) == (True, "Unavailable")
    assert b"secret" not in spans.raw


@pytest.mark.django_db
def test_vectors_are_asked_for_in_a_span_too(spans: SpanServer, provider: ModelServer) -> None:
    gateway.embed(["secret text"], work_key="article:1", model="text-embedding-3-small")
    traces.flush()
    assert spans.named("embeddings text-embedding-3-small").values["gen_ai.operation.name"] == "embeddings"
    assert b"secret" not in spans.raw


@pytest.mark.django_db
def test_a_request_is_a_span_by_its_route_and_never_by_a_secret_address(spans: SpanServer) -> None:
    answer = Client().get(
        "/s/a-secret-address-of-a-share/", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    )
    traces.flush()
    span = spans.named("GET /s/<slug:token>/")
    assert (span.kind, span.parent) == (SERVER, ""), "a stranger's trace is not gone on with"
    assert span.values["http.response.status_code"] == answer.status_code == 404
    assert span.values["nutgraf.request"] == answer.headers["X-Request-ID"]
    assert b"secret" not in spans.raw


@pytest.mark.django_db
def test_a_method_of_a_strangers_making_names_nothing(spans: SpanServer) -> None:
    Client().generic("SECRET-WORDS", "/")
    traces.flush()
    assert spans.named("HTTP /").values["http.request.method"] == "_OTHER"
    assert b"SECRET-WORDS" not in spans.raw


@pytest.mark.django_db(transaction=True)
def test_a_task_goes_on_with_the_trace_of_who_woke_it(spans: SpanServer) -> None:
    with start_worker(app, perform_ping_check=False, pool="solo", queues=["write"], loglevel="WARNING"):
        with traces.span("POST /today/prepare/", traces.SERVER, {}):
            app.send_task("briefings.tasks.write_brief", ["nowhere"], queue="write")

        def ended() -> list[Got]:
            traces.flush()
            return [one for one in spans.spans if one.kind == CONSUMER and one.parent]

        (task,) = wait_for(ended, 60, "the task's span")
    before = spans.named("POST /today/prepare/")
    assert task.name == "run briefings.tasks.write_brief"
    assert (task.trace, task.parent) == (before.trace, before.span)


@pytest.mark.django_db
def test_a_receiver_that_is_away_holds_nothing_up(settings: Any, provider: ModelServer) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:9"
    traces._provider.cache_clear()
    assert gateway.generate(ASK).text == "secret-answer"
    traces._provider.cache_clear()


QUIET = """
import sys, django; django.setup()
from django.test import Client
import config.urls, config.wsgi, inference.gateway, briefings.tasks
Client().get("/health/live", headers={"Host": "localhost"})
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""


def test_nothing_of_it_is_loaded_where_no_endpoint_is_set() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": "."}
    environment |= {"SECRET_KEY": "x" * 50, "OTEL_EXPORTER_OTLP_ENDPOINT": ""}
    done = subprocess.run(
        [sys.executable, "-c", QUIET], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.processes
def test_web_and_forked_workers_send_theirs() -> None:
    with SpanServer() as server, state_directory() as var:
        instance = Instance(
            var, {"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        )
        with instance.up("--no-catalogue", "--no-sample") as running:
            assert running.status("/accuracy/") == 200
            names = {"GET /accuracy/", "run ingest.tasks.sweep_articles"}
            wait_for(lambda: names <= {one.name for one in server.spans}, 60, "spans of both")
