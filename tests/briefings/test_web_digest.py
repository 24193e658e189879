"""The mail that an edition becomes."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from briefings.digest_render import render
from ingest.models import Story
from tests.briefings import factories, rows

pytestmark = pytest.mark.django_db
LEAVE = "https://news.example/unsubscribe/token/"


def test_it_tells_the_same_edition_as_the_page_in_both_parts() -> None:
    ada = rows.reader("ada@bank.example")
    mail = render(factories.edition_of_two(ada), LEAVE)
    assert mail.subject == "OpenAI releases GPT-5 to every ChatGPT user at $1.25 per million input tokens"
    for part in (mail.html, mail.text):
        assert "OpenAI publishes two open-weight models" in part
        assert "The price cut reopens every business case" in part
        assert "3 outlets, 3 origins" in part
        assert "Extractive" in part
        assert "Making this edition cost $0" in part
        assert LEAVE in part
        assert part.count("/brief/") >= 2


def test_it_needs_nothing_from_outside_and_stays_small() -> None:
    mail = render(factories.edition_of_two(rows.reader("ada@bank.example")), LEAVE)
    assert "<img" not in mail.html
    assert "<link" not in mail.html
    assert 'style="' in mail.html, "mail programs drop style sheets, so the rules stand on the elements"
    assert len(mail.html.encode()) < 100_000
    assert not re.search(r"\{[{%]", mail.html + mail.text)


def test_it_cannot_be_broken_by_a_headline() -> None:
    evil = "Big\r\nBcc: everybody@else.example\x1b[2J <script>alert(1)</script> & more " + "word " * 60
    story = Story.objects.create(title="x", happened_at=rows.NOON, last_at=rows.NOON)
    article = rows.article(story, rows.source("News"), evil, [])
    sentence = rows.said(evil, rows.cite(article, evil))
    own = {"headline": sentence, "takeaways": [], "lead": [], "sections": [], "catch": [], "bottom_line": []}
    brief = rows.ready_brief(story, [article], own)
    mail = render(
        rows.ready_edition(rows.reader("ada@bank.example"), factories.MORNING, [(brief, None)]), LEAVE
    )
    assert mail.subject.isprintable()
    assert len(mail.subject) <= 152
    assert "<script>alert" not in mail.html


def test_a_thin_story_is_told_by_its_lead_and_without_a_lens_that_says_nothing() -> None:
    brief = factories.weights()
    brief.body["takeaways"] = []
    brief.save()
    little = rows.said("Little in this story bears directly on CTOs in finance.")
    lens = rows.ready_lens(brief, {"why_it_matters": [{**little, "opinion": True}], "questions": []})
    ada = rows.reader("ada@bank.example")
    edition = rows.ready_edition(ada, factories.MORNING, [(brief, lens)])
    mail, client = render(edition, LEAVE), Client()
    client.force_login(ada)
    page = client.get(f"/edition/{factories.MORNING}/").content.decode()
    for shown in (mail.html, mail.text, page):
        assert "under the Apache 2.0 licence." in shown
        assert "Little in this story" not in shown
    whole = client.get(f"/brief/{brief.pk}/").content.decode()
    assert "Little in this story" in whole, "its page says what was looked for"


def test_it_says_that_a_day_was_quiet() -> None:
    mail = render(rows.ready_edition(rows.reader("ada@bank.example"), factories.MORNING, []), LEAVE)
    assert mail.subject == "A quiet day in AI, 7 August"
    assert "quiet day" in mail.html
    assert "quiet day" in mail.text


def test_it_says_when_it_is_the_sample() -> None:
    ada = rows.reader("ada@bank.example")
    items = [(factories.weights(sample=True), None)]
    mail = render(rows.ready_edition(ada, factories.MORNING, items, sample=True), LEAVE)
    for part in (mail.html, mail.text):
        assert "sample edition" in part


def test_each_point_leads_to_what_supports_it_and_each_story_to_what_one_may_ask_next() -> None:
    ada = rows.reader("ada@bank.example")
    mail = render(factories.edition_of_two(ada), LEAVE, preferences_url="https://news.example/mail/token/")
    client = Client()
    client.force_login(ada)
    evidence = re.findall(
        r'class="src"[^>]*href="http://[^/]*(/brief/\w+/evidence/[\w-]+/)"|href="http://[^/]*'
        r'(/brief/\w+/evidence/[\w-]+/)"',
        mail.html,
    )
    addresses = {one or other for one, other in evidence}
    assert len(addresses) >= 4
    assert {client.get(address).status_code for address in addresses} == {200}
    asks = re.findall(r'href="http://[^/]*(/brief/\w+/\?ask=[^"#]+)#conversation"', mail.html)
    assert asks
    assert "What " in mail.text.partition("Ask next:")[2][:80]
    page = client.get(asks[0]).content.decode()
    assert re.search(r'name="question"[^>]*value="[^"]+\?"', page), "typed in, and asked by nobody yet"
    for part in (mail.html, mail.text):
        assert "https://news.example/mail/token/" in part


def test_a_round_up_says_which_week_it_tells_of() -> None:
    ada = rows.reader("ada@bank.example")
    row = factories.edition_of_two(ada)
    row.round_up = True
    mail = render(row, LEAVE)
    for part in (mail.html, mail.text):
        assert "The week to Thursday 7 August 2025" in part
    quiet = rows.ready_edition(rows.reader("ben@fund.example"), factories.MORNING, [])
    quiet.round_up = True
    assert render(quiet, LEAVE).subject == "A quiet week in AI, to 7 August"
    assert "A quiet week" in render(quiet, LEAVE).text
