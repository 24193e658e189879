"""The verifier over whole briefs: what it drops, what it counts, what it never lets through."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.schemas import BriefBody, Citation, Disagreement, Material, Section, Sentence
from briefings.verify import Unusable, check_sentence, is_plain, verify
from tests.briefings.stories import LAUNCH, MATERIAL, REACTION, article, brief, cite, said, story


def rules(sentence: Sentence, material: Material = MATERIAL) -> set[str]:
    return {failure.rule for failure in check_sentence(sentence, material)}


def test_it_passes_a_supported_brief_whole() -> None:
    verified = verify(brief(), MATERIAL)
    assert verified.failures == ()
    counts = verified.body.verification
    assert (counts.sentences, counts.supported, counts.dropped) == (9, 9, 0)
    assert counts.figures == counts.figures_found > 5
    assert (counts.quotes, counts.quotes_found) == (1, 1)
    assert verified.body.model_copy(update={"verification": brief().verification}) == brief()


def test_it_ignores_counts_that_the_writer_claims() -> None:
    boasting = brief().model_copy(update={"verification": {"sentences": 99}})
    assert verify(boasting, MATERIAL, repaired=2).body.verification.sentences == 9
    assert verify(boasting, MATERIAL, repaired=2).body.verification.repaired == 2


def test_it_drops_only_the_sentence_that_fails() -> None:
    body = brief()
    wrong = said("It scored 79.4 percent on SWE-bench Verified.", LAUNCH, 2)
    verified = verify(body.model_copy(update={"takeaways": (body.takeaways[0], wrong)}), MATERIAL)
    assert verified.body.takeaways == (body.takeaways[0],)
    assert verified.body.verification.dropped == 1
    assert [(failure.where, failure.rule) for failure in verified.failures] == [("takeaways.1", "figure")]
    assert "79.4" in str(verified.failures[0])


def test_it_lets_an_emptied_section_vanish() -> None:
    body = brief()
    empty = Section(question="What is it like?", answer=(said("It needs 5 GW.", LAUNCH, 3),))
    verified = verify(body.model_copy(update={"sections": (*body.sections, empty)}), MATERIAL)
    assert verified.body.sections == body.sections


def test_it_drops_a_section_whose_question_makes_something_up() -> None:
    body = brief()
    sections = (Section(question="Why does it cost $9?", answer=body.sections[0].answer), body.sections[1])
    verified = verify(body.model_copy(update={"sections": sections}), MATERIAL)
    assert verified.body.sections == body.sections[1:]
    assert verified.body.verification.dropped == 1


def test_it_drops_a_disagreement_that_lost_a_side() -> None:
    sides = (said("The cut costs $3bn.", REACTION, 1), said("The cut costs $8bn.", REACTION, 1))
    body = brief().model_copy(update={"disagreements": (Disagreement(about="the cost", claims=sides),)})
    verified = verify(body, MATERIAL)
    assert verified.body.disagreements == ()
    assert verified.body.verification.dropped == 2


def test_it_drops_a_follow_up_with_an_address() -> None:
    body = brief().model_copy(update={"follow_ups": ("Have you seen www.evil.example?", "Why now?")})
    assert verify(body, MATERIAL).body.follow_ups == ("Why now?",)


def test_it_refuses_a_brief_whose_headline_fails() -> None:
    body = brief().model_copy(update={"headline": said("Harbor Labs releases Tern 6", LAUNCH, 1)})
    with pytest.raises(Unusable) as caught:
        verify(body, MATERIAL)
    assert caught.value.failures[0].where == "headline"


@pytest.mark.parametrize(
    "change",
    [
        {"article": 3},
        {"source": 12},
        {"passage": 9},
        {"start": 0},
        {"end": 10_000},
        {"quote": "Harbor Labs released Tern 6 on Thursday"},
    ],
)
def test_it_fails_a_citation_that_does_not_resolve(change: dict[str, int | str]) -> None:
    good = cite(LAUNCH, 1)
    bad = Citation(**{**good.model_dump(), **change})
    assert rules(Sentence(text="Harbor Labs released Tern 5.", citations=(good, bad))) == {"citation"}


def test_it_fails_a_sentence_without_citation_and_an_opinion() -> None:
    assert rules(Sentence(text="Harbor Labs released Tern 5.")) == {"citation"}
    assert rules(said("Harbor Labs released it.", LAUNCH).model_copy(update={"opinion": True})) == {"opinion"}


@pytest.mark.parametrize(
    "text",
    [
        "“It is the first model that feels like a colleague who never sleeps,” Lind said.",
        'Lind called it "a colleague who never sleeps".',
        "Lind called it ‘a colleague who never sleeps’.",
        "Lind says it “feels like a colleague who never sleeps.”",
        "Lind's word for it: “Colleague”.",
        "It's Lind's and the reporters' first model.",
    ],
)
def test_it_finds_a_quotation_whatever_its_marks(text: str) -> None:
    assert rules(said(text, LAUNCH, 2)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "“It is the best model that feels like a colleague who never sleeps,” Lind said.",
        'Lind called it "a colleague that never sleeps".',
        "Lind called it ‘a colleague that never sleeps’.",
        "Lind called it «a colleague that never sleeps».",
        "“It is the first model that never sleeps, Lind said.",
        "It feels like a friend,” Lind said.",
        "Lind called it “friend”.",
        "Lind says it “feels like a colleague who never sleep”.",
    ],
)
def test_it_fails_an_altered_quotation(text: str) -> None:
    assert rules(said(text, LAUNCH, 2)) == {"quotation"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " Tern 5 is out.",
        "Tern 5 is out. See https://evil.example/win now.",
        "Tern 5 is out at HTTPS://EVIL.EXAMPLE",
        "Tern 5 is out, see www.evil.example",
        "Tern 5 is out, see //evil.example/x",
        "Tern 5 is out at evil.com",
        "Tern 5 is out at Evil.com/win",
        "Write to ceo@evil.com about Tern 5.",
        "Tern 5 javascript:alert(1)",
        "Tern 5 data:text/html;base64,PHNjcmlwdD4=",
        "Tern 5 <b>is</b> out.",
        "Tern 5 <img src=x onerror=alert(1)>",
        "Tern 5 <script",
        "Tern 5 &amp; more",
        "Tern 5 &#x3c;b",
        "Tern 5 is [out](evil)",
        "Tern 5 ![x][pic]",
        "Tern 5 is **out**",
        "Tern 5 is `out`",
        "# Tern 5 is out",
        "- Tern 5 is out",
        "Tern 5 is out [1].",
        "Tern 5 is out [A1.2, A2.1].",
        "Tern 5 is out (A1.2).",
        "Tern 5 is out【3†source】.",
        "Tern 5 costs(...)eduction",
        "Tern 5 is out [citation needed].",
        "Tern 5\nis out",
        "Tern 5 is\x1b[31m out",
        "Tern 5 is\u200b out",
        "Tern 5 is\u202e out",
        "Tern 5 is out\U000e0041",
        "Tern 5 is out \ufffd",
        "Tern 5 " * 200,
    ],
)
def test_it_fails_text_that_is_not_plain(text: str) -> None:
    assert "plain" in rules(said(text, LAUNCH, 1))


@pytest.mark.parametrize(
    "text",
    [
        "Character.AI and Booking.com use it.",
        "The U.S./China race is on; R&D is up.",
        "It is < 5 and > 3 [sic], he said (really).",
        "Node.js/Python and AT&T; 5 * 3 is #1.",
        "The ratio is 2:1, note: data: none.",
        "Ünïcödé, 日本語 and emoji 🚀 are text — “fine”…",
    ],
)
def test_it_takes_ordinary_text_as_plain(text: str) -> None:
    assert is_plain(text)
    assert "plain" not in rules(said(text, LAUNCH))


@pytest.mark.parametrize(
    "title", ["How monday.com works", "The `gpt-realtime` model", "Devs 👨\u200d💻 rejoice"]
)
def test_it_leaves_a_source_its_own_words(title: str) -> None:
    source = article(1, title, "Nothing else.")
    assert rules(said(title, source, 0), story(source)) == set()


PHRASES = (
    "Harbor Labs said that 3 of its $4.5 billion models, GPT-5.1 and o3, “cost 67% less than” 'a year ago' in "
    "May 2025 (or Q3) while half doubled 1,000x"
)
WORDS = st.lists(
    st.sampled_from(PHRASES.split()) | st.from_regex(r"[A-Za-z0-9$€%.,“”\"'’-]{1,12}", fullmatch=True),
    min_size=1,
    max_size=25,
).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
@settings(max_examples=150, deadline=None)
def test_it_always_passes_an_extractive_brief(paragraphs: list[str], data: st.DataObject) -> None:
    source = article(1, "Harbor Labs launches a model", *paragraphs)
    extracts = [said("Harbor Labs launches a model", source, 0)]
    for number, paragraph in enumerate(paragraphs, start=1):
        start = data.draw(st.integers(0, len(paragraph) - 1))
        quote = paragraph[start : data.draw(st.integers(start + 1, len(paragraph)))].strip()
        if is_plain(quote):
            extracts.append(Sentence(text=quote, citations=(cite(source, number, quote),)))
    body = BriefBody(
        headline=extracts[0],
        takeaways=tuple(extracts[:3]),
        lead=tuple(extracts),
        sections=(),
        catch=(),
        bottom_line=(),
    )
    verified = verify(body, story(source))
    assert verified.failures == ()
    assert verified.body.verification.dropped == 0
    assert verified.body.verification.figures == verified.body.verification.figures_found


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_it_survives_any_text(text: str) -> None:
    for failure in check_sentence(said(text, LAUNCH, 1), MATERIAL):
        assert failure.rule in {"plain", "figure", "quotation", "name", "support", "direction"}


def test_it_verifies_a_long_brief_quickly() -> None:
    """In less than counting words takes that count in 50 ms on a machine of today; the best of five of each."""
    paragraphs = [
        f"Harbor Labs said on August {day}, 2025 that {day * 7} firms paid ${day}.5 billion for Tern {day}, {day}% "
        f"more than a year ago, which “came as a surprise to everyone in room {day}” of the old exchange building. "
        f"In May its {day * 3} rivals had said of the old exchange that {day} billion dollars and {day + 30} percent "
        f"would be “more than anyone could hope for in {day + 2000} or later” for a Fjord {day} in such a building."
        for day in range(1, 31)
    ]
    source = article(1, "Harbor Labs grows", *(paragraph.strip() for paragraph in paragraphs))
    answer = tuple(
        said(
            f"On {day} August 2025 it was {day * 7} companies, ${day},500 million, {day} percent more and Tern {day}, "
            f"“a surprise to everyone in room {day}”, the company told its friends and shareholders.",
            source,
            day,
        )
        for day in range(1, 31)
    )
    sections = tuple(
        Section(question=f"Who paid ${n * 4 + 1}.5 billion?", answer=answer[n * 4 : n * 4 + 4])
        for n in range(1, 7)
    )
    body = BriefBody(
        headline=said("Harbor Labs grows", source, 0),
        takeaways=answer[:3],
        lead=answer[:4],
        sections=sections,
        catch=answer[-1:],
        bottom_line=answer[-2:-1],
    )
    verify(brief(), MATERIAL)
    taken = []
    for turn in range(5):  # each turn with fresh passages, so that nothing is remembered
        marked = (paragraph.replace("old exchange", f"old{'er' * turn} exchange") for paragraph in paragraphs)
        fresh = article(1, "Harbor Labs grows", *(paragraph.strip() for paragraph in marked))
        renewed = BriefBody.model_validate(
            _recited(
                body.model_dump(),
                {span.number: cite(fresh, span.number).model_dump() for span in fresh.spans},
            )
        )
        start = time.process_time()
        verified = verify(renewed, story(fresh))
        taken.append(time.process_time() - start)
        assert verified.failures == ()
    counting = min(_seconds_to_count_words(paragraphs) for _ in range(5))
    assert min(taken) < counting


def _seconds_to_count_words(paragraphs: list[str]) -> float:
    start = time.process_time()
    for paragraph in paragraphs * 100:
        Counter(re.findall(r"\w+", paragraph.casefold()))
    return time.process_time() - start


def _recited(value: object, by_passage: dict[int, object]) -> object:
    """The dumped body with each citation replaced by the one of the same passage of another article."""
    if isinstance(value, dict):
        if "quote" in value:
            return by_passage[int(str(value["passage"]))]
        return {key: _recited(item, by_passage) for key, item in value.items()}
    return [_recited(item, by_passage) for item in value] if isinstance(value, list | tuple) else value
