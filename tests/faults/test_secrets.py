"""F51: keys are changed while readers hold links and sessions that the old ones made."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command
from django.test import Client

from briefings import share
from inference import gateway
from inference.gateway import Ask
from tests.briefings import rows
from tests.briefings.factories import edition_of_two
from tests.fakes.model_server import ModelServer
from users import unsubscribe
from users.models import Profile

SEED = "JBSWY3DPEHPK3PXP"
pytestmark = pytest.mark.django_db


def test_what_the_old_key_signed_holds_while_that_is_a_fall_back(settings: Any) -> None:
    ada, browser = rows.reader("ada@bank.example"), Client()
    browser.force_login(ada)
    leave = unsubscribe.path(ada)
    item = edition_of_two(ada).items.first()
    assert item is not None
    assert share.make(ada, item.brief_id)
    shared = urlsplit(share.mine(ada)[0].url).path
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 5, [settings.SECRET_KEY]
    assert browser.get("/settings/").status_code == 200, "still signed in"
    assert Client().post(leave).status_code == 200
    assert Profile.objects.get().digest is False
    assert Client().get(shared).status_code == 200


def test_without_the_fall_back_sessions_and_links_end_and_nobody_gets_in(settings: Any) -> None:
    ada, browser = rows.reader("ada@bank.example"), Client()
    browser.force_login(ada)
    leave = unsubscribe.path(ada)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 5, []
    assert browser.get("/settings/").status_code == 302, "asked to sign in"
    assert Client().post(leave).status_code == 404
    assert Profile.objects.get().digest is True


def test_rotated_the_old_key_can_be_forgotten_and_second_factors_hold(settings: Any) -> None:
    ada = rows.reader("ada@bank.example")
    app = TOTP.activate(ada, SEED).instance
    RecoveryCodes.activate(ada)
    item = edition_of_two(ada).items.first()
    assert item is not None
    share.make(ada, item.brief_id)
    shared = urlsplit(share.mine(ada)[0].url).path
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 5, [old]
    first = rotate()
    assert (first["renewed"], first["unreadable"], first["shares"], first["feeds"]) == (2, 0, 1, 0)
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert decrypt(app.data["secret"]) == SEED
    assert Client().get(shared).status_code == 200, "the address goes on"
    assert rotate("--revoke")["revoked"]
    assert Client().get(shared).status_code in (404, 410)


def test_a_factor_of_a_key_that_nobody_has_is_told_and_left_alone(settings: Any) -> None:
    app = TOTP.activate(rows.reader("ada@bank.example"), SEED).instance
    old, kept = settings.SECRET_KEY, dict(app.data)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 5, []
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        rotate()
    app.refresh_from_db()
    assert app.data == kept
    settings.SECRET_KEY_FALLBACKS = [old]
    assert rotate()["renewed"] == 1, "named after all, it is brought over"


def rotate(*arguments: str) -> dict[str, Any]:
    told = io.StringIO()
    call_command("rotate", "--json", *arguments, stdout=told)
    found: dict[str, Any] = json.loads(told.getvalue())
    return found


def test_a_new_key_of_the_provider_is_used_from_the_next_request_on(
    provider: ModelServer, settings: Any
) -> None:
    provider.reply = lambda body: "hello"
    ask = Ask("brief", "brief:b1", "write", "You write briefs.", "OpenAI released GPT-5.")
    for key in ("sk-old", "sk-new"):
        settings.OPENAI_API_KEY = key
        assert gateway.generate(ask).text == "hello"
        assert provider.key == f"Bearer {key}"
