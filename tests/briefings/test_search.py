"""Search over what a reader has had, and what they saved: Ada's briefs, Ben's beside them, Cal a stranger."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from briefings import correct, saved, search
from briefings.models import Brief, Correction, Edition, Saved, State
from inference.models import Call
from ingest import embed
from ingest.models import Story
from tests.briefings import factories, rows
from tests.fakes import model_server as fake
from tests.fakes.model_server import DIMENSIONS, EMBEDDER, ModelServer, vector
from tests.processes import wait_for
from users.models import User

pytestmark = pytest.mark.django_db
TAG = f"{EMBEDDER}@{DIMENSIONS}"
CHIPS = (
    "Nvidia may sell its H20 chips in China again",
    "Nvidia said the US government would grant export licences for H20 processors. The company had written off"
    " 4.5 billion dollars of them in May.",
)
LAW = (
    "The EU's duties for general-purpose AI models apply from August",
    "Providers must publish a summary of what they trained on. The Commission can fine them from August 2026.",
)


def body(response: Any) -> str:
    return str(response.content.decode())


def told(title: str, text: str, owner: User | None = None, tag: str = embed.LEXICAL) -> Brief:
    """A brief of one article, its story with the vector that placing gives it."""
    whole = f"{title}\n{text}"
    placed = embed.embed([whole])[0] if tag == embed.LEXICAL else vector(whole, DIMENSIONS)
    story = Story.objects.create(
        title=title, happened_at=rows.NOON, last_at=rows.NOON, owner=owner, embedder=tag, vector=placed
    )
    article = rows.article(story, rows.source("Paper"), title, [text])
    head, said = rows.said(title, rows.cite(article, title)), rows.said(text, rows.cite(article, text))
    shape = {
        "headline": head,
        "takeaways": [said],
        "lead": [said],
        "sections": [],
        "catch": [],
        "bottom_line": [],
    }
    return rows.ready_brief(story, [article], shape)


@pytest.fixture
def had(ada: User) -> dict[str, Brief]:
    """What Ada's editions of two days held."""
    chips, law = told(*CHIPS), told(*LAW)
    rows.ready_edition(ada, date(2025, 8, 7), [(chips, None)])
    rows.ready_edition(ada, date(2025, 8, 8), [(law, None)])
    return {"chips": chips, "law": law}


def found(user: User, question: str) -> list[str]:
    return [hit.headline for hit in search.search(user, question)]


@pytest.mark.parametrize(
    "question",
    [
        "Nvidia",
        "export licence",
        "H20",
        "nvidia chip",
        '"export licences"',
        "nvidia -commission",
        "qwen or h20",
    ],
)
def test_words_find_their_brief_in_any_form(ada: User, had: dict[str, Brief], question: str) -> None:
    assert found(ada, question) == [CHIPS[0]]


def test_a_question_in_other_words_finds_what_is_close_to_it(ada: User, had: dict[str, Brief]) -> None:
    assert found(ada, "will nvidia sell chips in China under licences soon") == [CHIPS[0]]
    assert not search._by_words(ada.pk, "will nvidia sell chips in China under licences soon")


@pytest.mark.parametrize(
    "question", ['"licences export"', "nvidia -china", "llama", "the of and", "!!", "''\"", "\x00"]
)
def test_what_nothing_tells_of_is_not_found(ada: User, had: dict[str, Brief], question: str) -> None:
    assert found(ada, question) == []


def test_nobody_finds_what_was_in_no_edition_of_theirs(ada: User, had: dict[str, Brief]) -> None:
    ben = rows.reader("ben@fund.example", "investor")
    own = told("Nvidia told Ben's newsletter of H20 chips", "It sells them in China.", owner=ben)
    rows.ready_edition(ben, date(2025, 8, 7), [(own, None)])
    assert found(ada, "Nvidia H20 chips in China") == [CHIPS[0]]
    assert found(ben, "Nvidia H20 chips in China") == [own.body["headline"]["text"]]
    assert found(rows.reader("cal@else.example"), "Nvidia H20 chips in China") == []


def test_what_is_not_ready_is_not_found(ada: User, had: dict[str, Brief]) -> None:
    Brief.objects.filter(pk=had["chips"].pk).update(state=State.QUEUED)
    Edition.objects.filter(local_date=date(2025, 8, 8)).update(state=State.QUEUED)
    assert found(ada, "Nvidia H20 chips in China") == found(ada, "fine providers") == []


def test_a_brief_of_several_days_is_found_once_with_its_latest(ada: User, had: dict[str, Brief]) -> None:
    rows.ready_edition(ada, date(2025, 8, 9), [(had["chips"], None)])
    (hit,) = search.search(ada, "Nvidia")
    assert hit.day == date(2025, 8, 9)


def test_a_headline_weighs_more_than_a_sentence(ada: User, had: dict[str, Brief]) -> None:
    brief = told("A quiet week", "Even Nvidia had nothing to say.")
    rows.ready_edition(ada, date(2025, 8, 10), [(brief, None)])
    assert found(ada, "Nvidia") == [CHIPS[0], "A quiet week"]


def test_an_excerpt_is_parts_that_are_marked_or_not() -> None:
    told = [
        (one.text, one.found)
        for one in search.pieces("a \x02gpt\x03\x02-5\x03 b \x02open\x03-\x02weight\x03")
    ]
    assert told == [("a ", False), ("gpt-5", True), (" b ", False), ("open-weight", True)]
    assert search.pieces("") == ()
    assert "".join(one.text for one in search.pieces("a \x03 b \x02 c")) == "a \x03 b \x02 c"


def test_two_rankings_become_one() -> None:
    assert search.fuse([["a", "b", "c"], ["c", "d"]]) == ["c", "a", "b", "d"]
    assert search.fuse([["a", "b"], []]) == ["a", "b"]
    assert search.fuse([[], []]) == []


def test_close_is_far_above_what_is_usual_for_the_embedder() -> None:
    assert search.least([0.05] * 9, TAG) == pytest.approx(0.2875)
    assert search.least([0.75] * 9 + [0.9], TAG) == pytest.approx(0.8125)
    assert search.least([0.75], TAG) == 0.25
    assert search.least([0.75] * 9, embed.LEXICAL) == 0.12


def test_words_that_only_share_a_place_in_the_vector_find_nothing(ada: User) -> None:
    brief = told(*CHIPS)
    Story.objects.filter(pk=brief.story_id).update(vector=embed.embed(["apple pie"])[0])
    rows.ready_edition(ada, date(2025, 8, 7), [(brief, None)])
    assert found(ada, "apple pie") == []


def test_stories_without_a_direction_are_found_by_their_words(ada: User, had: dict[str, Brief]) -> None:
    Story.objects.filter(pk=had["law"].story_id).update(vector=None)
    Story.objects.filter(pk=had["chips"].story_id).update(vector=[0.0] * embed.DIMENSIONS)
    rows.ready_edition(ada, date(2025, 8, 9), [(told("A quiet week", "Nothing happened."), None)])
    assert found(ada, "August") == [LAW[0]]
    assert found(ada, "Nvidia chips") == [CHIPS[0]]


def test_a_changed_brief_is_found_by_its_new_words(ada: User, had: dict[str, Brief]) -> None:
    brief = had["chips"]
    brief.body["headline"]["text"] = "Corrected: AMD may sell its MI308"
    brief.save()
    assert found(ada, "MI308") == ["Corrected: AMD may sell its MI308"]


def test_the_words_are_asked_of_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM briefings_brief WHERE search @@ websearch_to_tsquery('english', 'a b')"
        )
        assert "brief_search" in str(cursor.fetchall())


@pytest.fixture
def endpoint(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-test"
        settings.NUTGRAF_MODEL_EMBED = EMBEDDER
        yield server


@pytest.mark.django_db(transaction=True)
def test_stories_with_a_models_vectors_are_compared_with_one_of_the_same_model(
    ada: User, endpoint: ModelServer
) -> None:
    brief = told(*CHIPS, tag=TAG)
    rows.ready_edition(ada, date(2025, 8, 7), [(brief, None), (told(*LAW, tag=TAG), None)])
    question = "graphics cards for Beijing"
    Story.objects.filter(pk=brief.story_id).update(vector=vector(question, DIMENSIONS))
    assert found(ada, question) == found(ada, question) == [CHIPS[0]]
    assert Call.objects.count() == 1, "asked again, no model is"


@pytest.mark.django_db(transaction=True)
def test_a_question_is_paid_from_its_readers_budget_and_soon_forgotten(
    ada: User, endpoint: ModelServer, settings: Any
) -> None:
    rows.ready_edition(ada, date(2025, 8, 7), [(told(*CHIPS, tag=TAG), None)])
    found(ada, "graphics cards")
    assert [call.reader_id for call in Call.objects.all()] == [ada.pk]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM max(expires) - now()) FROM cache WHERE cache_key LIKE '%vector:%'"
        )
        assert cursor.fetchone()[0] == pytest.approx(3600, abs=60)
    settings.NUTGRAF_BUDGET_READER_MONTH_USD = "0"
    assert found(ada, "Nvidia cards") == []
    assert found(ada, "Nvidia") == [CHIPS[0]], "the words cost nothing"
    assert Call.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_slow_model_holds_nobody_up(ada: User, endpoint: ModelServer) -> None:
    brief = told(*CHIPS, tag=TAG)
    rows.ready_edition(ada, date(2025, 8, 7), [(brief, None)])
    Story.objects.filter(pk=brief.story_id).update(vector=vector("Beijing graphics", DIMENSIONS))
    endpoint.pause = search.PATIENCE + 2
    began = time.monotonic()
    assert found(ada, "graphics") == []
    assert time.monotonic() - began < search.PATIENCE + 1
    wait_for(lambda: Call.objects.filter(state="settled").exists())
    assert found(ada, "graphics") == [CHIPS[0]], "what it said late is remembered"


@pytest.mark.django_db(transaction=True)
def test_without_a_model_words_alone_answer(ada: User, endpoint: ModelServer) -> None:
    rows.ready_edition(ada, date(2025, 8, 7), [(told(*CHIPS, tag=TAG), None)])
    endpoint.script(*[fake.OVERLOADED] * 3)
    assert found(ada, "Nvidia") == [CHIPS[0]]


def test_the_page_marks_what_was_found_and_keeps_foreign_text_text(page: Client, ada: User) -> None:
    evil = "<script>alert(1)</script> Nvidia <img src=x onerror=alert(2)>"
    rows.ready_edition(ada, date(2025, 8, 7), [(told(evil, f"{evil} says so."), None)])
    shown = body(page.get("/search/", {"q": "nvidia"}))
    assert "<mark>Nvidia</mark>" in shown
    assert "1 brief, the closest first" in shown
    assert "<script>alert" not in shown
    assert "<img" not in shown
    asked = body(page.get("/search/", {"q": '"><script>alert(3)</script>'}))
    assert "<script>alert" not in asked
    assert "Nothing found" in asked


def test_questions_are_limited(page: Client, had: dict[str, Brief]) -> None:
    answers = [page.get("/search/", {"q": "nvidia"}).status_code for _ in range(22)]
    assert answers == [200] * 20 + [429] * 2


def test_its_empty_states_say_what_to_do(page: Client, ada: User, had: dict[str, Brief]) -> None:
    assert "quotation marks" in body(page.get("/search/"))
    none = body(page.get("/search/", {"q": "quantum gravity"}))
    assert "Nothing found" in none
    assert "quantum gravity" in none
    assert page.get("/search/", {"q": "x" * 100_000}).status_code == 200
    assert Client().get("/search/?q=a").headers["Location"].startswith("/accounts/login/")


def test_it_needs_few_queries(
    page: Client, ada: User, had: dict[str, Brief], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page.get("/search/", {"q": "nvidia"})
    with django_assert_max_num_queries(31):  # 19 of them count how often is asked
        page.get("/search/", {"q": "nvidia"})


# ---------------------------------------------------------------- the archive, page by page


def test_no_edition_is_too_old_for_the_archive(page: Client, ada: User) -> None:
    for days in range(130):
        rows.ready_edition(ada, factories.MORNING + timedelta(days=days), [])
    days = [shown.count("/edition/") for n in (1, 2, 3) if (shown := body(page.get(f"/archive/?page={n}")))]
    assert days == [60, 60, 10]
    first, last = body(page.get("/archive/")), body(page.get("/archive/?page=3"))
    assert '?page=2" rel="next"' in first
    assert 'rel="prev"' not in first
    assert '?page=2" rel="prev"' in last
    assert 'rel="next"' not in last
    assert "No older editions" in body(page.get("/archive/?page=4"))
    for odd in ("0", "-1", "x", "9" * 5000, "²"):
        assert page.get("/archive/", {"page": odd}).status_code == 200


# ---------------------------------------------------------------- saved briefs


def test_a_reader_saves_a_brief_and_drops_it(page: Client, ada: User) -> None:
    brief = factories.edition_of_two(ada).items.get(rank=1).brief
    here = f"/brief/{brief.pk}/"
    assert "Nothing saved" in body(page.get("/saved/"))
    for _ in range(2):
        assert page.post(f"{here}save/").headers["Location"] == here
    assert Saved.objects.count() == 1
    assert ">✓ Saved</button>" in body(page.get(here))
    shown = body(page.get("/saved/"))
    assert shown.count("OpenAI releases GPT-5 to every ChatGPT user") == 2, "by name, and on its button"
    assert "Thu 7 Aug 2025" in shown
    assert page.post(f"{here}drop/", {"from": "saved"}).headers["Location"] == "/saved/"
    assert not Saved.objects.exists()
    assert page.post(f"{here}drop/").status_code == 404


def test_the_latest_saved_comes_first_and_only_what_can_be_opened(page: Client, ada: User) -> None:
    one, other = (item.brief for item in factories.edition_of_two(ada).items.all())
    for brief in (other, one):
        page.post(f"/brief/{brief.pk}/save/")
    shown = body(page.get("/saved/"))
    assert shown.index(f"/brief/{one.pk}/") < shown.index(f"/brief/{other.pk}/")
    rows.ready_edition(ada, factories.MORNING + timedelta(days=1), [(one, None)])
    assert "Fri 8 Aug 2025" in body(page.get("/saved/"))
    Brief.objects.filter(pk=other.pk).update(state=State.QUEUED)
    assert f"/brief/{other.pk}/" not in body(page.get("/saved/"))


def test_strangers_save_nothing_and_links_neither(page: Client, ada: User) -> None:
    brief = factories.edition_of_two(ada).items.get(rank=1).brief
    cal = Client()
    cal.force_login(rows.reader("cal@else.example"))
    for verb in ("save", "drop"):
        assert cal.post(f"/brief/{brief.pk}/{verb}/").status_code == 404
        assert cal.post(f"/brief/0123456789abcdef/{verb}/").status_code == 404
        assert Client().post(f"/brief/{brief.pk}/{verb}/").headers["Location"].startswith("/accounts/login/")
    page.post(f"/brief/{brief.pk}/save/")
    assert "Nothing saved" in body(cal.get("/saved/"))
    assert page.get(f"/brief/{brief.pk}/save/").status_code == 302
    assert page.get(f"/brief/{brief.pk}/drop/").status_code == 405
    assert Saved.objects.get().reader == ada


def test_what_replaced_a_brief_is_saved_and_found_in_its_place(
    page: Client, ada: User, had: dict[str, Brief]
) -> None:
    older = had["chips"]
    newer = Brief.objects.get(pk=older.pk)
    newer.pk, newer.version, newer.fingerprint = "b" * 16, 2, "f" * 64
    newer.body = newer.body | {
        "headline": newer.body["headline"] | {"text": "Corrected: AMD may sell its MI308"}
    }
    newer.save(force_insert=True)
    assert found(ada, "MI308") == [], "so far it replaces nothing of hers"
    Correction.objects.create(
        brief=older,
        replacement=newer,
        from_revision=1,
        to_revision=2,
        publisher="Paper",
        title="AMD",
        restored=["lead.0"],
        changed_at=rows.NOON,
    )
    assert [(hit.headline, hit.day) for hit in search.search(ada, "MI308")] == [
        ("Corrected: AMD may sell its MI308", date(2025, 8, 7))
    ]
    assert page.post(f"/brief/{newer.pk}/save/").status_code == 302
    shown = body(page.get("/saved/"))
    assert "Corrected: AMD may sell its MI308" in shown
    assert "Thu 7 Aug 2025" in shown
    cal = rows.reader("cal@stranger.example", "cto")
    assert (found(cal, "MI308"), saved.mine(cal)) == ([], [])


def test_an_excerpt_tells_nothing_that_has_fallen(ada: User) -> None:
    brief = factories.weights()
    rows.ready_edition(ada, date(2025, 8, 7), [(brief, None)])
    (hit,) = search.search(ada, "gigabytes")
    assert "80 " in "".join(piece.text for piece in hit.excerpt)
    rows.edit(brief.story.articles.get(), "80 gigabytes", "96 gigabytes")
    (made,) = correct.catch_up(rows.NOON)
    assert "takeaways.1" in {one["where"] for one in made.struck}
    (hit,) = search.search(ada, "gigabytes")
    assert "".join(piece.text for piece in hit.excerpt) == brief.body["takeaways"][0]["text"]
    rows.edit(brief.story.articles.get(), "under the Apache 2.0 licence", "under the Apache 1.1 licence")
    correct.catch_up(rows.NOON)
    (hit,) = search.search(ada, "gigabytes")
    assert hit.excerpt == ()
