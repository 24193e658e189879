"""Pages of which parts are kept: what anybody sees is what they would see if everything were made anew."""

from __future__ import annotations

import gc
import re
import secrets
import weakref

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from briefings import bodies
from briefings.models import Brief, Correction, EditionItem, Lens
from briefings.web import kept
from inference.models import Call
from ingest.models import Article, Source
from tests.briefings import factories, rows
from tests.briefings.test_web_pages import body
from tests.statements import statements
from users.models import User

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
MINUTE = re.compile(r"this is the copy of [^<]+")


def the_same(html: str) -> str:
    """Without what differs from one time to the next: the token of its forms, and the minute in which it was asked."""
    return MINUTE.sub("", TOKEN.sub("", html))


def _marked(brief: Brief) -> dict[str, str]:
    """What its text is known by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text || ctid::text FROM briefings_brief WHERE id = %s", [brief.pk])
        return {brief.pk: str(cursor.fetchone()[0])}


def signed_in(user: User, **more: bool) -> Client:
    client = Client(**more)
    client.force_login(user)
    return client


@pytest.fixture
def lead(ada: User) -> Brief:
    return factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief


@pytest.fixture
def ben(lead: Brief) -> User:
    """Of the same role and industry, with the same brief and lens in his edition, for a reason of his own."""
    ben = rows.reader("ben@bank.example")
    edition = rows.ready_edition(ben, timezone.now().date(), [(lead, Lens.objects.get())])
    edition.items.update(why=["because of Ben alone"])
    return ben


def test_a_reader_sees_nothing_of_another_who_reads_the_same(
    page: Client, ada: User, ben: User, lead: Brief
) -> None:
    EditionItem.objects.filter(edition__reader=ada, brief=lead).update(why=["because of Ada alone"])
    other = signed_in(ben)
    page.post(f"/brief/{lead.pk}/feedback/", {"act": "more"})
    for path in ("/today/", f"/brief/{lead.pk}/"):
        for _ in range(2):
            hers, his = body(page.get(path)), body(other.get(path))
            assert "because of Ada alone" in hers
            assert "You asked for more like this." in hers
            assert "because of Ben alone" in his
            assert "Ada alone" not in his
            assert "You asked for" not in his
            assert not set(TOKEN.findall(hers)) & set(TOKEN.findall(his))


def test_every_form_of_a_kept_story_can_be_sent(ben: User) -> None:
    browser = signed_in(ben, enforce_csrf_checks=True)
    for _ in range(2):
        shown = body(browser.get("/today/"))
        forms = re.findall(r'<form[^>]* action="([^"]+)".*?</form>', shown, re.DOTALL)
        assert any("/feedback/" in one for one in forms)
        tokens = TOKEN.findall(shown)
        assert len(tokens) == len(forms)
        assert len(set(tokens)) == 1
        act = next(one for one in forms if "/feedback/" in one)
        sent = {"act": "more", "csrfmiddlewaretoken": tokens[0]}
        assert browser.post(act, sent).status_code == 302


def test_the_same_page_again_asks_for_no_text(page: Client, lead: Brief) -> None:
    path = f"/brief/{lead.pk}/"
    first = body(page.get(path))
    assert MINUTE.search(first)
    with statements() as asked:
        again = body(page.get(path))
    assert the_same(again) == the_same(first)
    assert not any('"ingest_article"."text"' in one for one in asked)


def test_a_publisher_of_another_name_is_named_so(page: Client, lead: Brief) -> None:
    paths = ("/today/", f"/brief/{lead.pk}/", f"/brief/{lead.pk}/evidence/1/")
    for path in paths:
        page.get(path)
    Source.objects.filter(title="OpenAI News").update(title="OpenAI Newsroom")
    for path in paths:
        shown = body(page.get(path))
        assert "OpenAI Newsroom" in shown
        assert "OpenAI News<" not in shown


def test_an_article_that_is_gone_is_gone(page: Client, lead: Brief) -> None:
    page.get(f"/brief/{lead.pk}/")
    Article.objects.get(title=factories.DESK[0]).delete()
    shown = body(page.get(f"/brief/{lead.pk}/"))
    assert "The Evening Ledger" not in shown
    assert "The price surprised developers most" not in shown


def test_a_correction_lies_over_what_was_kept_and_leaves_with_its_end(page: Client, lead: Brief) -> None:
    paths = ("/today/", f"/brief/{lead.pk}/", f"/brief/{lead.pk}/evidence/1/")
    before = [the_same(body(page.get(path))) for path in paths]
    text = lead.body["headline"]["text"]
    article = lead.body["headline"]["citations"][0]["article"]
    made = Correction.objects.create(
        brief=lead,
        article_id=article,
        kind=Correction.Kind.CHANGED,
        from_revision=1,
        to_revision=2,
        changed_at=timezone.now(),
        noticed_at=timezone.now(),
        struck=[
            {"where": "headline", "text": text, "article": article, "why": "It says something else now."}
        ],
    )
    for path in paths:
        assert f"<s>{text}</s>" in body(page.get(path))
    made.delete()
    assert [the_same(body(page.get(path))) for path in paths] == before


def test_what_a_brief_cost_is_told_as_it_is(page: Client, lead: Brief) -> None:
    path = f"/brief/{lead.pk}/"
    assert "$0: no model was asked." in body(page.get(path))
    Call.objects.create(
        work_key=f"brief:{lead.pk}",
        step="brief",
        number=1,
        purpose="brief",
        model="gpt-5-mini",
        state=Call.State.SETTLED,
        hold=0,
        cost=4_200_000_000,
        brief=lead.pk,
    )
    assert "$4.20" in body(page.get(path))


def test_a_kept_story_does_not_keep_all_that_its_brief_says(page: Client, lead: Brief) -> None:
    kept._shared.cache_clear()
    bodies.forget()
    page.get("/today/")
    with statements() as asked:
        body = weakref.ref(bodies.of(_marked(lead), {})[0][lead.pk].thing)
    assert len(asked) == 1  # for the mark
    bodies.forget()
    gc.collect()
    assert body() is None


def test_a_kept_story_is_shown_though_its_brief_was_read_anew(page: Client, lead: Brief) -> None:
    def rendered() -> int:
        return sum(one.name == "briefings/_story.html" for one in page.get("/today/").templates)

    text = lead.body["headline"]["text"]
    lead.body["headline"]["text"] = f"{text} of {secrets.token_hex(4)}"
    lead.save()
    assert rendered() >= 1
    bodies.forget()
    assert rendered() == 0


def test_pages_with_far_more_around_each_quote_are_not_kept(page: Client, lead: Brief) -> None:
    page.get(f"/brief/{lead.pk}/")
    before = kept._shared.cache_info().currsize, kept._lens.cache_info().currsize
    for path in (f"/brief/{lead.pk}/evidence/1/", f"/brief/{lead.pk}/evidence/you-1/"):
        assert page.get(path).status_code == 200
    assert (kept._shared.cache_info().currsize, kept._lens.cache_info().currsize) == before


def test_another_lens_is_another_page(page: Client, lead: Brief) -> None:
    path = f"/brief/{lead.pk}/"
    lens = Lens.objects.get()
    said = lens.body["why_it_matters"][0]["text"]
    assert said in body(page.get(path))
    lens.body["why_it_matters"][0]["text"] = "Written anew for this reader."
    lens.save()
    for where in (path, "/today/"):
        shown = body(page.get(where))
        assert "Written anew for this reader." in shown
        assert said not in shown
