"""A source changes its article: the brief that cites it is corrected, and who got it is told with the next edition."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefings import correct, edition, read, tasks
from briefings.digest_render import render
from briefings.models import Brief, Correction, Edition, Notice, State
from ingest.models import Source
from ingest.run import ingest
from tests.briefings import rows
from tests.fakes.newspaper import Report, reports
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.conftest import web
from users.models import User

__all__ = ["web"]
pytestmark = pytest.mark.django_db
FIRST = reports("docket")[0]
SECOND = Report(FIRST.title.replace("1.5", "1.7"), FIRST.body.replace("$1.5 billion", "$1.7 billion"))
PUBLISHED = datetime(2025, 9, 6, 8, tzinfo=UTC)


def look(web: WebServer, report: Report, now: datetime, guid: str = "g") -> None:
    """The paper has the report in its feed, and we look at it."""
    source, _ = Source.objects.get_or_create(
        url=web.url("/f"), defaults={"title": "Docket", "any_topic": True}
    )
    web.put("/f", rss(item(report.title, text=report.body, guid=guid, date="Sat, 06 Sep 2025 07:30:00 GMT")))
    ingest([source.pk], now, True, lambda words: None)


def edition_of(user: User, now: datetime) -> Edition:
    row = edition.request(user, edition.local_date_of(user, now))
    made = edition.prepare(row.pk, now)
    assert made is not None
    return made


def follow() -> list[Correction]:
    """What beat and the workers do about edits."""
    tasks.sweep_corrections()
    due = Brief.objects.filter(state=State.READY, due_at__isnull=False).values_list("pk", flat=True)
    return [made for pk in due for made in correct.verify_again(pk, timezone.now())]


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example", time_zone="UTC")


def test_an_edit_strikes_what_rested_on_it_and_the_next_edition_tells(
    web: WebServer, ada: User, client: Client
) -> None:
    look(web, FIRST, PUBLISHED)
    first = edition_of(ada, PUBLISHED)
    (old,) = first.items.all()
    look(web, SECOND, PUBLISHED + timedelta(hours=20))
    (made,) = follow()
    print(json.dumps(made.struck, indent=1), made.changes, made.note, made.major)
    assert made.major
    assert made.replacement is not None
    client.force_login(ada)
    page = client.get(reverse("brief", args=[old.brief_id])).content.decode()
    assert "<s>" in page
    second = edition_of(ada, datetime.now(UTC))
    print(json.dumps(read.edition_document(second), indent=1)[-3000:])
    assert Notice.objects.count() == 1
    mail = render(second, "https://x/")
    print(mail.text)
