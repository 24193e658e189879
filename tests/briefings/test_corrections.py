"""A source changes its article: what falls with it, once, whatever happens meanwhile."""

from __future__ import annotations

import re
import threading
import time
from datetime import date, timedelta
from urllib.parse import urlsplit

import feedparser
import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefings import card, compose, correct, corrected, feed, read
from briefings import share as sharing
from briefings.digest_render import render
from briefings.models import Brief, Correction, State
from briefings.schemas import BriefDocument
from ingest.models import Article, Revision, Stage
from ingest.run import ingest
from tests.briefings import factories, rows
from tests.briefings.papers import (
    EVENING,
    FIRST,
    MORNING,
    NEXT,
    SECOND,
    SMALL,
    Paper,
    ada,
    edited,
    edition_of,
    given,
    paper,
    places,
)
from tests.fakes.newspaper import Report
from tests.fakes.web_server import item, rss
from tests.ingest.conftest import web
from tests.statements import statements
from users.models import User

__all__ = ["ada", "given", "paper", "web"]
pytestmark = pytest.mark.django_db


def test_an_edit_strikes_what_rested_on_it(given: Brief, paper: Paper) -> None:
    (made,) = paper.prints(SECOND, EVENING)
    assert {"headline", "takeaways.0"} <= places(made.struck)
    assert (made.from_revision, made.to_revision, made.kind) == (1, 2, "changed")
    assert (made.publisher, made.title) == ("Docket", SECOND.title)
    assert made.changed_at == made.noticed_at == EVENING
    assert made.changes.startswith("title altered, ")
    headline = next(one for one in made.struck if one["where"] == "headline")
    assert headline["text"] == FIRST.title
    assert headline["now"] == headline["instead"] == SECOND.title
    assert all("$1.5" in one["text"] for one in made.struck)


def test_a_small_correction_replaces_nothing(given: Brief, paper: Paper) -> None:
    (made,) = paper.prints(SMALL, EVENING)
    assert places(made.struck)
    assert not made.major
    assert made.replacement is None
    assert Brief.objects.count() == 1


def test_a_brief_that_nobody_got_is_corrected_but_not_replaced(paper: Paper) -> None:
    paper.prints(FIRST, MORNING)
    (story,) = Article.objects.values_list("story", flat=True)
    compose.ready_brief(str(story), MORNING)
    (made,) = paper.prints(SECOND, EVENING)
    assert made.major
    assert made.replacement is None


@pytest.mark.parametrize(
    "noise",
    [
        edited(FIRST, (". ", ".   ")),
        Report(FIRST.title.upper(), FIRST.body),
        Report(FIRST.title, FIRST.body + "<p>Points: 412</p><p># Comments: 87</p>"),
        Report(FIRST.title, FIRST.body.replace("<p>", "<p class='x'>")),
    ],
    ids=["blanks", "case", "scores", "markup"],
)
def test_noise_corrects_nothing(given: Brief, paper: Paper, noise: Report) -> None:
    assert paper.prints(noise, EVENING) == []
    assert not Revision.objects.exists()


def test_an_edit_that_takes_nothing_back_corrects_nothing(given: Brief, paper: Paper) -> None:
    more = Report(FIRST.title, FIRST.body + "<p>A hearing is planned for Monday in San Francisco.</p>")
    assert paper.prints(more, EVENING) == []
    assert Revision.objects.get().told
    given.refresh_from_db()
    assert (given.due_at, given.lease_until, given.error) == (None, None, "")


def test_an_article_that_drops_out_of_its_feed_is_not_withdrawn(given: Brief, paper: Paper) -> None:
    paper.web.put(
        "/f", rss(item("Another matter of AI policy", text="<p>The AI Act applies in full.</p>", guid="h"))
    )
    ingest([paper.source.pk], EVENING, True, lambda words: None)
    assert correct.catch_up(EVENING) == []


def test_a_source_that_withdraws_its_article_takes_the_brief_with_it(
    given: Brief, paper: Paper, ada: User, client: Client
) -> None:
    (made,) = paper.prints(Report(f"Withdrawn: {FIRST.title}", FIRST.body), EVENING)
    assert (made.kind, made.major, made.replacement) == ("withdrawn", True, None)
    client.force_login(ada)
    page = client.get(reverse("brief", args=[given.pk])).content.decode()
    assert "Docket has withdrawn its article, as we saw on" in page
    assert ">Withdrawn<" in page
    row = edition_of(ada, NEXT)
    assert row.items.count() == 0, "nobody tells the story any more"
    mail = render(row, "https://news.example/leave/")
    for told in (mail.html, mail.text):
        assert "Docket has withdrawn its article." in told
        assert "Withdrawn: " not in told.replace("Corrected: ", ""), "the notice is no headline of ours"


def test_it_is_done_once_however_often_it_is_asked_for(given: Brief, paper: Paper) -> None:
    paper.looks_like(SECOND, EVENING)
    assert correct.follow() == 1
    assert correct.follow() == 0
    assert len(correct.verify_again(given.pk, EVENING)) == 1
    assert correct.verify_again(given.pk, EVENING) == []
    Brief.objects.filter(pk=given.pk).update(due_at=EVENING)
    assert correct.verify_again(given.pk, NEXT) == [], "somebody had it done again in the admin"
    assert Correction.objects.count() == 1


def test_two_edits_between_two_sweeps_are_one_correction(given: Brief, paper: Paper) -> None:
    paper.looks_like(SMALL, EVENING)
    (made,) = paper.prints(SECOND, EVENING + timedelta(hours=1))
    assert (made.from_revision, made.to_revision) == (1, 3)


def test_a_later_edit_strikes_only_what_it_strikes(given: Brief, paper: Paper) -> None:
    (first,) = paper.prints(SMALL, EVENING)
    both = edited(SMALL, ("1.5 billion", "1.7 billion"))
    (second,) = paper.prints(both, EVENING + timedelta(hours=1))
    assert not places(first.struck) & places(second.struck)
    assert second.restored == []


def test_it_waits_while_the_article_is_read_anew(given: Brief, paper: Paper) -> None:
    paper.looks_like(SECOND, EVENING)
    correct.follow()
    Article.objects.update(stage=Stage.NEW, due_at=EVENING)
    assert correct.verify_again(given.pk, EVENING) == []
    given.refresh_from_db()
    assert given.due_at is not None
    Article.objects.update(stage=Stage.PLACED, due_at=None)
    Brief.objects.update(due_at=EVENING)
    assert len(correct.verify_again(given.pk, EVENING)) == 1


def test_a_brief_that_is_written_after_the_edit_from_the_text_before_it_is_verified_again(
    paper: Paper, ada: User
) -> None:
    """Asked for the day before, or queued while the source changed its mind."""
    paper.prints(FIRST, MORNING)
    (story,) = Article.objects.values_list("story", flat=True)
    row = compose.brief_for(compose.material_of(str(story), MORNING))
    paper.prints(SECOND, EVENING)
    compose.write_brief(row.pk)
    row.refresh_from_db()
    assert row.due_at is not None
    assert compose.write_brief(row.pk) is None, "it is not written again"
    (made,) = correct.catch_up(NEXT)
    assert made.brief_id == row.pk
    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.READY, None)


def test_two_articles_of_a_brief_may_each_correct_it() -> None:
    brief, lens = factories.launch()
    ada = rows.reader("ada@bank.example")
    rows.ready_edition(ada, date(2025, 8, 7), [(brief, lens)])
    lab, desk, _ = Article.objects.order_by("pk")
    for article, old, new in ((lab, "74.9 percent", "71.4 percent"), (desk, "700 million", "800 million")):
        rows.edit(article, old, new)
    made = correct.catch_up(EVENING)
    assert {one.publisher for one in made} == {"OpenAI News", "The Evening Ledger"}
    by = {one.publisher: places(one.struck) for one in made}
    assert "lead.0" in by["The Evening Ledger"]
    assert "sections.1.answer.0" in by["OpenAI News"]
    assert not by["OpenAI News"] & by["The Evening Ledger"]


def test_a_sample_article_that_a_new_release_changes_corrects_nothing() -> None:
    brief = factories.weights(sample=True)
    rows.edit(Article.objects.get(), "80 gigabytes", "96 gigabytes")
    assert correct.catch_up(EVENING) == []
    assert not brief.corrections.exists()


def test_one_brief_that_cannot_be_verified_keeps_no_other_from_it(given: Brief, paper: Paper) -> None:
    broken = factories.weights()
    rows.edit(broken.story.articles.get(), "80 gigabytes", "96 gigabytes")
    Brief.objects.filter(pk=broken.pk).update(body={"verification": {"sentences": 1}})
    (made,) = paper.prints(SECOND, EVENING)
    assert made.brief_id == given.pk
    broken.refresh_from_db()
    assert "ValidationError" in broken.error
    assert broken.due_at is not None


def test_no_article_is_read_for_a_brief_that_nothing_changed_for(given: Brief) -> None:
    Brief.objects.filter(pk=given.pk).update(due_at=Now())
    with statements() as asked:
        assert correct.verify_again(given.pk, EVENING) == []
    given.refresh_from_db()
    assert given.due_at is None
    assert not any('"ingest_article"."text"' in one for one in asked)


def test_the_operator_sees_corrections_and_changes_none(given: Brief, paper: Paper, client: Client) -> None:
    (made,) = paper.prints(SECOND, EVENING)
    client.force_login(User.objects.create_superuser("op@example.org", "a long password"))
    assert "Docket" in client.get(reverse("admin:briefings_correction_changelist")).content.decode()
    page = reverse("admin:briefings_correction_change", args=[made.pk])
    assert client.get(page).status_code == 200
    client.post(page, {"struck": "[]", "publisher": "Nobody"})
    made.refresh_from_db()
    assert made.publisher == "Docket"
    assert client.get(reverse("admin:briefings_correction_add")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_an_edit_that_comes_while_a_brief_is_verified_has_it_verified_again() -> None:
    brief, article = factories.weights(), Article.objects.get()
    rows.ready_edition(rows.reader("ada@bank.example"), date(2025, 8, 7), [(brief, None)])
    rows.edit(article, "two open-weight models", "three open-weight models")
    correct.follow()
    began = threading.Event()
    editor = threading.Thread(target=_edit_slowly, args=(article.pk, began))
    editor.start()
    assert began.wait(10)
    assert correct.verify_again(brief.pk, EVENING) == [], "what it looked at is not what the article says now"
    editor.join()
    brief.refresh_from_db()
    assert brief.due_at is not None
    assert Brief.objects.count() == 1, "nothing is written of what it looked at"
    (made,) = correct.catch_up(rows.NOON)
    assert (made.from_revision, made.to_revision, made.major) == (1, 3, True)
    assert made.replacement is not None
    assert made.replacement.articles == [[article.pk, 3]]


def _edit_slowly(article: int, began: threading.Event) -> None:
    """Another process edits the article, and takes its time to commit."""
    parameters = connection.get_connection_params()
    ours = ("context", "cursor_factory")
    with psycopg.connect(**{key: parameters[key] for key in parameters if key not in ours}) as own:
        own.execute(
            "INSERT INTO ingest_revision (article_id, number, title, text, from_page, replaced_at)"
            " SELECT id, revision, title, text, false, now() FROM ingest_article WHERE id = %s",
            [article],
        )
        own.execute("UPDATE ingest_article SET revision = revision + 1 WHERE id = %s", [article])
        began.set()
        time.sleep(1)


def test_what_a_reader_kept_and_shared_shows_that_it_fell(
    given: Brief, paper: Paper, ada: User, client: Client
) -> None:
    client.force_login(ada)
    client.post(f"/brief/{given.pk}/save/")
    client.post(f"/brief/{given.pk}/share/")
    client.post("/feed/renew/")
    shared = sharing.of_brief(ada, given.pk)
    assert shared is not None
    address = urlsplit(shared.url).path
    Brief.objects.update(written_at=MORNING)
    (made,) = paper.prints(SECOND, EVENING)
    assert made.major
    fallen = f"<s>{FIRST.title}</s>"
    for page in ("/saved/", "/search/?q=Anthropic", "/archive/", "/shares/", address):
        assert fallen in client.get(page).content.decode(), page
    entry = feedparser.parse(client.get(urlsplit(feed.address(ada)).path).content).entries[0]
    assert entry.title == f"No longer stands: {FIRST.title}"
    assert entry.updated > entry.published


def test_what_is_long_past_is_corrected_but_not_told_anew(given: Brief, paper: Paper) -> None:
    (made,) = paper.prints(SECOND, MORNING + timedelta(days=30))
    assert made.major
    assert made.replacement is None
    assert Brief.objects.count() == 1


def test_what_fell_stays_fallen_when_its_article_is_removed() -> None:
    factories.launch()
    lab, desk, _ = Article.objects.order_by("pk")
    rows.edit(lab, "74.9 percent", "71.4 percent")
    (first,) = correct.catch_up(EVENING)
    lab.delete()
    rows.edit(desk, "700 million", "800 million")
    (second,) = correct.catch_up(NEXT)
    assert (second.publisher, second.restored) == ("The Evening Ledger", [])
    assert places(first.struck) <= set(corrected.struck_now(Correction.objects.all()))


def test_an_edit_has_a_brief_verified_again_whose_verification_was_given_up() -> None:
    given_up, held = factories.weights(), factories.launch()[0]
    Brief.objects.update(attempt=5, error="once too often", due_at=None)
    Brief.objects.filter(pk=held.pk).update(lease_until=timezone.now() + timedelta(minutes=5))
    for article, old, new in (
        (given_up.story.articles.get(), "80 gigabytes", "96 gigabytes"),
        (Article.objects.filter(text__contains="74.9 percent")[0], "74.9 percent", "71.4 percent"),
    ):
        rows.edit(article, old, new)
    correct.follow()
    for row, attempt, error in ((given_up, 0, ""), (held, 5, "once too often")):
        row.refresh_from_db()
        assert (row.attempt, row.error, row.due_at is None) == (attempt, error, False)


def test_nothing_without_markup_tells_a_headline_that_fell(
    given: Brief, paper: Paper, ada: User, client: Client
) -> None:
    client.force_login(ada)
    client.post(f"/brief/{given.pk}/save/")
    client.post(f"/brief/{given.pk}/share/")
    shared = sharing.of_brief(ada, given.pk)
    assert shared is not None
    address = urlsplit(shared.url).path
    paper.prints(SECOND, EVENING)
    own = reverse("brief", args=[given.pk])
    mark = client.get(own).content.decode().split('popovertarget="evidence-', 1)[1].split('"', 1)[0]
    pages = [address, own, reverse("evidence", args=[given.pk, mark]), "/shares/", "/saved/"]
    for page in pages:
        told = client.get(page).content.decode()
        assert f"No longer stands: {FIRST.title}" in told, page
        outside = told.replace(f"No longer stands: {FIRST.title}", "")
        assert not re.search(rf'(?:title|"|: ?){re.escape(FIRST.title)}', outside), page
        assert f"<title>{FIRST.title}" not in told
    struck, stood = (card.of(one) for one in (read.document(given), _with_its_headline(given)))
    assert struck != stood


def _with_its_headline(brief: Brief) -> BriefDocument:
    document = read.document(brief)
    return document.model_copy(update={"headline": document.headline.model_copy(update={"struck": False})})


def test_a_mails_first_line_tells_no_headline_that_fell(given: Brief, paper: Paper, ada: User) -> None:
    paper.prints(Report(f"Withdrawn: {FIRST.title}", FIRST.body), EVENING)
    mail = render(edition_of(ada, NEXT), "https://news.example/leave/")
    assert f"No longer stands: {FIRST.title}" in mail.html
    assert f"Corrected: {FIRST.title}" not in mail.html


def test_a_headline_that_stands_is_told_as_corrected_where_other_sentences_fell(
    given: Brief, paper: Paper, ada: User, client: Client
) -> None:
    paper.prints(SMALL, EVENING)
    client.force_login(ada)
    client.post("/feed/renew/")
    entry = feedparser.parse(client.get(urlsplit(feed.address(ada)).path).content).entries[0]
    assert entry.title == f"Corrected: {FIRST.title}"
    assert read.document(given).headline.plain == FIRST.title
