"""Lenses are asked for together, only for readers whose edition holds the story and to whom it means something."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from briefings import compose, edition, lenses, read
from briefings.due import AHEAD
from briefings.models import Brief, Edition, Half, Lens, State
from inference import audit
from inference.models import Call
from ingest.models import Article, Story
from tests.briefings import rows
from tests.fakes import honest
from tests.fakes.model_server import SERVER_ERROR, ModelServer, Request, Variant
from tests.ingest import newsroom
from users import taxonomy

pytestmark = pytest.mark.django_db
READERS = [
    (role, industry)
    for role in ("policy-maker", "cfo", "journalist", "investor", "lawyer")
    for industry in ("media", "finance", "software")
]


@pytest.fixture(autouse=True)
def _honest(provider: ModelServer) -> None:
    provider.reply = honest.answer


def asked(provider: ModelServer) -> list[str]:
    return [
        honest.asked_for(request.body) + (" and lenses" if honest.wants_lenses(request.body) else "")
        for request in provider.requests
    ]


def test_it_writes_the_only_readers_lens_with_the_brief(story: Story, provider: ModelServer) -> None:
    brief = compose.ready_brief(story.pk, reader=("cto", "finance"))
    assert brief is not None
    lens = compose.ready_lens(brief, "cto", "finance")
    assert lens is not None
    assert (brief.writer, lens.writer, lens.work_key) == ("model", "model", f"brief:{brief.pk}")
    assert asked(provider) == ["facts", "brief and lenses"]
    cost = read.document(brief, lens).cost
    assert (cost.personal_usd, cost.usd) == ("0.000000", cost.shared_usd)


def half(reader: str, prompt: str) -> dict[str, Any]:
    """A reason and a question that say whom they are for."""
    (who,) = re.findall(rf"^\[{reader}\] Everybody in the ((?:role|industry) [^.]+)", prompt, re.MULTILINE)
    question = {"question": "Which contracts does it touch?", "answer": ["That depends on the contracts."]}
    return {"reader": reader, "why_it_matters": [f"Plans in the {who} need a look."], "questions": [question]}


def halves(body: dict[str, Any]) -> dict[str, Any]:
    prompt = body["messages"][-1]["content"]
    if honest.asked_for(body) != honest.LENS:
        return honest.answer(body)
    return {"lenses": [half(reader, prompt) for reader in honest.readers(prompt)]}


def whom(request: Request) -> set[str]:
    """The roles and industries that a request for halves names."""
    prompt = request.body["messages"][-1]["content"]
    return set(re.findall(r"^\[R\d+\] Everybody in the (?:role|industry) ([^.]+)\.", prompt, re.MULTILINE))


def reasons(lens: Lens | None) -> list[str]:
    assert lens is not None
    assert lens.body is not None
    return [one["text"] for one in lens.body["why_it_matters"]]


def test_it_puts_many_readers_lenses_together_from_halves(story: Story, provider: ModelServer) -> None:
    provider.reply = halves
    row = compose.brief_for(compose.material_of(story.pk))
    for reader in READERS:
        lenses.wish(row, *reader)
    brief = compose.ready_brief(story.pk, reader=READERS[0])
    assert brief is not None
    assert asked(provider) == ["facts", "brief"], "they are too many to be written with it"
    compose.write_lenses(brief.pk)
    assert asked(provider) == ["facts", "brief", "lens and lenses"]
    assert len(READERS) == 15
    assert len(whom(provider.requests[-1])) == 7, (
        "of five roles and three industries one has nothing to do with it"
    )
    written = Lens.objects.all()
    assert {lens.writer for lens in written} == {"model"}
    assert reasons(written.get(role="cfo", industry="finance")) == [
        "Plans in the role CFO need a look.",
        "Plans in the industry Finance need a look.",
    ]
    costs = [float(read.document(brief, lens).cost.personal_usd) for lens in written]
    paid = sum(call.cost or 0 for call in Call.objects.filter(purpose="lens")) / 1e9
    assert sum(costs) == pytest.approx(paid, abs=len(READERS) * 1e-6)
    assert audit.verify() == []


def test_a_half_that_is_written_serves_whoever_comes_later(story: Story, provider: ModelServer) -> None:
    provider.reply = halves
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    for reader in [("cfo", "finance"), ("lawyer", "media")]:
        compose.ready_lens(brief, *reader)
    before = len(provider.requests)
    assert reasons(compose.ready_lens(brief, "lawyer", "finance")) == [
        "Plans in the role Lawyer need a look.",
        "Plans in the industry Finance need a look.",
    ]
    assert len(provider.requests) == before
    compose.ready_lens(brief, "lawyer", "insurance")
    assert whom(provider.requests[-1]) == {"Insurance"}


def test_who_waits_in_front_of_a_page_does_not_wait_for_everybody(
    story: Story, provider: ModelServer
) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    for role in taxonomy.roles():
        for industry in ("media", "finance"):
            lenses.wish(brief, role, industry)
    assert compose.ready_lens(brief, "cto", "finance") is not None
    ready = Lens.objects.filter(state=State.READY)
    assert ready.count() == lenses.BESIDE < Lens.objects.count()
    compose.write_lenses(brief.pk, patient=True)
    assert ready.count() == Lens.objects.count() == 2 * len(taxonomy.roles())
    assert asked(provider) == ["facts", "brief", "lens and lenses", "lens and lenses"]


def test_a_half_is_not_used_any_more_once_an_article_is_edited(story: Story, provider: ModelServer) -> None:
    provider.reply = halves
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    compose.ready_lens(brief, "cfo", "finance")
    stored = Half.objects.count()
    assert stored
    Article.objects.update(revision=F("revision") + 1)
    compose.ready_lens(brief, "cfo", "media")
    assert "CFO" in whom(provider.requests[-1]), "what was said of it reasons from how the story stood before"
    assert Half.objects.count() == stored, "nor is anything kept that reasons from a text that has changed"


def test_a_half_of_which_nothing_holds_is_not_asked_for_again(story: Story, provider: ModelServer) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    lie = {"reader": "R1", "why_it_matters": ["Expect savings of 40% next year."], "questions": []}
    provider.reply = lambda body: {"lenses": [lie]}
    lens = compose.ready_lens(brief, "cfo", "agriculture")
    assert lens is not None
    assert (lens.writer, whom(provider.requests[-1])) == ("extractive", {"CFO"})
    before = len(provider.requests)
    assert compose.ready_lens(brief, "cfo", "travel") is not None
    assert len(provider.requests) == before


def test_a_half_that_no_model_answered_is_asked_for_again(story: Story, provider: ModelServer) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    provider.script(SERVER_ERROR)
    lens = compose.ready_lens(brief, "cfo", "agriculture")
    assert lens is not None
    assert (lens.writer, Half.objects.count()) == ("extractive", 0)
    lens = compose.ready_lens(brief, "cfo", "travel")
    assert lens is not None
    assert (lens.writer, Half.objects.count()) == ("model", 1)


def test_it_asks_nobody_what_a_story_means_to_those_it_does_not_touch(
    story: Story, provider: ModelServer
) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    lens = compose.ready_lens(brief, "marketer", "agriculture")
    assert lens is not None
    assert lens.body is not None
    (line,) = lens.body["why_it_matters"]
    assert line["text"] == "Little in this story bears directly on marketers in agriculture and food."
    assert (lens.writer, lens.work_key, asked(provider)) == ("extractive", "", ["facts", "brief"])


def forgetful(times: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A model that leaves the first reader out of so many replies."""
    replies: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        replies.append(halves(body))
        return {"lenses": replies[-1]["lenses"][len(replies) <= times :]}

    return answer


def test_what_a_model_leaves_out_is_asked_for_once_more(story: Story, provider: ModelServer) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    provider.reply = forgetful(1)
    for role in ("policy-maker", "cfo", "investor"):
        lenses.wish(brief, role, "agriculture")
    compose.write_lenses(brief.pk)
    assert [len(whom(request)) for request in provider.requests[-2:]] == [3, 1]
    assert set(Lens.objects.values_list("writer", flat=True)) == {"model"}
    assert not Half.objects.filter(body=None).exists()


def test_what_a_model_leaves_out_twice_is_written_from_the_sources(
    story: Story, provider: ModelServer
) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    provider.reply = forgetful(2)
    for role in ("policy-maker", "cfo", "investor"):
        lenses.wish(brief, role, "agriculture")
    compose.write_lenses(brief.pk)
    assert sorted(Lens.objects.values_list("writer", flat=True)) == ["extractive", "model", "model"]
    before = len(provider.requests)
    for role in ("policy-maker", "cfo", "investor"):
        assert compose.ready_lens(brief, role, "travel") is not None
    assert len(provider.requests) == before, "nobody asks for it for ever"


def test_a_half_that_was_left_out_and_then_not_answered_may_be_asked_for_again(
    story: Story, provider: ModelServer
) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    provider.script(Variant(content='{"lenses": []}'), SERVER_ERROR)
    assert compose.ready_lens(brief, "cfo", "agriculture") is not None
    assert not Half.objects.exists()
    provider.reply = halves
    lens = compose.ready_lens(brief, "cfo", "travel")
    assert lens is not None
    assert lens.writer == "model"


def test_one_that_cannot_be_written_keeps_no_other_from_its_reader(story: Story) -> None:
    brief = compose.ready_brief(story.pk)
    assert brief is not None
    for reader in [*READERS[:2], ("a role that is gone", "media")]:
        lenses.wish(brief, *reader)
    compose.write_lenses(brief.pk)
    states = dict(Lens.objects.values_list("role", "state"))
    assert states.pop("a role that is gone") == State.QUEUED
    assert set(states.values()) == {State.READY}
    assert "a role that is gone" in Lens.objects.get(state=State.QUEUED).error


def test_a_lens_of_a_brief_that_failed_rests(story: Story) -> None:
    row = compose.brief_for(compose.material_of(story.pk))
    lens = lenses.wish(row, *READERS[0])
    compose.write_lenses(row.pk)
    lens.refresh_from_db()
    assert lens.due_at, "its brief may still come"
    Brief.objects.update(state=State.FAILED, due_at=None)
    compose.write_lenses(row.pk)
    lens.refresh_from_db()
    assert (lens.state, lens.due_at, lens.error) == (State.FAILED, None, "its brief cannot be written")


# ---------------------------------------------------------------- editions that gather


def at_seven(day: date) -> datetime:
    return datetime.combine(day, time(7), tzinfo=newsroom.NOON.tzinfo)


@pytest.fixture
def morning(story: Story) -> datetime:
    """A quarter of an hour before the hour of readers who get their edition at seven."""
    Article.objects.update(happened_at=newsroom.NOON)
    return at_seven(newsroom.NOON.date() + timedelta(days=1)) - timedelta(minutes=15)


def edition_of(name: str, role: str, industry: str, day: date) -> Edition:
    reader = rows.reader(f"{name}@example.org", role=role, industry=industry, hour=7)
    return edition.request(reader, day, ahead=True)


def prepared(row: Edition, now: datetime) -> bool:
    Edition.objects.filter(pk=row.pk).update(due_at=timezone.now())
    return edition.prepare(row.pk, now) is not None


def test_editions_before_their_hour_ask_together(morning: datetime, provider: ModelServer) -> None:
    day = morning.date()
    kinds = [("cto", "finance"), ("investor", "media"), ("ceo", "software"), ("lawyer", "media")]
    editions = [edition_of(f"reader{n}", *kind, day) for n, kind in enumerate(kinds)]
    assert not any(prepared(row, morning) for row in editions)
    assert asked(provider) == [], "nobody waits yet"
    for each in (Brief, Lens):  # the time for company is over
        each.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    assert all(prepared(row, morning) for row in editions)
    assert asked(provider) == ["facts", "brief", "lens and lenses"]
    assert {row.items.get().lens.writer for row in editions} == {"model"}


def test_a_reader_who_waits_is_not_put_off(morning: datetime, provider: ModelServer) -> None:
    day = morning.date()
    early = edition_of("early", "cto", "finance", day)
    assert not prepared(early, morning)
    late = edition_of("late", "investor", "media", day)
    assert prepared(late, at_seven(day) + timedelta(minutes=1))
    assert asked(provider) == ["facts", "brief and lenses"], "both readers' lenses came with it"
    assert prepared(early, morning)
    assert len(provider.requests) == 2
    assert morning + AHEAD > at_seven(day)


def test_who_asks_before_the_hour_is_not_put_off_either(morning: datetime, provider: ModelServer) -> None:
    day = morning.date()
    row = edition_of("early", "cto", "finance", day)
    assert not prepared(row, morning)
    assert asked(provider) == []
    again = edition.request(row.reader, day)
    assert (again.pk, again.asked) == (row.pk, True)
    assert edition.prepare(row.pk, morning) is not None, "due at once"
    assert asked(provider) == ["facts", "brief and lenses"]
    new = edition.request(rows.reader("new@example.org", role="investor", industry="media", hour=7), day)
    assert edition.prepare(new.pk, morning) is not None, "nor who has only just come"


def test_lenses_are_not_lost_when_the_model_fails_over_the_brief(story: Story, provider: ModelServer) -> None:
    provider.script(*[Variant(content='{"facts": []}')] * 2)  # nor does the strong one know any
    brief = compose.ready_brief(story.pk, reader=("cto", "finance"))
    assert brief is not None
    assert brief.writer == "extractive"
    lens = Lens.objects.get()
    assert (lens.state, lens.attempt, lens.lease_until) == (State.QUEUED, 0, None)
    assert compose.ready_lens(brief, "cto", "finance") is not None


def test_it_never_writes_a_lens_for_a_story_that_no_edition_holds(story: Story, settings: Any) -> None:
    seen = compose.ready_brief(story.pk)
    assert seen is not None
    made = edition.assemble("cto", "finance", "", newsroom.NOON + timedelta(hours=1), seen=[seen.pk])
    assert (made.items, Lens.objects.count()) == ((), 0)
