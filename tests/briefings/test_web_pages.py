"""The pages about the news, asked for as a browser asks."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from briefings.models import Brief, Delivery, Edition, State
from ingest.models import Article, Revision, Story
from tests.briefings import factories, rows
from tests.processes import wait_for
from users.models import Profile, User

pytestmark = pytest.mark.django_db


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_it_shows_a_visitor_a_whole_brief_and_one_field() -> None:
    brief, _ = factories.launch()
    shown = body(Client().get("/"))
    assert "OpenAI releases GPT-5 to every ChatGPT user" in shown
    assert shown.count('type="email"') == 1
    assert "The price cut reopens" not in shown, "a lens is never shown to a visitor"
    assert f"/brief/{brief.pk}/" not in shown, "a visitor has no address to open"


def test_a_date_that_its_feed_says_is_still_to_come_is_not_shown(page: Client, ada: User) -> None:
    brief = factories.weights()
    rows.ready_edition(ada, timezone.now().date(), [(brief, None)])
    seen = Article.objects.get().happened_at + timedelta(hours=2)
    Article.objects.update(published_at=seen + timedelta(days=40), first_seen=seen, happened_at=seen)
    shown = body(page.get(f"/brief/{brief.pk}/"))
    assert f'<time datetime="{seen.isoformat()}">' in shown, "among the sources"
    assert f"{seen:%-d %B %Y, %H:%M} UTC" in shown, "beside the passages"
    assert f"{seen + timedelta(days=40):%B %Y}" not in shown
    Article.objects.update(published_at=None)
    assert f"{seen:%-d %B %Y, %H:%M}" not in body(page.get(f"/brief/{brief.pk}/")), "a feed without dates"


def test_it_prefers_real_news_to_the_sample_for_visitors() -> None:
    factories.weights(sample=True)
    assert "sample edition" in body(Client().get("/"))
    factories.launch()
    assert "sample edition" not in body(Client().get("/"))


def test_it_has_a_landing_page_before_anything_is_written() -> None:
    assert "The first briefs are being written" in body(Client().get("/"))


def test_it_sends_readers_from_the_landing_page_to_today(page: Client) -> None:
    assert page.get("/").headers["Location"] == "/today/"


def test_it_sends_a_reader_without_a_profile_to_onboarding() -> None:
    client = Client()
    client.force_login(User.objects.create_user("new@bank.example"))
    assert client.get("/today/").headers["Location"] == "/welcome/"
    assert client.post("/today/prepare/").headers["Location"] == "/welcome/"


def test_it_shows_the_edition_with_its_reasons_and_outlets(page: Client, ada: User) -> None:
    factories.edition_of_two(ada, timezone.now().date())
    shown = body(page.get("/today/"))
    assert shown.index("OpenAI releases GPT-5") < shown.index("OpenAI publishes two open-weight models")
    for words in (
        "3 outlets, 3 origins",
        "1 outlet, 1 origin",
        "Why it is here",
        "Extractive",
        "You are up to date",
        'href="/filtered/"',
    ):
        assert words in shown
    assert "CTO · Finance" in shown
    assert "The price cut reopens every business case" in shown


def test_a_day_of_the_archive_is_told_with_its_year(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada, date(2024, 2, 29))
    assert "<h1>Thursday 29 February 2024</h1>" in body(page.get("/edition/2024-02-29/"))
    shown = body(page.get(f"/brief/{edition.items.get(rank=1).brief_id}/"))
    assert ">Thursday 29 February 2024</a>" in shown


@pytest.mark.parametrize("day", ["20240229", "2024-W09-4", "2024-02-30", "tomorrow"])
def test_a_day_has_one_address(page: Client, ada: User, day: str) -> None:
    factories.edition_of_two(ada, date(2024, 2, 29))
    assert page.get(f"/edition/{day}/").status_code == 404


def test_it_labels_the_sample(page: Client, ada: User) -> None:
    rows.ready_edition(ada, timezone.now().date(), [(factories.weights(sample=True), None)], sample=True)
    shown = body(page.get("/today/"))
    assert "This is the sample edition" in shown
    assert '<span class="label sample"' in shown


def test_it_says_that_an_edition_is_being_prepared_and_looks_again(page: Client, ada: User) -> None:
    Edition.objects.create(reader=ada, local_date=timezone.now().date(), role="cto", industry="finance")
    shown = body(page.get("/today/"))
    assert "Being prepared" in shown
    assert 'http-equiv="refresh"' in shown


def test_it_says_when_a_day_is_quiet(page: Client, ada: User) -> None:
    rows.ready_edition(ada, timezone.now().date(), [])
    assert "A quiet day" in body(page.get("/today/"))
    assert "A quiet day" in body(page.get("/archive/"))


@pytest.mark.parametrize("sample", [False, True])
def test_it_offers_no_other_edition_once_a_mail_tells_this_one(page: Client, ada: User, sample: bool) -> None:
    items = [(factories.weights(sample=True), None)] if sample else []
    edition = rows.ready_edition(ada, timezone.now().date(), items, sample=sample)
    assert "/today/prepare/" in body(page.get("/today/"))
    Delivery.objects.create(edition=edition, message_id="<one@bank.example>")
    shown = body(page.get("/today/"))
    assert "/today/prepare/" not in shown
    assert "next edition" in shown


def test_it_writes_nothing_on_get_and_asks_for_an_edition_on_post(page: Client, ada: User) -> None:
    shown = body(page.get("/today/"))
    assert "Prepare today" in shown
    assert not Edition.objects.exists()
    assert page.get("/today/prepare/").headers["Location"] == "/today/"  # as after signing in again
    assert not Edition.objects.exists()
    assert page.post("/today/prepare/").headers["Location"] == "/today/"
    assert Edition.objects.get().reader == ada


def test_it_offers_a_failed_edition_again(page: Client, ada: User) -> None:
    Edition.objects.create(
        reader=ada, local_date=timezone.now().date(), role="cto", industry="finance", state=State.FAILED
    )
    assert "could not be prepared" in body(page.get("/today/"))


def test_it_shows_a_brief_in_its_full_shape(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    brief = edition.items.get(rank=1).brief
    shown = body(page.get(f"/brief/{brief.pk}/"))
    parts = (
        "In ten seconds",
        "For you <span>CTO · Finance",
        "which it says 700 million people",
        "What does GPT-5 cost developers?",
        "Where the sources disagree",
        "The catch",
        "The bottom line",
        "<h2>Sources</h2>",
        "14 figures, 14 found in the sources",
        "2 sentences that failed left out",
        "Why it is in your edition",
    )
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)


def test_every_sentence_that_cites_opens_its_passage_in_context(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    brief = edition.items.get(rank=1).brief
    shown = body(page.get(f"/brief/{brief.pk}/"))
    opened = shown.count('popovertarget="evidence-') // 2  # one opens, one closes
    assert opened == shown.count('<aside id="evidence-') == 19
    assert "<mark>Counting the missing ones as failures brings 74.9 percent" in shown
    assert "could not run on its machines. <mark>" in shown
    alone = body(page.get(f"/brief/{brief.pk}/evidence/1/"))
    assert "<mark>Today we are releasing GPT-5 to everyone" in alone
    assert page.get(f"/brief/{brief.pk}/evidence/you-1/").status_code == 200
    assert page.get(f"/brief/{brief.pk}/evidence/99/").status_code == 404


def test_it_shows_the_text_that_was_cited_when_the_article_has_changed_since(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada)
    brief = edition.items.get(rank=2).brief
    article = Article.objects.get(pk=brief.articles[0][0])
    Revision.objects.create(article=article, number=1, title=article.title, text=article.text)
    article.text, article.revision = "Rewritten entirely.", 2
    article.save()
    shown = body(page.get(f"/brief/{brief.pk}/"))
    assert "They are its first open-weight" in shown
    Revision.objects.all().delete()
    assert "<mark>OpenAI published gpt-oss-120b" in body(page.get(f"/brief/{brief.pk}/"))


def test_it_lists_own_editions_only(page: Client, ada: User) -> None:
    factories.edition_of_two(ada)
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, factories.MORNING + timedelta(days=1), [])
    shown = body(page.get("/archive/"))
    assert shown.count("<li>") == 1
    assert "OpenAI releases GPT-5" in shown
    assert "and 1 more" in shown


def test_a_stranger_gets_the_same_404_for_what_exists_and_what_does_not(ada: User) -> None:
    edition = factories.edition_of_two(ada)
    brief = edition.items.get(rank=1).brief
    cal = Client()
    cal.force_login(rows.reader("cal@else.example"))
    for path in (f"/brief/{brief.pk}/", f"/brief/{brief.pk}/evidence/1/", f"/edition/{edition.local_date}/"):
        assert cal.get(path).status_code == 404
    assert cal.get("/brief/0123456789abcdef/").status_code == 404
    assert cal.get("/edition/yesterday/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/today/", "/archive/", "/brief/abc/", "/edition/2025-08-07/", "/welcome/", "/settings/"]
)
def test_a_visitor_is_asked_to_sign_in(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/login/?next={path}"


def test_it_keeps_foreign_text_text_and_foreign_links_web_links(page: Client, ada: User) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" & more'
    story = Story.objects.create(title=evil, happened_at=rows.NOON, last_at=rows.NOON)
    article = rows.article(
        story, rows.source("<b>Bold</b> News"), evil, ["</blockquote><script>alert(3)</script> next."]
    )
    Article.objects.filter(pk=article.pk).update(url="javascript:alert(4)")
    sentence = rows.said(evil, rows.cite(article, evil))
    own = {
        "headline": sentence,
        "takeaways": [sentence],
        "lead": [sentence],
        "sections": [{"question": evil, "answer": [sentence]}],
        "catch": [sentence],
        "bottom_line": [sentence],
    }
    brief = rows.ready_brief(story, [article], own)
    rows.ready_edition(ada, timezone.now().date(), [(brief, None)])
    for path in ("/today/", f"/brief/{brief.pk}/", f"/brief/{brief.pk}/evidence/1/", "/archive/"):
        shown = body(page.get(path))
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "javascript:" not in shown
        assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in body(Client().get("/"))


def test_private_pages_are_not_stored_and_allow_no_foreign_code(page: Client, ada: User) -> None:
    factories.edition_of_two(ada, timezone.now().date())
    answer = page.get("/today/")
    policy = answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in body(answer)
    assert "<style" not in body(answer)


def test_a_brief_needs_few_queries_however_many_sentences(
    page: Client, ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brief = factories.edition_of_two(ada).items.get(rank=1).brief_id
    with django_assert_max_num_queries(9):
        page.get(f"/brief/{brief}/")
    with django_assert_max_num_queries(6):
        page.get(f"/brief/{brief}/")


def test_it_welcomes_a_reader_and_asks_for_their_first_edition() -> None:
    client = Client()
    client.force_login(new := User.objects.create_user("new@bank.example"))
    assert "Who is reading?" in body(client.get("/welcome/"))
    wrong = client.post(
        "/welcome/", {"role": "wizard", "industry": "finance", "time_zone": "Mars/Base", "hour": "7"}
    )
    assert wrong.status_code == 200
    assert not Profile.objects.exists()
    answers: dict[str, str | list[str]] = {
        "role": "cto",
        "industry": "finance",
        "interests": "Chips, deregulation",
        "topics": ["agents", "chips", "copyright", "agents"],
        "time_zone": "Asia/Tokyo",
        "hour": "6",
    }
    assert "Choose at least one day." in body(client.post("/welcome/", answers))
    answers["days"] = ["1", "5"]
    assert client.post("/welcome/", answers).headers["Location"] == "/today/"
    profile = Profile.objects.get(user=new)
    assert (profile.role, str(profile.time_zone), profile.hour) == ("cto", "Asia/Tokyo", 6)
    assert (profile.interests, profile.days) == ("Chips, deregulation, agents, copyright", [1, 5])
    assert Edition.objects.get().reader == new
    assert client.post("/welcome/", answers).headers["Location"] == "/today/"
    assert client.get("/welcome/").headers["Location"] == "/settings/"


@pytest.mark.django_db(transaction=True)
def test_the_first_of_two_onboardings_counts_and_the_other_is_led_on() -> None:
    client = Client()
    client.force_login(new := User.objects.create_user("new@bank.example"))
    answers = {"role": "cto", "industry": "finance", "time_zone": "UTC", "hour": "6", "days": "1"}
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Profile.objects.create(user=new, role="ceo", industry="finance")
        other = pool.submit(_posted, client, answers)
        wait_for(_somebody_waits)
    assert other.result().headers["Location"] == "/today/"
    assert Profile.objects.get(user=new).role == "ceo"


def test_interests_that_are_too_much_together_are_not_cut_off() -> None:
    client = Client()
    client.force_login(User.objects.create_user("new@bank.example"))
    told = "x" * 990
    answers = {
        "role": "cto",
        "industry": "finance",
        "time_zone": "UTC",
        "hour": "6",
        "days": "1",
        "interests": told,
    }
    shown = body(client.post("/welcome/", {**answers, "topics": "regulation"}))
    assert "too much to follow" in shown
    assert told in shown
    assert not Profile.objects.exists()


def _posted(client: Client, answers: dict[str, str]) -> Any:
    with contextlib.closing(connection):
        return client.post("/welcome/", answers)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_it_never_shows_a_brief_that_is_not_ready(page: Client, ada: User) -> None:
    edition = factories.edition_of_two(ada, timezone.now().date())
    brief = edition.items.get(rank=2).brief
    Brief.objects.filter(pk=brief.pk).update(state=State.QUEUED)
    assert page.get(f"/brief/{brief.pk}/").status_code == 404
    assert "gpt-oss" not in body(page.get("/today/"))


def test_reading_takes_few_questions_of_the_database(
    page: Client, ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lead = factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief_id
    for path in ("/today/", f"/brief/{lead}/", f"/brief/{lead}/evidence/1/"):
        with django_assert_max_num_queries(11):
            assert page.get(path).status_code == 200
