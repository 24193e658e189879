"""Ada with something in every table, Olga of the staff, and a value for each parameter of an address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from briefings import feed, share
from briefings.models import Delivery
from tests.api.conftest import _fresh as _fresh
from tests.api.conftest import ada as ada
from tests.api.conftest import brief as brief
from tests.api.conftest import edition as edition
from tests.api.conftest import phone as phone
from tests.api.conftest import stranger as stranger
from tests.api.test_stranger import real as real
from tests.briefings import rows
from tests.fakes.passkey import SoftPasskey
from tests.ingest.conftest import web as web
from tests.processes import PROJECT
from tests.test_make import PRODUCTION
from users import unsubscribe
from users.models import User


@pytest.fixture
def olga() -> User:
    return User.objects.create_superuser("olga@news.example")


@pytest.fixture
def values(real: dict[str, Any], ada: User, settings: Any, tmp_path: Path) -> dict[str, object]:
    """By the parameter's name, or "ROUTE PARAMETER" where several share one."""
    settings.MAILBOX, settings.MAILBOX_SHOWN = tmp_path, True
    backend = "django.core.mail.backends.filebased.EmailBackend"
    mail = EmailMultiAlternatives("s", "t", connection=get_connection(backend, file_path=str(tmp_path)))
    mail.to = [ada.email]
    mail.attach_alternative("<p>hello</p>", "text/html")
    mail.send()
    browser = signed_in(ada)
    browser.get("/settings/")
    SoftPasskey().add(ada)
    passkey = Authenticator.objects.get(user=ada)
    Delivery.objects.create(edition=ada.editions.get(), message_id="<1@news.example>", state="sent")
    feed.renew(ada)
    shared = share.mine(ada)[0].url.split("/s/")[1].strip("/")
    name = next(tmp_path.iterdir()).stem + "-0"
    return real | {
        "device_id": real["device_id"],
        "end-device device_id": UserSession.objects.filter(user=ada).values_list("pk", flat=True)[0],
        "signal": real["learned_id"],
        "pk": passkey.pk,
        "account_id": 987654321,
        "provider": "postmark",
        "name": name,
        "mail-preferences token": unsubscribe.preferences_path(ada).strip("/").split("/")[1],
        "unsubscribe token": unsubscribe.path(ada).strip("/").split("/")[1],
        "feed token": str(feed.address(ada)).split("/feed/")[1].strip("/"),
        "shared token": shared,
        "shared-card token": shared,
        "shared-seen token": shared,
        "content_type_id": ContentType.objects.get_for_model(User).pk,
        "object_id": ada.pk,
    }


def signed_in(user: User, **how: Any) -> Client:
    client = Client(raise_request_exception=False, **how)
    client.force_login(user)
    return client


@pytest.fixture
def cal() -> User:
    return rows.reader("cal2@elsewhere.example")


def in_production(asked: str) -> str:
    """What that program prints under the settings that an operator is told to give."""
    environment = {"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings", **PRODUCTION}
    command = [sys.executable, "-W", "ignore", "-c", asked]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=PROJECT)
    return done.stdout.strip()
