"""The admin shows what was made and may have it done again; it changes no text past the verifier."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefings import mail_door, share
from briefings.models import Brief, Correction, Lens, Notice, Share
from ingest.models import Article, Story
from tests.briefings import rows
from tests.briefings.factories import edition_of_two
from users import suppressed

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("op@example.org", "a long password"))
    return client


def test_it_changes_nothing_that_was_verified(operator: Client) -> None:
    edition_of_two(rows.reader("ada@example.org"), timezone.now().date())
    changed = {
        "body": '{"headline": "invented"}',
        "state": "ready",
        "text": "invented",
        "title": "invented",
        "attempt": "2",
        "due_at_0": "2026-11-23",
        "due_at_1": "09:00",
        "articles-TOTAL_FORMS": "0",
        "articles-INITIAL_FORMS": "0",
    }
    for model, text in ((Brief, "body"), (Article, "text"), (Story, "title"), (Lens, "body")):
        row = model._default_manager.first()
        assert row is not None
        before = getattr(row, text)
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
        assert operator.get(page).status_code == 200
        operator.post(page, changed)
        row.refresh_from_db()
        assert getattr(row, text) == before
        if model is not Story:
            assert row.attempt == 2  # type: ignore[union-attr]  # all but a story are work


def test_it_shows_every_list_and_adds_nothing(operator: Client) -> None:
    edition = edition_of_two(rows.reader("ada@example.org"), timezone.now().date())
    assert operator.get(reverse("admin:briefings_edition_change", args=[edition.pk])).status_code == 200
    for name in (
        "briefings_brief",
        "briefings_lens",
        "briefings_edition",
        "briefings_delivery",
        "briefings_share",
        "ingest_article",
    ):
        assert operator.get(reverse(f"admin:{name}_changelist")).status_code == 200
        assert operator.get(reverse(f"admin:{name}_add")).status_code == 403


def test_an_edition_shows_no_correction_of_what_own_sources_said(operator: Client) -> None:
    ada = rows.reader("ada@example.org")
    edition = edition_of_two(ada)
    for publisher, owner, item in (("Secret Letter", ada, 1), ("Open Paper", None, 2)):
        brief = edition.items.get(rank=item).brief
        Story.objects.filter(pk=brief.story_id).update(owner=owner)
        correction = Correction.objects.create(
            brief=brief,
            from_revision=1,
            to_revision=2,
            publisher=publisher,
            title="A title",
            restored=["lead.0"],
            changed_at=timezone.now(),
        )
        Notice.objects.create(edition=edition, correction=correction, reader=ada)
    page = operator.get(reverse("admin:briefings_edition_change", args=[edition.pk])).content.decode()
    assert "Open Paper" in page
    assert "Secret Letter" not in page


def test_staff_take_a_shared_page_down_without_learning_its_address(operator: Client) -> None:
    ada = rows.reader("ada@example.org")
    share.make(ada, edition_of_two(ada).items.get(rank=1).brief_id)
    path, row = share.mine(ada)[0].url.removeprefix("http://127.0.0.1:8000"), Share.objects.get()
    page = operator.get(reverse("admin:briefings_share_change", args=[row.pk])).content.decode()
    for secret in (path.split("/")[2], row.nonce, row.digest):
        assert secret not in page
    assert Client().get(path).status_code == 200
    operator.post(reverse("admin:briefings_share_delete", args=[row.pk]), {"post": "yes"})
    assert Client().get(path).status_code == 404


def test_it_shows_held_addresses_and_how_the_mail_server_does(operator: Client) -> None:
    rows.reader("ada@example.org")
    suppressed.hold("ada@example.org", "bounced", "550 5.1.1 no such mailbox", timezone.now())
    mail_door.failed("the mail server cannot be reached: timed out")
    assert "no such mailbox" in operator.get("/admin/users/suppression/").content.decode()
    assert "timed out" in operator.get("/admin/briefings/maildoor/").content.decode()
