"""A reader reports a sentence: it is verified again at once, and falls for everybody where it does not stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefings import correct, edition, notices, read
from briefings.converse import answer, ask
from briefings.digest_render import render
from briefings.feedback import challenge
from briefings.feedback.models import Challenge, Report
from briefings.models import Brief, Correction, Edition, EditionItem
from ingest.models import Article, Story
from tests.briefings import factories, rows
from users.models import User

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true"}
WRONG = "OpenAI gave GPT-5 to all of its 900 million weekly users."


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def ben(brief: Brief) -> User:
    """Another reader of the same brief."""
    ben = rows.reader("ben@fund.example", "investor")
    rows.ready_edition(ben, factories.MORNING, [(brief, None)])
    return ben


@pytest.fixture
def operator() -> Client:
    return as_(User.objects.create_superuser("op@example.org", "a long password"))


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def spoil(brief: Brief, *where: Any, text: str = WRONG) -> str:
    """Put a sentence into the brief that its citation does not bear out, as a weaker verifier once let through."""
    spot = brief.body
    for step in where:
        spot = spot[step]
    spot["text"] = text
    Brief.objects.filter(pk=brief.pk).update(body=brief.body)
    return text


def mark_of(page: Client, brief: Brief, text: str) -> str:
    shown = body(page.get(f"/brief/{brief.pk}/"))
    (aside,) = [part for part in shown.split('<aside id="evidence-')[1:] if f"</b> {text}</p>" in part]
    return aside.split('"', 1)[0]


def report(page: Client, brief: Brief, text: str, **more: str) -> str:
    """Report the sentence of that text; the page that shows what came of it."""
    path = f"/brief/{brief.pk}/evidence/{mark_of(page, brief, text)}/"
    answer = page.post(f"{path}report/", more)
    assert answer.headers["Location"] == f"{path}#report"
    return body(page.get(path))


STANDS = "One model now decides whether to answer at once or to think first."
PAYS = "Developers pay $1.25 per million tokens in and $10 out, half of what GPT-4o costs for input."


# ---------------------------------------------------------------- it stands


def test_a_sentence_that_stands_is_shown_to_stand_with_what_was_compared(
    page: Client, ada: User, brief: Brief
) -> None:
    price = "GPT-5 costs $1.25 per million input tokens and $10 per million output tokens."
    shown = report(page, brief, price, reason="I read of another price.")
    assert "<b>It stands.</b>" in shown
    assert "3 figures, dates and versions: found in the cited passage." in shown
    assert "Your report is kept for those who run this service." in shown
    row = Report.objects.get()
    assert (row.reader, row.text, row.reason) == (ada, price, "I read of another price.")
    assert (row.challenge.outcome, row.challenge.where) == ("stands", "sections.0.answer.0")
    assert not Correction.objects.exists()
    assert "<s>" not in body(page.get(f"/brief/{brief.pk}/"))


def test_a_sources_own_sentence_stands_as_that(page: Client, ada: User, brief: Brief) -> None:
    short = ada.editions.get().items.get(rank=2).brief
    shown = report(page, short, short.body["headline"]["text"])
    assert "own sentence, word for word." in shown


def test_twice_by_one_reader_is_one_report_and_two_readers_are_two_of_one_challenge(
    page: Client, brief: Brief, ben: User
) -> None:
    report(page, brief, STANDS, reason="First")
    assert "<b>It stands.</b>" in report(page, brief, STANDS, reason="Second")
    assert Report.objects.get().reason == "First"
    report(as_(ben), brief, STANDS)
    row = Challenge.objects.get()
    assert (row.times, row.reports.count()) == (2, 2)


def test_what_is_said_in_two_places_is_one_sentence(page: Client, ada: User, brief: Brief) -> None:
    short = ada.editions.get().items.get(rank=2).brief
    for mark in ("2", "4"):  # a takeaway, and the lead that says the same
        page.post(f"/brief/{short.pk}/evidence/{mark}/report/")
    assert Challenge.objects.get().where == "takeaways.0"
    assert Report.objects.count() == 1


# ---------------------------------------------------------------- it does not


def test_a_sentence_that_does_not_stand_is_struck_wherever_the_brief_is_shown(
    page: Client, ada: User, brief: Brief, ben: User
) -> None:
    spoil(brief, "takeaways", 0)
    shown = report(page, brief, WRONG)
    assert "It does not stand." in shown
    assert "900 million" in shown
    (made,) = Correction.objects.all()
    assert (made.kind, made.publisher, made.replacement, made.major) == (
        "challenged",
        "OpenAI News",
        None,
        False,
    )
    assert [one["where"] for one in made.struck] == ["takeaways.0"]
    for reader in (page, as_(ben)):
        told = body(reader.get(f"/brief/{brief.pk}/"))
        assert f"<s>{WRONG}</s>" in told
        assert "A reader reported a sentence on" in told
        assert "changed its article" not in told
    reading = read.reading_for(ada, brief.pk)
    assert reading is not None
    assert reading.document.verification.supported == 18
    assert reading.document.corrections[0].kind == "challenged"


def test_its_readers_are_told_once_with_their_next_edition(page: Client, brief: Brief, ben: User) -> None:
    spoil(brief, "takeaways", 0)
    report(page, brief, WRONG)
    next_day = rows.ready_edition(ben, factories.MORNING + timedelta(days=1), [])
    notices.put_into(next_day, timezone.now() + timedelta(minutes=1))
    mail = render(next_day, "https://news.example/leave/")
    shown = body(as_(ben).get(f"/edition/{next_day.local_date}/"))
    for told in (mail.html, mail.text, shown):
        assert "A reader reported a sentence, and it did not stand the check." in told
        assert WRONG in told
    later = rows.ready_edition(ben, factories.MORNING + timedelta(days=2), [])
    notices.put_into(later, timezone.now() + timedelta(minutes=1))
    assert later.notices.count() == 0


def test_a_question_falls_with_the_whole_of_its_answer(page: Client, ada: User, brief: Brief) -> None:
    short = ada.editions.get().items.get(rank=2).brief
    spoil(short, "sections", 0, "answer", 0)
    report(page, short, WRONG)
    (made,) = Correction.objects.all()
    assert {one["where"] for one in made.struck} == {"sections.0.answer.0", "sections.0.question"}


def test_a_fallen_headline_leads_no_further_edition(page: Client, ada: User, brief: Brief) -> None:
    wrong = spoil(brief, "headline", text="Anthropic releases GPT-5 to every ChatGPT user at $9.25")
    report(page, brief, wrong)
    assert Correction.objects.get().major
    made = edition.assemble("cto", "finance", "", rows.NOON + timedelta(hours=2))
    assert brief.pk not in {one.brief.pk for one in made.items}


def test_no_edit_gives_back_what_a_reader_had_struck(page: Client, brief: Brief) -> None:
    spoil(brief, "takeaways", 0)
    report(page, brief, WRONG)
    lab = Article.objects.get(title="GPT-5 is here")
    rows.edit(lab, "free accounts included", "also free accounts")
    made = correct.catch_up(timezone.now())
    assert not any("takeaways.0" in one.restored for one in made)
    assert f"<s>{WRONG}</s>" in body(page.get(f"/brief/{brief.pk}/"))


def test_what_a_source_has_changed_unseen_is_corrected_on_the_spot(page: Client, brief: Brief) -> None:
    """The sweep has not come by yet: the report does its work, by the same machinery."""
    rows.edit(Article.objects.get(title="GPT-5 is here"), "$1.25 per million", "$1.75 per million")
    shown = report(page, brief, PAYS)
    assert "It does not stand." in shown
    (made,) = Correction.objects.all()
    assert (made.kind, made.from_revision, made.to_revision) == ("changed", 1, 2)
    assert Challenge.objects.get().outcome == "struck"
    correct.catch_up(timezone.now())
    assert Correction.objects.count() == 1


def test_a_challenge_keeps_no_edit_from_being_followed(page: Client, brief: Brief) -> None:
    spoil(brief, "takeaways", 0)
    report(page, brief, WRONG)
    rows.edit(Article.objects.get(title="GPT-5 is here"), "$1.25 per million", "$1.75 per million")
    made = correct.catch_up(timezone.now())
    assert [one.kind for one in made] == ["changed"]


def test_what_fell_before_cannot_be_reported(page: Client, ada: User, brief: Brief, ben: User) -> None:
    spoil(brief, "takeaways", 0)
    mark = mark_of(page, brief, WRONG)
    report(page, brief, WRONG)
    path = f"/brief/{brief.pk}/evidence/{mark}/"
    other = as_(ben)
    assert "<textarea" not in body(other.get(path))
    assert other.post(f"{path}report/").headers["Location"] == f"{path}#report"
    assert Report.objects.count() == 1
    assert "did not stand the check. " in body(other.get(path))


def test_without_the_text_it_cites_nobody_says_that_it_is_wrong(
    page: Client, ada: User, brief: Brief
) -> None:
    spoil(brief, "takeaways", 0)
    mark = mark_of(page, brief, WRONG)
    Article.objects.get(title="GPT-5 is here").delete()
    page.post(f"/brief/{brief.pk}/evidence/{mark}/report/")
    assert Challenge.objects.get().outcome == "stands"
    assert Report.objects.get().found == [
        "A text that it cites is stored no longer, so that nothing could be compared with it."
    ]


# ---------------------------------------------------------------- lens, answers, own sources


def test_a_sentence_of_the_lens_falls_and_stays_private(page: Client, ada: User, brief: Brief) -> None:
    lens = EditionItem.objects.get(brief=brief).lens
    assert lens is not None
    lens.body["why_it_matters"][1]["text"] = WRONG
    lens.save()
    shown = report(page, brief, WRONG)
    assert "It does not stand." in shown
    assert Correction.objects.get().struck[0]["where"] == f"lens.{lens.pk}.why_it_matters.1"
    row = Challenge.objects.get()
    assert (row.of, row.text, row.headline, row.found) == ("lens", "", "", [])
    assert f"<s>{WRONG}</s>" in body(page.get(f"/brief/{brief.pk}/"))
    assert WRONG not in body(Client().get("/accuracy/"))


def test_a_sentence_of_an_answer_is_checked_and_struck_alike(page: Client, ada: User, brief: Brief) -> None:
    turn = ask.ask(ada, brief.pk, "What does GPT-5 cost?")
    assert turn is not None
    answer.answer(turn.pk)
    row = turn.sentences.get(place=turn.sentences.earliest("place").place)
    path = f"/brief/{brief.pk}/evidence/t1-1/"
    page.post(f"{path}report/")
    assert "<b>It stands.</b>" in body(page.get(path))
    said = Challenge.objects.get()
    assert (said.of, said.where, said.text) == ("answer", f"answer.{row.pk}", "")
    assert challenge.strike(said, timezone.now())
    row.refresh_from_db()
    assert row.struck["kind"] == "challenged"
    assert f"<s>{row.text}</s>" in body(page.get(f"/brief/{brief.pk}/"))
    rows.edit(Article.objects.get(title="GPT-5 is here"), "free accounts included", "also free accounts")
    correct.catch_up(timezone.now())
    row.refresh_from_db()
    assert row.struck["kind"] == "challenged", "no edit gives it back"


def test_what_is_of_own_sources_is_seen_by_nobody_else(
    page: Client, ada: User, brief: Brief, operator: Client
) -> None:
    Story.objects.filter(pk=brief.story_id).update(owner=ada)
    shown = report(page, brief, STANDS, reason="Hm")
    assert "nobody else sees your report" in shown
    assert Challenge.objects.get().text == ""
    assert STANDS not in body(operator.get(reverse("admin:briefings_report_changelist")))
    assert STANDS not in body(Client().get("/accuracy/"))


# ---------------------------------------------------------------- the edition


def test_the_edition_that_was_sent_stays(page: Client, brief: Brief) -> None:
    before = list(EditionItem.objects.values_list("rank", "brief", "lens", "why"))
    spoil(brief, "takeaways", 0)
    stored = Brief.objects.get(pk=brief.pk).body
    report(page, brief, WRONG)
    assert list(EditionItem.objects.values_list("rank", "brief", "lens", "why")) == before
    assert Brief.objects.get(pk=brief.pk).body == stored
    assert Edition.objects.count() == 1
