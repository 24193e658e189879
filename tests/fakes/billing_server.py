"""The admin side of an OpenAI-compatible provider on loopback: its usage and cost reports, as a test wants them.

with BillingServer() as billing:
    billing.used(day, "gpt-5-mini-2025-08-07", requests=3, input=900, cached=512, output=120)
    billing.billed(day, "0.00042")
    settings.OPENAI_BASE_URL, settings.OPENAI_ADMIN_KEY = billing.url, billing.key
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USAGE = "/v1/organization/usage/completions"
EMBEDDINGS = "/v1/organization/usage/embeddings"
COSTS = "/v1/organization/costs"
DAYS_A_PAGE = 3  # few, so that a week takes several pages


class BillingServer:
    """`asked` holds the path and query of each request; `broken` answers instead, as (status, body)."""

    key = "sk-admin-test"

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.broken: dict[str, tuple[int, bytes]] = {}
        self._lines: dict[str, dict[date, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def used(
        self,
        day: date,
        model: str,
        *,
        requests: int,
        input: int = 0,
        cached: int = 0,
        written: int = 0,
        output: int = 0,
        tier: str = "default",
    ) -> None:
        """A line of the usage report; as there, `input` counts the cached and the written tokens too."""
        line = {
            "object": "organization.usage.completions.result",
            "input_tokens": input,
            "input_cached_tokens": cached,
            "input_cache_write_tokens": written,
            "output_tokens": output,
            "num_model_requests": requests,
            "model": model,
            "batch": False,
            "service_tier": tier,
        }
        self._lines[USAGE][day].append(line)

    def embedded(self, day: date, model: str, *, requests: int, input: int) -> None:
        line = {"object": "organization.usage.embeddings.result", "model": model}
        self._lines[EMBEDDINGS][day].append(line | {"input_tokens": input, "num_model_requests": requests})

    def billed(self, day: date, dollars: str, currency: str = "usd", item: str = "gpt-5-mini, input") -> None:
        amount = {"value": float(dollars), "currency": currency}
        line = {"object": "organization.costs.result", "amount": amount, "line_item": item}
        self._lines[COSTS][day].append(line)

    def forget(self) -> None:
        self._lines.clear()

    def __enter__(self) -> BillingServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, path: str, query: dict[str, list[str]], authorization: str) -> tuple[int, bytes]:
        self.asked.append((path, query))
        if authorization != f"Bearer {self.key}":
            return 401, b'{"error": {"message": "You have insufficient permissions for this operation."}}'
        if path in self.broken:
            return self.broken[path]
        if path not in (USAGE, EMBEDDINGS, COSTS):
            return 404, b'{"error": {"message": "not found"}}'
        return 200, json.dumps(self._page(path, query)).encode()

    def _page(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        first, end = (
            datetime.fromtimestamp(int(query[name][0]), UTC).date() for name in ("start_time", "end_time")
        )
        if "page" in query:
            first = date.fromisoformat(query["page"][0])
        upto = min(first + timedelta(days=DAYS_A_PAGE), end)
        days = [first + timedelta(n) for n in range((upto - first).days)]
        more = upto < end
        return {
            "object": "page",
            "data": [self._bucket(path, day) for day in days],
            "has_more": more,
            "next_page": upto.isoformat() if more else None,
        }

    def _bucket(self, path: str, day: date) -> dict[str, Any]:
        start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        lines = self._lines[path].get(day, [])
        return {"object": "bucket", "start_time": start, "end_time": start + 86_400, "results": lines}


def _handler(server: BillingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            status, raw = server.answer(parts.path, query, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: what happened is in `asked`."""

    return Handler
