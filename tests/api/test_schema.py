"""The API keeps to its own description, whatever it is sent: no 5xx, no status or shape that is not described."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from hypothesis import HealthCheck, settings
from pytest_django.live_server_helper import LiveServer
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from briefings import saved, share
from briefings.api import docs
from briefings.api.urls import api
from briefings.converse import ask
from briefings.feedback import learn
from briefings.models import Edition
from ingest import own
from tests.briefings.pushed import turned_on
from tests.briefings.test_topics import linked, told
from tests.fakes.push_service import Phone
from users import tokens
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)
described = schemathesis.openapi.from_dict(docs.of(api))
EXAMPLES = 10
_cases = count()


@pytest.fixture
def real(edition: Edition, ada: User) -> dict[str, Any]:
    """Names of things that Ada has, by the parameter that asks for them."""
    brief = edition.items.get(rank=1).brief
    turn = ask.ask(ada, brief.pk, "What does it cost?")
    assert turn
    assert saved.save(ada, brief.pk)
    assert share.make(ada, brief.pk)
    assert learn.learn(ada, brief.pk, "dismiss")
    own.add_list(ada.pk, b'<opml version="2.0"><body><outline xmlUrl="https://a.example/f"/></body></opml>')
    linked(told("OpenAI opens an office", "OpenAI hires."), told("OpenAI hires", "OpenAI opens.", 1))
    return {
        "brief_id": brief.pk,
        "number": turn.number,
        "mark": "1",
        "slug": "openai",
        "day": str(edition.local_date),
        "learned_id": ada.signals.get().pk,
        "share_id": share.mine(ada)[0].id,
        "source_id": ada.sources.get().pk,
        "subscription_id": turned_on(ada, Phone("", "https://push.example.com/1")).pk,
    }


@pytest.fixture
def unlimited(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200_000
    cache.clear()


@described.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_it_answers_as_described(
    case: schemathesis.Case, live_server: LiveServer, ada: User, real: dict[str, Any], unlimited: None
) -> None:
    headers = {"Authorization": f"Bearer {tokens.issue(ada, 'Fuzz')[1]}"}
    # What the description allows may still be refused for what it says: a cursor of nobody's, a role there is not.
    unfit: list[Any] = [positive_data_acceptance]
    if next(_cases) % 2:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = real.get(name, case.path_parameters[name])
        unfit.append(negative_data_rejection)  # the real name mends what was to be wrong
    case.call_and_validate(base_url=live_server.url, headers=headers, excluded_checks=unfit)
