"""A small OpenID Connect provider on loopback: whoever comes is the person it was told, and goes back at once."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT, SECRET = "nutgraf", "the provider's secret"


class OpenIdServer:
    """`person` is what it says of whoever signs in; with `refuses` it sends them back with that error."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "1", "email": "ada@bank.example", "email_verified": True}
        self.refuses = ""
        self.breaks = False  # at handing out the token
        self.asked: list[str] = []
        self._challenges: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._get(self)

            def do_POST(self) -> None:
                outer._token(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> OpenIdServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _get(self, request: BaseHTTPRequestHandler) -> None:
        where = urlsplit(request.path)
        self.asked.append(where.path)
        if where.path == "/authorize":
            self._authorize(request, {name: one[0] for name, one in parse_qs(where.query).items()})
        elif where.path == "/userinfo":
            known = request.headers.get("Authorization") == "Bearer token"
            _answer(request, self.person if known else {"error": "invalid_token"}, 200 if known else 401)
        else:
            _answer(request, self._configuration())

    def _authorize(self, request: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe()
        self._challenges[code] = asked["code_challenge"]
        back = {"error": self.refuses} if self.refuses else {"code": code}
        request.send_response(302)
        request.send_header(
            "Location", f"{asked['redirect_uri']}?{urlencode(back | {'state': asked['state']})}"
        )
        request.end_headers()

    def _token(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        form = {name: one[0] for name, one in parse_qs(body).items()}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self._challenges.pop(
            form["code"], ""
        )
        if self.breaks or not proved or form["client_secret"] != SECRET:
            return _answer(request, {"error": "invalid_grant"}, 400)
        claims = {"iss": self.url, "aud": CLIENT, "exp": time.time() + 60, **self.person}
        token = {"access_token": "token", "token_type": "Bearer"}
        return _answer(request, token | {"id_token": jwt.encode(claims, "x" * 32, "HS256")})

    def _configuration(self) -> dict[str, Any]:
        names = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "keys",
        }
        found: dict[str, Any] = {name: f"{self.url}/{path}" for name, path in names.items()}
        return found | {"issuer": self.url, "token_endpoint_auth_methods_supported": ["client_secret_post"]}


def _answer(request: BaseHTTPRequestHandler, told: dict[str, Any], status: int = 200) -> None:
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.end_headers()
    request.wfile.write(json.dumps(told).encode())
