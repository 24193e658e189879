"""A device that asks the API: its token, JSON in and out, without a cookie."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from users import tokens
from users.models import User

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Device:
    token: str = ""

    def get(self, path: str, **headers: str) -> Any:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self._ask("POST", path, body, headers)

    def put(self, path: str) -> Any:
        return self._ask("PUT", path, None, {})

    def patch(self, path: str, body: object) -> Any:
        return self._ask("PATCH", path, body, {})

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path, None, {})

    def _ask(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        content = json.dumps(body).encode() if body is not None else b""
        kind = "application/json" if body is not None else ""
        return Client().generic(method, API + path, content, kind, headers=given)


def device_of(user: User, name: str = "Phone") -> Device:
    return Device(tokens.issue(user, name)[1])


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem details of a response that must be this one."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["request_id"] == response.headers["X-Request-ID"]
    return told
