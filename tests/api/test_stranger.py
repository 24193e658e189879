"""A stranger's token over every route and every id: the same bytes as for what does not exist, and none of Ada's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from briefings import saved, share
from briefings.api import docs
from briefings.api.urls import api
from briefings.converse import ask
from briefings.feedback import learn, opened
from briefings.feedback.models import Report, Signal
from briefings.models import Edition, Lens, Opened, PushSubscription, Saved, Share, Turn
from ingest import own
from ingest.models import Source
from tests.api.device import Device
from tests.briefings.pushed import turned_on
from tests.briefings.test_topics import linked, told
from tests.fakes.push_service import Phone
from users.models import DeviceToken, User

pytestmark = pytest.mark.django_db
MISSING = {"slug": "nobody", "brief_id": "0" * 16, "number": 9, "mark": "99", "day": "1999-01-01"}
MISSING |= dict.fromkeys(("share_id", "source_id", "device_id", "learned_id", "subscription_id"), 987654321)
BODIES: dict[str, object] = {
    "ask": {"question": "What does it cost?"},
    "give_feedback": {"act": "more"},
    "report": {"reason": "no"},
    "ask_lens": {"role": "cfo", "industry": "media"},
}
QUERIES = {"look": "?role=cfo&industry=media"}
AWAY = {"delete_account", "sign_out"}  # what one does to oneself; each has a test of its own


def routes() -> Iterator[tuple[str, str, str]]:
    for path, operations in docs.of(api)["paths"].items():
        for method, one in operations.items():
            yield one["operationId"], method.upper(), path.removeprefix("/api/v1")


@pytest.fixture
def real(ada: User, phone: Device, edition: Edition) -> dict[str, Any]:
    brief = edition.items.get(rank=1).brief
    turn = ask.ask(ada, brief.pk, "Is it secretquestion?")
    assert turn
    assert saved.save(ada, brief.pk)
    assert opened.mark(ada, brief.pk)
    assert learn.learn(ada, brief.pk, "dismiss")
    assert share.make(ada, brief.pk)
    own.add_list(
        ada.pk, b'<opml version="2.0"><body><outline xmlUrl="https://mine.example/f"/></body></opml>'
    )
    linked(
        told("Tangerine Robotics raises money", "This week Tangerine Robotics said how much.", owner=ada),
        told("Tangerine Robotics hires", "Last week Tangerine Robotics said whom.", 1, owner=ada),
    )
    return {
        "brief_id": brief.pk,
        "number": turn.number,
        "mark": "1",
        "day": str(edition.local_date),
        "slug": "tangerine-robotics",
        "learned_id": Signal.objects.get().pk,
        "share_id": Share.objects.get().pk,
        "source_id": Source.objects.get(url="https://mine.example/f").pk,
        "subscription_id": turned_on(
            ada, Phone("", "https://push.example.com/secretquestion"), "Tangerine"
        ).pk,
        "device_id": DeviceToken.objects.get(reader=ada).pk,
    }


def bytes_of(device: Device, operation: str, method: str, path: str) -> tuple[int, bytes]:
    answer = device._ask(method, path, BODIES.get(operation), {})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body.replace(answer.headers["X-Request-ID"].encode(), b"")


@pytest.mark.parametrize(("operation", "method", "path"), [one for one in routes() if "{" in one[2]])
def test_what_is_adas_is_to_cal_as_if_it_were_not(
    operation: str, method: str, path: str, phone: Device, stranger: Device, real: dict[str, Any]
) -> None:
    before = state()
    path += QUERIES.get(operation, "")
    adas = bytes_of(stranger, operation, method, path.format(**real))
    none = bytes_of(stranger, operation, method, path.format(**MISSING))
    assert adas == none
    assert adas[0] == 404
    assert state() == before


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [one for one in routes() if "{" not in one[2] and one[0] not in AWAY and not one[2].startswith("/auth")],
)
def test_no_list_of_cals_has_a_byte_of_adas(
    operation: str, method: str, path: str, phone: Device, stranger: Device, real: dict[str, Any]
) -> None:
    query = "?q=GPT-5" if operation == "search" else ""
    status, body = bytes_of(stranger, operation, method, path + query)
    assert status < 500
    shown = body.decode(errors="replace")
    assert not re.search(r"ada@bank|secretquestion|mine\.example|[Tt]angerine|GPT-5|/s/", shown)
    assert str(real["brief_id"]) not in shown


def test_a_share_of_adas_brief_is_refused_like_one_of_none(stranger: Device, real: dict[str, Any]) -> None:
    answers = [stranger.post("/shares", {"brief": key}) for key in (real["brief_id"], MISSING["brief_id"])]
    bodies = [one.content.replace(one.headers["X-Request-ID"].encode(), b"") for one in answers]
    assert bodies[0] == bodies[1]
    assert [one.status_code for one in answers] == [404, 404]


def test_every_route_but_signing_in_and_the_description_wants_a_token(real: dict[str, Any]) -> None:
    for operation, method, path in routes():
        status, _ = bytes_of(Device(), operation, method, path.format(**real))
        assert status == 401 or path.startswith("/auth"), path


def state() -> tuple[Any, ...]:
    models: tuple[Any, ...] = (
        Saved,
        Opened,
        Signal,
        Report,
        Lens,
        Share,
        Turn,
        Source,
        DeviceToken,
        PushSubscription,
    )
    return tuple(list(model.objects.order_by("pk").values("pk")) for model in models)
