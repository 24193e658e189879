"""What of a brief falls with an edit, and what does not: pure decisions about texts then and now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from briefings import standing
from briefings.schemas import (
    BriefBody,
    Disagreement,
    LensBody,
    LensQuestion,
    Section,
    SourceText,
    Span,
    Strike,
)
from briefings.standing import Fallen, fallen
from ingest.changed import Changed
from ingest.edits import difference
from ingest.passages import spans
from ingest.plain import BREAK
from tests.briefings.stories import LAUNCH, MATERIAL, REACTION, article, brief, said

AT = datetime(2025, 8, 8, 9, tzinfo=UTC)


def edited(then: SourceText, *swaps: tuple[str, str]) -> Changed:
    """The article with these words changed, each of which stood there."""
    text = then.text
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return rewritten(then, text)


def rewritten(then: SourceText, *texts: str, withdrawn: bool = False) -> Changed:
    now = tuple(
        replace(then, revision=2, title=text.split(BREAK)[0], text=text, spans=_cut(text)) for text in texts
    )
    return Changed(then, now, withdrawn, AT, difference(then.text, texts[0]))


def _cut(text: str) -> tuple[Span, ...]:
    return tuple(Span(number, *cut) for number, cut in enumerate(spans(text)))


def shortened(then: SourceText, passage: int) -> Changed:
    """The article without one of its passages."""
    kept = [part for number, part in enumerate(then.text.split(BREAK)) if number != passage]
    return rewritten(then, BREAK.join(kept))


def lost(*changed: Changed, body: BriefBody | None = None) -> dict[str, Fallen]:
    found = fallen(body or brief(), {}, MATERIAL, {one.then.article: one for one in changed})
    return {one.where: one for one in found}


def test_a_figure_that_was_corrected_takes_every_sentence_with_it_that_says_it() -> None:
    gone = lost(edited(LAUNCH, ("$1.25", "$1.75")))
    assert set(gone) == {"headline", "lead.0", "sections.0.question"}
    headline = gone["headline"]
    assert headline.article == LAUNCH.article
    assert "$1.25" in headline.why
    assert headline.now.startswith("Harbor Labs released Tern 5 on Thursday, August 7, 2025, at $1.75")
    assert headline.instead == headline.now


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("74.9%", "71.2%", "takeaways.1"),
        ("Mara Lind told", "Mara Lind and Jo Wren told", None),
        ("within two weeks", "within three weeks", "takeaways.2"),
        ("Fjord and Copperline", "Fjord and Sandbar", "bottom_line.0"),
        ("that feels like a colleague who", "that works like a colleague who", "sections.1.answer.0"),
        ("between 3 and 5 billion dollars", "between 4 and 5 billion dollars", "sections.0.answer.0"),
    ],
)
def test_it_finds_what_an_edit_took_the_ground_from(old: str, new: str, where: str | None) -> None:
    changed = edited(LAUNCH if old in LAUNCH.text else REACTION, (old, new))
    gone = lost(changed)
    assert (where in gone) if where else not gone


@pytest.mark.parametrize(
    "text",
    [
        LAUNCH.text,
        LAUNCH.text.replace("on Thursday, August 7, 2025,", "on Thursday, 7 August 2025,"),
        LAUNCH.text.replace("half the price", "half  the  price").replace(" SWE-bench", " the SWE-bench"),
        BREAK.join(LAUNCH.text.split(BREAK)[:1] + LAUNCH.text.split(BREAK)[:0:-1]),
        LAUNCH.text.replace(BREAK, f"{BREAK}Harbor Labs was founded in Lisbon, and has 900 staff.{BREAK}", 1),
        LAUNCH.text.replace("The company did not say", "Harbor Labs, which is based in Lisbon, did not say"),
    ],
    ids=["same", "date", "blanks", "moved", "added", "reworded"],
)
def test_nothing_falls_when_the_article_still_says_it(text: str) -> None:
    assert not lost(rewritten(LAUNCH, text))


def test_a_new_title_for_the_same_news_strikes_nothing() -> None:
    title = said(LAUNCH.title, LAUNCH, 0)
    body = brief().model_copy(update={"headline": title})
    assert not lost(
        edited(LAUNCH, (LAUNCH.title, "Tern 5 Arrives: Harbor Labs Goes for Half the Price")), body=body
    )


@pytest.mark.parametrize(
    "title",
    [
        "Harbor Labs launches Tern 6 at half the price",
        "Copperline launches Tern 5 at half the price",
        "Harbor Labs cancels Tern 5 at half the price",
    ],
)
def test_a_new_title_for_other_news_strikes_the_old(title: str) -> None:
    """A figure, a name, an opposite: and the text below must not say it either."""
    body = BriefBody(
        headline=said(LAUNCH.title, LAUNCH, 0), takeaways=(), lead=(), sections=(), catch=(), bottom_line=()
    )
    text = LAUNCH.text.replace("Tern 5", "Tern 6") if "6" in title else LAUNCH.text
    text = text.replace("Harbor Labs", "Copperline") if "Copperline" in title else text
    text = text.replace("released", "cancelled") if "cancels" in title else text
    changed = rewritten(LAUNCH, text.replace(text.split(BREAK)[0], title))
    assert set(lost(changed, body=body)) == {"headline"}


def test_what_another_cited_article_still_says_stands() -> None:
    both = said("Two rivals, Fjord and Copperline, will lower prices.", REACTION, 2)
    other = said("x", LAUNCH, 3).citations
    body = brief().model_copy(
        update={"catch": (both.model_copy(update={"citations": (*both.citations, *other)}),)}
    )
    assert "catch.0" not in lost(edited(LAUNCH, ("how much energy the model needs", "more")), body=body)


def test_a_figure_that_one_source_corrects_falls_although_another_still_has_it() -> None:
    also = article(3, "Tern 5 is cheap", "Tern 5 costs $1.25 per million input tokens.", publisher="Echo")
    both = said("Tern 5 costs $1.25 per million input tokens.", LAUNCH, 1)
    body = BriefBody(
        headline=both.model_copy(update={"citations": (*both.citations, *said("", also).citations)}),
        **dict.fromkeys(("takeaways", "lead", "sections", "catch", "bottom_line"), ()),
    )
    material = replace(MATERIAL, articles=(LAUNCH, also))
    for change, gone in ((edited(LAUNCH, ("$1.25", "$1.75")), {"headline"}), (shortened(LAUNCH, 1), set())):
        assert {one.where for one in fallen(body, {}, material, {1: change})} == gone


def test_a_passage_that_is_gone_says_so() -> None:
    gone = lost(shortened(LAUNCH, 3))
    assert set(gone) == {"catch.0", "follow_ups.0"} or set(gone) == {"catch.0"}
    assert gone["catch.0"].now == ""


def test_the_note_of_a_correction_is_no_ground_for_what_it_corrects() -> None:
    note = "Correction: an earlier version of this article said that Harbor Labs released Tern 5 at $1.25 per million."
    text = LAUNCH.text.replace("$1.25", "$1.75") + BREAK + note
    assert "headline" in lost(rewritten(LAUNCH, text))


def test_a_withdrawn_article_supports_nothing_although_its_text_still_stands() -> None:
    gone = lost(
        rewritten(LAUNCH, LAUNCH.text.replace(LAUNCH.title, f"Withdrawn: {LAUNCH.title}"), withdrawn=True)
    )
    assert {"headline", "takeaways.0", "takeaways.1", "lead.0", "sections.1.answer.0", "catch.0"} <= set(gone)
    assert "bottom_line.0" not in gone
    assert "withdrawn" in gone["headline"].why
    assert gone["sections.1.question"].why == "nothing of its answer stands"


def test_either_of_an_articles_two_texts_will_do() -> None:
    """What was cited from its feed may have been left out of its page."""
    page = LAUNCH.text.replace("at $1.25 per million input tokens, half the price of Tern 4.1, ", "")
    assert "headline" in lost(rewritten(LAUNCH, page))
    assert not lost(rewritten(LAUNCH, page, LAUNCH.text))


def test_what_never_stood_is_no_matter_of_the_edit() -> None:
    invented = said("Harbor Labs has 12,000 employees.", LAUNCH, 1)
    body = brief().model_copy(update={"bottom_line": (invented,)})
    assert "bottom_line.0" not in lost(edited(LAUNCH, ("$1.25", "$1.75")), body=body)


def test_a_claim_of_a_disagreement_falls_alone() -> None:
    claims = (said("Harbor: 74.9 percent.", LAUNCH, 2), said("Quay Research: 3 to 5 billion.", REACTION, 1))
    body = brief().model_copy(update={"disagreements": (Disagreement(about="Tern 5", claims=claims),)})
    assert set(lost(edited(LAUNCH, ("74.9%", "71.2%")), body=body)) >= {"disagreements.0.claims.0"}


def test_every_heading_falls_with_all_that_stands_below_it() -> None:
    claims = (said("Harbor: 74.9 percent.", LAUNCH, 2), said("Up from 69.1 percent.", LAUNCH, 2))
    asked = Section(question="How does Tern 5 score?", answer=claims[:1])
    body = brief().model_copy(
        update={
            "disagreements": (Disagreement(about="The score of Tern 5", claims=claims),),
            "prepared": (asked, Section(question="Who lowers prices?", answer=(said("Two.", REACTION, 2),))),
        }
    )
    questions = (LensQuestion(question="Is 74.9 percent enough?", answer=claims[:1]),)
    lens = LensBody(why_it_matters=(said("It never sleeps.", LAUNCH, 2),), questions=questions)
    change = edited(LAUNCH, ("74.9%", "71.2%"), ("69.1%", "68.1%"))
    gone = {one.where: one for one in fallen(body, {7: lens}, MATERIAL, {1: change})}
    headings = {where: gone[where].text for where in gone if where.endswith((".question", ".about"))}
    assert headings == {
        "disagreements.0.about": "The score of Tern 5",
        "prepared.0.question": "How does Tern 5 score?",
        "lens.7.questions.0.question": "Is 74.9 percent enough?",
    }
    assert not any(one.is_sentence for one in map(_strike, (gone[where] for where in headings)))


def test_a_heading_falls_with_a_figure_of_its_own() -> None:
    prepared = (Section(question="Why $1.25?", answer=(said("Two rivals.", REACTION, 2),)),)
    body = brief().model_copy(update={"prepared": prepared})
    gone = lost(edited(LAUNCH, ("$1.25", "$1.75")), body=body)
    assert "prepared.0.question" in gone
    assert "prepared.0.answer.0" not in gone


def _strike(one: Fallen) -> Strike:
    return Strike(where=one.where, text=one.text, article=one.article, why=one.why)


def test_a_lens_is_verified_again_too() -> None:
    opinion = said("x", LAUNCH).model_copy(
        update={"text": "Ask for a discount.", "opinion": True, "citations": ()}
    )
    lens = LensBody(why_it_matters=(said("Tern 5 is half the price of Tern 4.1.", LAUNCH, 1), opinion))
    change = edited(
        LAUNCH,
        ("half the price of Tern 4.1", "twice the price of Tern 4.1"),
        ("half the price", "twice the price"),
    )
    gone = {one.where for one in fallen(brief(), {7: lens}, MATERIAL, {1: change})}
    assert "lens.7.why_it_matters.0" in gone
    assert "lens.7.why_it_matters.1" not in gone


def test_hostile_words_in_the_new_text_are_kept_as_text_or_left_out() -> None:
    markup = edited(LAUNCH, ("$1.25 per million", "<b onclick=x>$1.75</b> per million"))
    assert "<b onclick=x>" in lost(markup)["headline"].now, "escaped where it is shown"


def test_the_headline_or_most_of_the_text_makes_it_major() -> None:
    body = brief()
    every = list(standing.places(body))
    assert standing.is_major(body, ["headline"])
    assert standing.is_major(body, every[2:])
    assert not standing.is_major(body, every[1 : len(every) // 2])
    assert not standing.is_major(body, ["sections.0.question", "follow_ups.0", "lens.1.why_it_matters.0"])
    answers = tuple(said(f"Tern {n}.", LAUNCH) for n in range(3))
    asked = body.model_copy(update={"prepared": (Section(question="Which?", answer=answers),) * 8})
    least = every[1 : len(every) // 2 + 2]
    assert standing.is_major(body, least) == standing.is_major(asked, least) is True
    assert not standing.is_major(asked, [where for where in standing.places(asked) if "prepared" in where])
