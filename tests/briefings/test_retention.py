"""Old news is forgotten where no brief rests on it; what is shown anywhere keeps its evidence."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefings import read, retention, share, spent, tasks
from briefings.models import Brief, EditionItem, Saved, StoryTopic
from inference import ledger
from inference.ledger import Attempt
from inference.models import Call
from ingest.models import Article, Passage, Revision, Source, Split, Stage, Story
from ingest.refresh import refresh
from tests.briefings import factories, rows
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.conftest import web
from tests.processes import wait_for
from users.models import User

__all__ = ["web"]
pytestmark = pytest.mark.django_db
LONG_AGO = rows.NOON
YEAR_LATER = LONG_AGO + timedelta(days=365)


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    spent._characters.clear()


def unread(title: str = "A model that nobody had in an edition", at: datetime = LONG_AGO) -> Story:
    """A story that no brief was written of, with a copy."""
    story = Story.objects.create(title=title, happened_at=at, last_at=at)
    told = rows.article(story, rows.source("The Evening Ledger"), title, ["It answers questions."], at)
    copied = rows.article(story, rows.source("Wire"), title, ["It answers questions!"], at)
    copied.stage, copied.duplicate_of = Stage.COPY, told
    copied.save()
    Article.objects.filter(story=story).update(
        first_seen=at, vector=[1.0, 0.0], embedder="lexical", bands=[5]
    )
    StoryTopic.objects.create(story=story, key="model", name="Model", kind="model", rank=0)
    return story


def loose(title: str, at: datetime = LONG_AGO, **values: Any) -> Article:
    story = Story.objects.create(title=title, happened_at=at, last_at=at)
    made = rows.article(story, rows.source("Wire"), title, ["About the weather."], at)
    Article.objects.filter(pk=made.pk).update(
        **{"stage": Stage.OFF_TOPIC, "story": None, "first_seen": at, **values}
    )
    story.delete()
    return made


def seen_long_ago() -> None:
    Article.objects.update(first_seen=LONG_AGO)


def forget(**options: Any) -> retention.Forgotten:
    return retention.forget_before(YEAR_LATER - timedelta(days=90), **options)


def test_what_no_brief_rests_on_is_forgotten_whole(ada: User) -> None:
    story, weather = unread(), loose("Rain on Friday")
    rows.edit(weather, "weather", "clouds")
    gone = forget()
    assert (gone.stories, gone.articles, gone.done) == (1, 3, True)
    assert not Story.objects.filter(pk=story.pk).exists()
    assert not StoryTopic.objects.exists()
    left = Article.objects.all()
    assert {one.stage for one in left} == {Stage.FORGOTTEN}
    assert all(
        (one.text, one.vector, one.bands, one.story_id, one.duplicate_of_id) == ("", None, [], None, None)
        for one in left
    )
    assert gone.characters == sum(one.characters or 0 for one in left) > 0
    assert (Passage.objects.count(), Revision.objects.count()) == (0, 0)
    assert forget().articles == 0, "once is enough"


def shown(ada: User, client: Client, shared: str) -> dict[str, str]:
    """Every surface that shows a brief or what it rests on."""
    edition = ada.editions.get()
    paths = ["/archive/", "/saved/", shared, f"/edition/{edition.local_date}/"]
    paths += [reverse("brief", args=[one.brief_id]) for one in edition.items.all()]
    pages = {}
    for path in paths:
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        pages[path] = re.sub(
            r'(csrfmiddlewaretoken" value="|nonce=")[^"]+|[0-9,]+ times?', "", answer.content.decode()
        )
    return {**pages, "json": json.dumps(read.edition_document(edition), default=str)}


def test_nothing_that_is_shown_anywhere_loses_its_evidence(ada: User, client: Client) -> None:
    factories.edition_of_two(ada)
    first = EditionItem.objects.get(rank=1).brief
    original = Article.objects.filter(story=first.story).order_by("pk").first()
    assert original is not None
    copied = rows.article(first.story, rows.source("Syndicate"), "GPT-5 is here again", ["Copied."])
    moved = Article.objects.filter(story=first.story, source__title="Benchmarks Weekly")
    elsewhere = Story.objects.create(title="Charts", happened_at=LONG_AGO, last_at=LONG_AGO)
    moved.update(story=elsewhere)  # as a split does; the brief still cites it
    Article.objects.filter(pk=copied.pk).update(stage=Stage.COPY, duplicate_of=original)
    rows.edit(original, "free accounts included", "free accounts too")
    Saved.objects.create(reader=ada, brief=first)
    address = share.make(ada, first.pk)
    assert address
    call = ledger.reserve(
        Attempt("brief", f"brief:{first.pk}", "write", "gpt-5-mini", "api.openai.com", 10**6)
    )
    unread(), loose("Rain on Friday")
    seen_long_ago()
    client.force_login(ada)
    path = re.sub(r"^https?://[^/]+", "", share.mine(ada)[0].url)
    client.get(path)
    spent._characters.clear()
    before = shown(ada, client, path)
    assert "Syndicate" in "".join(before.values()) or "4 outlets" in "".join(before.values())
    spent._characters.clear()
    gone = forget()
    assert (gone.stories, gone.articles) == (1, 3)
    assert shown(ada, client, path) == before
    for brief in Brief.objects.all():
        for article, revision in brief.articles:
            row = Article.objects.get(pk=article)
            text = (
                row.text
                if row.revision == revision
                else Revision.objects.get(article=row, number=revision).text
            )
            assert text
    assert Call.objects.filter(pk=call.pk).exists()


def test_what_is_new_here_or_bundled_or_under_work_stays() -> None:
    unread("What came with a new source today")
    Article.objects.update(first_seen=YEAR_LATER)
    loose("Being read anew", lease_until=timezone.now() + timedelta(hours=1))
    loose("Due", due_at=timezone.now())
    weather = loose("What a late copy repeats")
    loose("The late copy", at=YEAR_LATER, stage=Stage.COPY, duplicate_of=weather)
    loose("Bundled")
    Source.objects.filter(articles__title="Bundled").update(sample=False)
    sample = rows.source("Sample Docket", sample=True)
    Article.objects.filter(title="Bundled").update(source=sample)
    assert forget() == retention.Forgotten()


def test_an_article_that_its_feed_still_names_is_no_news(web: WebServer) -> None:
    old = item(
        "Rain on Friday", "https://a.example/1", "<p>It will rain on Friday, and on Saturday too.</p>", "g1"
    )
    source = Source.objects.create(url=web.put("/f", rss(old)), due_at=timezone.now() - timedelta(seconds=5))
    assert refresh(source.pk, timezone.now()).new == 1
    Article.objects.update(first_seen=LONG_AGO, happened_at=LONG_AGO, stage=Stage.OFF_TOPIC, due_at=None)
    assert forget().articles == 1
    edited = item(
        "Rain on Friday", "https://a.example/1", "<p>It will snow on Friday, and on Sunday.</p>", "g1"
    )
    for entry in (old, edited):
        web.put("/f", rss(entry, item("News", "https://a.example/2", "<p>More.</p>", "g2")))
        Source.objects.update(due_at=timezone.now() - timedelta(seconds=5))
        refresh(source.pk, timezone.now())
    assert dict(Article.objects.values_list("guid", "stage")) == {"g1": Stage.FORGOTTEN, "g2": Stage.NEW}
    other = Source.objects.create(
        url=web.put("/o", rss(edited)), due_at=timezone.now() - timedelta(seconds=5)
    )
    assert refresh(other.pk, timezone.now()).new == 1, (
        "what somebody tells anew is no copy of what is forgotten"
    )
    assert Article.objects.get(source=other).duplicate_of is None


def test_what_a_whole_day_would_have_cost_to_read_stays_the_same() -> None:
    unread()
    weighed = spent._characters_of(LONG_AGO.date())
    spent._characters.clear()
    forget()
    assert spent._characters_of(LONG_AGO.date()) == weighed > 0


def test_a_correction_by_hand_goes_with_either_article() -> None:
    one, other = loose("Rain"), loose("Snow", at=YEAR_LATER)
    Split.objects.create(article=other, other=one)
    forget()
    assert not Split.objects.exists()


@pytest.mark.parametrize("plans", ["", "hashjoin mergejoin indexscan bitmapscan material memoize"])
def test_many_go_in_batches_and_what_stays_is_passed_over(plans: str) -> None:
    """Also where Postgres has old statistics, by which it may choose the slowest plan there is."""
    with connection.cursor() as cursor:
        for plan in plans.split():
            cursor.execute(f"SET LOCAL enable_{plan} = off")
        cursor.execute("SET LOCAL statement_timeout = '15s'")
    publisher = rows.source("Wire")
    stories = [
        Story(title=f"Story {n}", happened_at=LONG_AGO, last_at=LONG_AGO + timedelta(minutes=n % 7))
        for n in range(450)
    ]
    Story.objects.bulk_create(stories)
    for story in stories[:230]:
        rows.ready_brief(story, [], {})
    Article.objects.bulk_create(
        Article(source=publisher, identity=str(n), content_hash="", title="Rain", happened_at=LONG_AGO,
                first_seen=LONG_AGO, stage=Stage.OFF_TOPIC) for n in range(1100)
    )  # fmt: skip
    assert forget(seconds=0) == retention.Forgotten(done=False)
    gone = forget()
    assert (gone.stories, gone.articles) == (220, 1100)
    assert Story.objects.count() == 230


def test_a_dry_run_tells_the_same_and_changes_nothing(settings: Any) -> None:
    unread(), loose("Rain on Friday")
    before = list(Article.objects.order_by("pk").values())
    days = (timezone.now() - LONG_AGO).days - 1
    told, done = io.StringIO(), io.StringIO()
    call_command("prune", "--days", str(days), "--dry-run", "--json", stdout=told)
    assert list(Article.objects.order_by("pk").values()) == before
    settings.NUTGRAF_RETENTION_DAYS = days
    call_command("prune", "--json", stdout=done)
    assert json.loads(told.getvalue()) == {**json.loads(done.getvalue()), "dry_run": True}
    assert json.loads(done.getvalue())["articles"] == 3


@pytest.mark.parametrize(("arguments", "said"), [([], "is 0"), (["--days", "7"], "60 to 36500")])
def test_it_refuses_to_forget_what_is_still_compared(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("prune", *arguments)


def test_workers_forget_only_where_the_operator_says_so(settings: Any) -> None:
    unread()
    tasks.forget_old()
    assert Article.objects.filter(stage=Stage.FORGOTTEN).count() == 0
    settings.NUTGRAF_RETENTION_DAYS = 60
    tasks.forget_old()
    assert Article.objects.filter(stage=Stage.FORGOTTEN).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_brief_that_is_written_meanwhile_is_not_left_without_its_story() -> None:
    """Whichever of the two commits first: the other then sees it, or the database refuses the brief."""
    story, written = unread(), Event()
    outcome: list[str] = []

    def write() -> None:
        try:
            with transaction.atomic():
                rows.ready_brief(story, list(Article.objects.filter(story=story)), {})
                written.set()
                wait_for(forgotten.is_set, what="the other to have forgotten the story")
            outcome.append("written")
        except IntegrityError:
            outcome.append("refused")
        finally:
            connection.close()

    forgotten = Event()
    writer = Thread(target=write)
    writer.start()
    assert written.wait(60)
    assert forget().stories == 1
    forgotten.set()
    writer.join(60)
    assert outcome == ["refused"]
    assert not Brief.objects.exists()
