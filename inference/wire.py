"""Requests over the wire to the configured endpoint: one attempt each, within the deadline. Sole importer of openai."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
from django.conf import settings
from django.utils import timezone

from inference import answer, prices
from inference.errors import Unsendable

if TYPE_CHECKING:
    import openai
    from openai import RequestOptions

CONNECT = 10.0


class NotReached(Exception):
    """No byte of the request can have arrived."""


class Lost(Exception):
    """The request may have arrived, and no answer came back."""


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    text: str
    request_id: str
    retry_after: float | None


def load() -> None:
    """Load the client now, for processes that will fork. Others load it before they send their first request.

    It is 500 modules and 30 MB; most processes ask no model, and every command would wait for it.
    """
    import openai  # noqa: F401


def check_sendable(path: str, body: Mapping[str, Any]) -> None:
    """Raise Unsendable for what the client would stumble over once the call is marked as sent and its money held."""
    load()
    key = settings.OPENAI_API_KEY
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise Unsendable("OPENAI_API_KEY has signs in it that no key has")
    try:
        prices.host(prices.base_url())
        httpx2.Request("POST", prices.base_url() + path, json=body)
    except (ValueError, TypeError, httpx2.InvalidURL) as error:
        raise Unsendable(f"the request cannot be sent to OPENAI_BASE_URL: {error}") from error


def post(path: str, body: Mapping[str, Any], attempt: str) -> Got:
    """The answer to a request for a model. Raises NotReached and Lost."""
    options: RequestOptions = {"headers": {"X-Client-Request-Id": attempt}}
    return asyncio.run(
        _send(
            settings.OPENAI_API_KEY,
            lambda client: client.post(path, cast_to=httpx2.Response, body=body, options=options),
        )
    )


def get(path: str, asked: Mapping[str, object], key: str) -> Got:
    """What stands at a path of the API. Raises NotReached and Lost."""
    return asyncio.run(
        _send(
            key,
            lambda client: client.get(path, cast_to=httpx2.Response, options={"params": asked}),
        )
    )


async def _send(key: str, ask: Callable[[openai.AsyncOpenAI], Awaitable[httpx2.Response]]) -> Got:
    """The answer, whatever its status, within the total deadline. Nothing is retried, no redirect followed."""
    import openai  # see `load`

    http = openai.DefaultAsyncHttpxClient(
        timeout=httpx2.Timeout(settings.MODEL_DEADLINE, connect=CONNECT), follow_redirects=False
    )
    client = openai.AsyncOpenAI(
        api_key=key or "none", base_url=prices.base_url(), max_retries=0, http_client=http
    )
    try:
        # A timeout between bytes is no deadline: a server that drips would hold us for hours.
        async with client, asyncio.timeout(settings.MODEL_DEADLINE):
            response = await ask(client)
    except openai.APIStatusError as error:
        response = error.response
    except openai.APIConnectionError as error:
        reason = f"{type(error.__cause__ or error).__name__}: {error.__cause__ or error}"
        if isinstance(error.__cause__, _BEFORE_SENDING):
            raise NotReached(reason) from error
        raise Lost(reason) from error
    except TimeoutError as error:
        raise Lost(f"nothing complete within {settings.MODEL_DEADLINE:g} s") from error
    return _got(response)


def _got(response: httpx2.Response) -> Got:
    headers = response.headers
    pause = answer.retry_after(headers.get("retry-after"), timezone.now())
    return Got(response.status_code, response.text, headers.get("x-request-id", ""), pause)


_BEFORE_SENDING = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
