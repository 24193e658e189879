"""One Nutgraf, asked by one device."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any, cast

from nutgraf.documents import BriefDocument, Changes, EditionDocument, Sentence, SignedIn, TurnDocument

TIMEOUT = 30.0  # seconds for an answer


class Problem(Exception):
    """What the API says of a request that failed; `code` keeps its meaning, `retry_after` is in seconds."""

    def __init__(self, told: dict[str, Any], retry_after: float | None) -> None:
        self.status, self.code, self.detail = int(told["status"]), str(told["code"]), str(told["detail"])
        self.request_id, self.retry_after = str(told["request_id"]), retry_after
        super().__init__(f"{self.detail} ({self.code})")


class Client:
    """`url` is the address of the service; without a `token` it can sign in and nothing else."""

    def __init__(self, url: str, token: str = "") -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"no address of a service: {url}")
        self.url, self.token = url.rstrip("/"), token

    def request_code(self, email: str) -> str:
        """Have a code sent; what `confirm_code` needs with it."""
        return str(self._ask("POST", "/auth/code", {"email": email})["session"])

    def confirm_code(self, session: str, code: str, device: str) -> SignedIn:
        """Sign this device in; from now on the client has its token. Raises Problem: with "second_factor_needed" go on
        with `second_code`.
        """
        return self._sign_in("/auth/code/confirm", session, code, device)

    def second_code(self, session: str, code: str, device: str) -> SignedIn:
        """The end of a sign-in that needs a second factor: a code of the authenticator app, or a recovery code."""
        return self._sign_in("/auth/second", session, code, device)

    def _sign_in(self, path: str, session: str, code: str, device: str) -> SignedIn:
        body = {"session": session, "code": code, "device": device}
        signed_in = cast(SignedIn, self._ask("POST", path, body))
        self.token = signed_in["token"]
        return signed_in

    def sign_out(self) -> None:
        self._ask("DELETE", "/devices/current")
        self.token = ""

    def today(self, patience: float = 0) -> EditionDocument:
        """Today's edition; while it is being prepared it is waited for so many seconds. Raises Problem."""
        ends = time.monotonic() + patience
        while True:
            try:
                return cast(EditionDocument, self._ask("GET", "/editions/today"))
            except Problem as problem:
                if problem.code == "edition_not_asked" and patience:
                    self._ask("POST", "/editions/today")
                elif problem.code != "edition_preparing":
                    raise
                if time.monotonic() > ends:
                    raise
                time.sleep(problem.retry_after or 1)

    def edition(self, date: str) -> EditionDocument:
        return cast(EditionDocument, self._ask("GET", f"/editions/{date}"))

    def brief(self, brief: str) -> BriefDocument:
        return cast(BriefDocument, self._ask("GET", f"/briefs/{brief}"))

    def save(self, brief: str) -> None:
        self._ask("PUT", f"/saved/{brief}")

    def unsave(self, brief: str) -> None:
        self._ask("DELETE", f"/saved/{brief}")

    def mark_read(self, brief: str) -> None:
        self._ask("PUT", f"/briefs/{brief}/read")

    def mark_unread(self, brief: str) -> None:
        self._ask("DELETE", f"/briefs/{brief}/read")

    def sync(self, cursor: str = "") -> Iterator[Changes]:
        """What changed since the cursor, in as many parts as it comes; the last part's cursor is for the next time."""
        while True:
            told = cast(Changes, self._ask("GET", f"/sync?cursor={cursor}"))
            yield told
            if not told["more"]:
                return
            cursor = told["cursor"]

    def ask(self, brief: str, question: str) -> TurnDocument:
        """Ask about a brief; sent again by itself where the network failed, it is asked once."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        path, body = f"/briefs/{brief}/turns", {"question": question}
        try:
            return cast(TurnDocument, self._ask("POST", path, body, headers))
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return cast(TurnDocument, self._ask("POST", path, body, headers))

    def turn(self, brief: str, number: int) -> TurnDocument:
        return cast(TurnDocument, self._ask("GET", f"/briefs/{brief}/turns/{number}"))

    def answer(self, brief: str, number: int) -> Iterator[Sentence]:
        """The sentences of an answer as they are verified, until it is whole."""
        last = "0"
        while True:
            headers = {"Accept": "text/event-stream", "Last-Event-ID": last}
            with self._open("GET", f"/briefs/{brief}/turns/{number}/events", None, headers) as answer:
                for event, key, data in _events(answer):
                    if event == "end":
                        return
                    last = key or last
                    yield cast(Sentence, json.loads(data))
            time.sleep(1)

    def _ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        with self._open(method, path, body, headers or {}) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _open(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, headers=headers)  # noqa: S310
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            return urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - http and https alone, see __init__
        except urllib.error.HTTPError as error:
            raise _problem(error) from None


def _problem(error: urllib.error.HTTPError) -> Exception:
    """The error itself where something between us and the service answered."""
    wait = error.headers.get("Retry-After", "")
    try:
        return Problem(json.load(error), float(wait) if wait else None)
    except (ValueError, KeyError, TypeError):
        return error


def _events(lines: Iterator[bytes]) -> Iterator[tuple[str, str, str]]:
    """(event, id, data) of each server-sent event that has data."""
    fields: dict[str, str] = {}
    for raw in lines:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            if "data" in fields:
                yield fields.get("event", ""), fields.get("id", ""), fields["data"]
            fields = {}
