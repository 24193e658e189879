"""What Ada mutes after her edition was frozen is folded away in its mail as on its page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from briefings import letters
from briefings.digest_render import render
from briefings.feedback import learn
from briefings.feedback.models import Signal
from briefings.models import Brief, Edition, Letter
from tests.briefings import factories
from users.models import User

pytestmark = pytest.mark.django_db
LEAVE = "https://news.example/unsubscribe/token/"
LEAD, SECOND = "OpenAI releases GPT-5", "OpenAI publishes two open-weight models"


def kept(edition: Edition) -> str:
    """The letter as it would go, made where there is none."""
    made = letters.current([edition.pk]).get(edition.pk) or letters.make(edition, datetime.now(UTC))
    return bytes(made.message).decode()


def test_page_and_mail_fold_the_same_and_say_why(page: Client, ada: User, brief: Brief) -> None:
    edition = ada.editions.get()
    assert learn.learn(ada, brief.pk, "mute", "name:GPT-5")
    mail, shown = render(edition, LEAVE), page.get(f"/edition/{factories.MORNING}/").content.decode()
    for part in (mail.html, mail.text, shown):
        assert "You muted GPT-5." in part
        assert LEAD in part
        assert SECOND in part
        assert "Developers pay" not in part
    assert mail.subject.startswith(SECOND)
    (signal,) = Signal.objects.all()
    assert learn.forget(ada, signal.pk)
    again = render(edition, LEAVE)
    assert again.subject.startswith(LEAD)
    assert "Developers pay" in again.html
    assert "You muted" not in again.html + again.text


def test_an_edition_of_which_all_is_muted_still_has_a_mail(ada: User, brief: Brief) -> None:
    assert learn.learn(ada, brief.pk, "mute", "name:OpenAI")
    mail = render(ada.editions.get(), LEAVE)
    assert mail.html.count("You muted OpenAI.") == 2
    assert mail.subject


def test_a_mail_that_waits_for_its_hour_is_made_anew(ada: User, brief: Brief) -> None:
    edition = ada.editions.get()
    assert "Developers pay" in kept(edition)
    learn.learn(ada, brief.pk, "dismiss")
    assert not Letter.objects.exists()
    assert "Developers pay" not in kept(edition)
    learn.forget_all(ada)
    assert "Developers pay" in kept(edition)


def test_one_that_was_being_made_as_she_muted_does_not_go(ada: User, brief: Brief) -> None:
    edition = ada.editions.get()
    before = letters.make(edition, datetime.now(UTC))
    learn.learn(ada, brief.pk, "dismiss")
    Letter.objects.create(
        edition=edition, message=before.message, made_at=datetime.now(UTC) - timedelta(seconds=5)
    )
    assert letters.current([edition.pk]) == {}
