"""Fields that no form and no shape has, sent to every address that takes a change: nothing comes of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client

from briefings.models import Edition, Share
from inference.models import Budget, Call
from ingest.models import Source
from tests.api.device import Device
from tests.api.test_stranger import BODIES
from tests.api.test_stranger import routes as operations
from tests.briefings import rows
from tests.security.conftest import signed_in
from tests.security.routes import routes
from users.models import Profile, User

pytestmark = pytest.mark.django_db
WANTED = {
    **dict.fromkeys(("is_staff", "is_superuser", "is_active", "staff", "admin", "primary", "sample"), "true"),
    **dict.fromkeys(("budget", "limit", "settled", "held", "cost", "nano"), "1000000000"),
    **dict.fromkeys(("password", "password1", "password2", "digest", "nonce"), "hunter2hunter2"),
    **dict.fromkeys(("state", "writer", "verified_at", "released", "outcome", "error"), "ready"),
    **dict.fromkeys(
        ("date_joined", "onboarded_at", "created_at", "expires_at", "slot_at"), "2001-01-01T00:00:00Z"
    ),
    "groups": "1",
    "user_permissions": "1",
}
WHOSE = ("id", "pk", "user", "user_id", "owner", "owner_id", "reader", "reader_id", "account", "asked_by")
GIVEN = {
    "settings": {"role": "ceo", "industry": "retail", "time_zone": "UTC", "hour": "8", "days": ["1"]},
    "welcome": {"role": "ceo", "industry": "retail", "time_zone": "UTC", "hour": "8", "days": "1"},
    "sources-add": {"url": "http://127.0.0.1:1/feed"},
    "ask": {"question": "What does it cost?"},
    "lens": {"role": "cfo", "industry": "media"},
    "feedback": {"act": "more"},
    "report": {"reason": "Is that so?"},
    "mail-preferences": {"days": ["1"], "hour": "6"},
}
SENT: dict[str, dict[str, object]] = {
    **{name: dict(body) for name, body in BODIES.items()},  # type: ignore[call-overload]
    "change_profile": {"role": "ceo"},
    "add_source": {"url": "http://127.0.0.1:1/feed"},
    "request_code": {"email": "new@bank.example"},
}


@pytest.fixture
def ben() -> User:
    return rows.reader("ben@fund.example")


def kept() -> dict[str, Any]:
    """What no reader's form may touch: who is who, whose is what, and money."""
    people = User.objects.values_list(
        "pk", "email", "is_staff", "is_superuser", "is_active", "password", "date_joined"
    )
    owned = (Profile, Edition, Share, Source)
    return {
        "people": {row[0]: row[1:] for row in people},
        "money": list(Budget.objects.values_list().order_by("pk"))
        + list(Call.objects.values_list().order_by("pk")),
        "types": ContentType.objects.count(),
        **{model.__name__: dict(model.objects.values_list("pk", _whose(model))) for model in owned},
    }


def _whose(model: Any) -> str:
    return next(
        name
        for name in ("user_id", "reader_id", "owner_id")
        if name in {f.attname for f in model._meta.fields}
    )


def check(before: dict[str, Any], ada: User, ben: User, where: object) -> None:
    after = kept()
    for pk, told in after["people"].items():
        assert told == before["people"].get(pk, told), where
        assert not (told[1] or told[2]) or pk in before["people"], where
    assert set(after["people"]) >= set(before["people"]), where
    assert (after["money"], after["types"]) == (before["money"], before["types"]), where
    for name in ("Profile", "Edition", "Share", "Source"):
        for pk, whose in after[name].items():
            assert whose == before[name].get(pk, whose), (where, name)
            if pk not in before[name]:
                assert whose not in (ben.pk,), (where, name, "a row in another's name")


def test_no_form_takes_more_than_it_shows(ada: User, ben: User, values: dict[str, object]) -> None:
    tried = 0
    before = kept()
    for one in routes():
        if one.pattern.startswith(("api/", "admin/")):
            continue
        extra = {**WANTED, **dict.fromkeys(WHOSE, str(ben.pk)), **GIVEN.get(one.name, {})}
        if one.name in ("settings", "mail-preferences"):
            extra.pop("digest")  # there it is the reader's own wish for mail
        with transaction.atomic():
            answer = signed_in(ada).post(one.at(values), extra)
            assert answer.status_code < 500, one
            check(before, ada, ben, one)
            tried += answer.status_code != 405
            transaction.set_rollback(True)
    assert tried > 30
    signed_in(ada).post("/settings/", {**GIVEN["settings"], **dict.fromkeys(WHOSE, str(ben.pk))})
    assert Profile.objects.get(user=ada).role == "ceo", "what the form shows is taken"
    assert Profile.objects.get(user=ben).role == "cto"


def test_no_body_of_an_app_takes_more_than_its_shape(
    ada: User, ben: User, phone: Device, real: dict[str, Any]
) -> None:
    before, tried = kept(), 0
    for operation, method, path in operations():
        if method == "GET":
            continue
        body = {**WANTED, **dict.fromkeys(WHOSE, ben.pk), **SENT.get(operation, {})}
        with transaction.atomic():
            answer = phone._ask(method, path.format(**real), body, {})
            assert answer.status_code < 500, operation
            check(before, ada, ben, operation)
            transaction.set_rollback(True)
        tried += 1
    assert tried > 20
    assert phone.patch(
        "/profile", {"role": "ceo", "user_id": ben.pk, "email": "x@y.example"}
    ).status_code in (200, 422)
    assert User.objects.get(pk=ada.pk).email == "ada@bank.example"


def test_a_field_sent_twice_counts_once_and_never_from_the_address(ada: User, ben: User) -> None:
    browser = signed_in(ada)
    browser.post("/settings/", {**GIVEN["settings"], "role": ["wizard", "cfo"]})
    assert Profile.objects.get(user=ada).role == "cfo", "the last, and checked"
    browser.post("/settings/", {**GIVEN["settings"], "role": ["cfo", "wizard"]})
    assert Profile.objects.get(user=ada).role == "cfo"
    without = {name: value for name, value in GIVEN["settings"].items() if name != "role"}
    browser.post("/settings/?role=ceo", without)
    assert Profile.objects.get(user=ada).role == "cfo"


def test_a_visitor_who_signs_up_chooses_nothing_but_the_address(client: Client) -> None:
    client.post("/accounts/login/code/", {**WANTED, "email": "eve@bank.example", "is_active": ""})
    eve = User.objects.get()
    assert (eve.is_staff, eve.is_superuser, eve.is_active, eve.has_usable_password()) == (
        False,
        False,
        True,
        False,
    )
