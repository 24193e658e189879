"""Secrets planted in the settings, and then all that anybody is told: pages, problems, errors, logs, mail, prompts."""

from __future__ import annotations

import json
import logging
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from briefings.push import keys
from config import logs
from config.environment import social
from config.logs import Json, Line
from inference import gateway, ways
from inference.gateway import Ask
from tests.fakes.model_server import ModelServer
from tests.processes import PROJECT
from tests.security.conftest import signed_in
from tests.security.routes import routes, watched
from users.models import User

pytestmark = pytest.mark.django_db
CANARY = "canary7f3a9c"
SECRETS: dict[str, Any] = {
    "SECRET_KEY": f"{CANARY}-key-of-the-service-that-is-long-enough-0123456789",
    "OPENAI_API_KEY": f"sk-{CANARY}-model",
    "OPENAI_ADMIN_KEY": f"sk-{CANARY}-admin",
    "EMAIL_HOST_PASSWORD": f"{CANARY}-mail",
    "NUTGRAF_METRICS_TOKEN": f"{CANARY}-metrics-token-0123456789",
    "NUTGRAF_PUSH_KEY": f"{CANARY}{'push' * 7}aaA",  # 32 bytes, as it must be to sign
    "SECRET_KEY_FALLBACKS": [f"{CANARY}-an-earlier-key-of-the-service-0123456789"],
    "NUTGRAF_MAIL_REPORTS": {"mailgun": f"{CANARY}-mailgun"},
}
DATABASE = f"{CANARY}-database"
ACCOUNTS = f"{CANARY}-accounts-elsewhere"
TOLD_APART = [
    *(one for one in SECRETS.values() if isinstance(one, str)),
    SECRETS["SECRET_KEY_FALLBACKS"][0],
    SECRETS["NUTGRAF_MAIL_REPORTS"]["mailgun"],
    DATABASE,
    ACCOUNTS,
]


@pytest.fixture
def planted(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[pytest.LogCaptureFixture]:
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    # Beside what the connection has: the embedded database asks for no password.
    databases = {"default": {**settings.DATABASES["default"], "PASSWORD": DATABASE}}
    monkeypatch.setattr(django_settings, "DATABASES", databases)
    given = {
        "id": "acme",
        "name": "Acme",
        "client_id": "nutgraf",
        "secret": ACCOUNTS,
        "server_url": "https://id.example",
    }
    settings.SOCIALACCOUNT_PROVIDERS = social(json.dumps({"openid_connect": given}))
    settings.ROOT_URLCONF = "tests.users.social_urls"
    registry.register(OpenIDConnectProvider)
    logs._secrets.cache_clear()
    with caplog.at_level(logging.DEBUG):
        yield caplog
    logs._secrets.cache_clear()
    del registry.provider_map[OpenIDConnectProvider.id]


def written(caplog: pytest.LogCaptureFixture) -> str:
    """The log as the service would write it."""
    return "\n".join(form.format(record) for record in caplog.records for form in (Line(), Json()))


@pytest.mark.parametrize("who", ["nobody", "ada", "olga"])
def test_no_page_no_problem_and_no_log_has_one(
    who: str, planted: pytest.LogCaptureFixture, values: dict[str, object], ada: User, olga: User, phone: Any
) -> None:
    client = (
        Client(raise_request_exception=False)
        if who == "nobody"
        else signed_in({"ada": ada, "olga": olga}[who])
    )
    headers = {"Authorization": f"Bearer {phone.token}"} if who == "ada" else {}
    addresses = [
        (one, one.at(values | {"provider_id": "acme"})) for one in routes() if one.name != "turn_events"
    ]
    for one, address in addresses:
        api = one.pattern.startswith("api/")
        for answer in (
            client.get(address, headers=headers if api else {}),
            client.get(f"{address}?q=%00&page=-1&cursor=x&day=%27"),
            client.get(address.rstrip("/") + "%00"),
        ):
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert CANARY.encode() not in body, address
            assert CANARY not in str(answer.headers), address
            assert b"Traceback" not in body, address
            assert str(PROJECT).encode() not in body, address
    for address in watched():
        assert CANARY not in Client().get(address).content.decode()
    assert CANARY not in written(planted)
    assert not any(CANARY in str(one.message()) for one in mail.outbox)


def test_pages_name_what_is_planted_where_it_is_public(planted: pytest.LogCaptureFixture, ada: User) -> None:
    """Else nothing would be tried of accounts elsewhere, and of the key that pushes are signed by."""
    assert b"Sign in with Acme" in Client().get("/accounts/login/code/").content
    assert keys.public_key() != ""


@pytest.mark.parametrize("secret", TOLD_APART)
def test_an_error_that_holds_one_tells_it_to_nobody(
    planted: pytest.LogCaptureFixture, ada: User, settings: Any, secret: str
) -> None:
    """The settings' secrets are taken out of lines and tracebacks, and of the page nothing is left but words."""
    settings.EMAIL_BACKEND = f"no.such.module.{secret}"
    answer = Client(raise_request_exception=False).post("/accounts/login/code/", {"email": ada.email})
    assert answer.status_code == 500
    assert CANARY.encode() not in answer.content
    assert "ModuleNotFoundError" in written(planted), "it was told to the log"
    assert CANARY not in written(planted)


def test_no_prompt_and_no_name_of_a_request_has_one(planted: pytest.LogCaptureFixture, settings: Any) -> None:
    with ModelServer() as provider:
        settings.OPENAI_BASE_URL = provider.url
        gateway.generate(Ask("brief", "brief:b1", "write", "You write briefs.", "OpenAI released GPT-5."))
        assert len(provider.requests) == 1
        assert CANARY not in json.dumps(provider.requests[0].body)
        assert CANARY not in str(provider.requests[0].client_id)
    ways.forget()
    assert CANARY not in written(planted)


def test_no_secret_lies_in_the_tree() -> None:
    """What looks like the key of a provider, or a private one, in any file under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    if listed.returncode != 0:
        pytest.skip("no version control here")
    looks = re.compile(
        r"sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}"
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = PROJECT / name
        if path.is_file() and path.suffix not in (".png", ".woff2"):
            found = looks.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None or "BEGIN [A-Z" in found.group(), name
