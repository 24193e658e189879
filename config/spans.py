"""Spans around requests and tasks, the parents of those around model calls; nothing where no endpoint is set."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from celery import signals
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from inference import traces

PARENT = "traceparent"  # of a task's message
METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
OTHER = "_OTHER"  # by OpenTelemetry's names: a stranger may call a method anything


class Spans:
    """Middleware. What a stranger's request says of its trace is not believed: each begins one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not traces.wanted():
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method if request.method in METHODS else OTHER
        told = {"http.request.method": method, "nutgraf.request": getattr(request, "request_id", "")}
        named = "HTTP" if method == OTHER else method
        with traces.span(named, traces.SERVER, told) as span:
            response = self._get_response(request)
            # The route and not the path, which may be a secret address.
            route = f"/{request.resolver_match.route}" if request.resolver_match else ""
            found: traces.Values = {"http.response.status_code": response.status_code, "http.route": route}
            span.note(found, name=f"{named} {route}".strip())
            if response.status_code >= 500:
                span.failed(str(response.status_code))
        return response


@signals.before_task_publish.connect
def _hand_on(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers.update(traces.handed_on())


@signals.task_prerun.connect
def _begin(task_id: str, task: Any, **_: Any) -> None:
    if not traces.wanted():
        return
    parent = task.request.get(PARENT)
    told = {"messaging.system": "celery", "messaging.message.id": task_id, "nutgraf.task": task.name}
    task.request.nutgraf_stack = ExitStack()
    task.request.nutgraf_span = task.request.nutgraf_stack.enter_context(
        traces.span(f"run {task.name}", traces.CONSUMER, told, {PARENT: str(parent)} if parent else None)
    )


@signals.task_postrun.connect
def _end(task: Any, state: str | None = None, **_: Any) -> None:
    stack = task.request.get("nutgraf_stack")
    if stack is None:
        return
    if state not in (None, "SUCCESS"):
        task.request.nutgraf_span.failed(str(state))
    stack.close()


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def _last(**_: Any) -> None:
    traces.flush()
