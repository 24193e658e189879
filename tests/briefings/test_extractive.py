"""The extractive writer: what it promises of every brief, on stories written for it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from briefings.schemas import Material
from briefings.verify import verify, verify_lens
from briefings.write.bearing import extractive_lens, found_little
from briefings.write.extractive import write_extractive
from tests.briefings import stories
from tests.briefings.extractive_promises import broken_promises, material, sentences, source_text
from tests.briefings.extractive_stories import LAUNCH, SHORT, TEASER
from users import taxonomy


@pytest.mark.parametrize("story", [LAUNCH, SHORT, TEASER], ids=["launch", "short", "teaser"])
def test_it_keeps_every_promise(story: Material) -> None:
    assert broken_promises(story, write_extractive(story)) == []


def test_it_writes_the_same_brief_every_time() -> None:
    assert write_extractive(LAUNCH) == write_extractive(LAUNCH)


def test_it_writes_the_same_brief_in_every_process() -> None:
    code = (
        "import hashlib; from briefings.write.extractive import write_extractive; "
        "from tests.briefings.extractive_stories import LAUNCH; "
        "print(hashlib.sha256(write_extractive(LAUNCH).model_dump_json().encode()).hexdigest())"
    )
    root = Path(__file__).parents[2]
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    here = hashlib.sha256(write_extractive(LAUNCH).model_dump_json().encode()).hexdigest()
    assert said == {f"{here}\n".encode()}


def test_it_takes_the_headline_without_the_outlet() -> None:
    assert write_extractive(TEASER).headline.text == "Chipmaker Orbis delays its second factory"
    assert write_extractive(LAUNCH).headline.text == "Lumen Labs releases Halo 2, an open model for phones"


def test_it_tells_the_event_first_without_the_dateline() -> None:
    first = write_extractive(LAUNCH).takeaways[0].text
    assert first.startswith("Lumen Labs released Halo 2 on Tuesday")


def test_it_draws_on_several_outlets() -> None:
    told = sentences(write_extractive(LAUNCH))
    assert len({sentence.citations[0].article for sentence in told}) >= 3


def test_it_names_the_catch_that_a_source_names() -> None:
    catch = " ".join(sentence.text for sentence in write_extractive(LAUNCH).catch)
    assert "risk" in catch or "invented" in catch


def test_it_heads_sections_with_questions_that_name_the_subject() -> None:
    sections = write_extractive(LAUNCH).sections
    assert len(sections) >= 2
    named = [section for section in sections if "Halo" in section.question or "Lumen" in section.question]
    assert len(named) >= 2


def test_it_asks_what_somebody_said_only_above_their_words() -> None:
    for section in write_extractive(LAUNCH).sections:
        if section.question.startswith("What did Marta Figueira say"):
            assert "Figueira" in section.answer[0].text


def test_it_leaves_furniture_out() -> None:
    told = " ".join(sentence.text for sentence in sentences(write_extractive(LAUNCH)))
    for leftover in ("Read more", "Reporting by", "newsletter", "more than 1 year old", "Photo:", "LISBON"):
        assert leftover not in told


def test_it_writes_short_for_thin_sources_and_never_a_cut_off_sentence() -> None:
    short = write_extractive(SHORT)
    assert short.sections == ()
    assert [sentence.text for sentence in short.lead] == [
        "Orbis will open its second factory in 2027, a year later than planned.",
        "It blames a supplier of lenses that went out of business in May.",
    ]
    assert sentences(write_extractive(TEASER)) == []


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Harbor Labs isn&#8217;t done with Tern 5", "Harbor Labs isn’t done with Tern 5"),
        ("Harbor Labs &amp; Fjord launch Tern 5", "Harbor Labs & Fjord launch Tern 5"),
        ("Tern 5 draws on a <canvas> of its own", "Tern 5 draws on a canvas of its own"),
        ("Tern 5 writes &lt;b&gt;bold&lt;/b&gt; text", "Tern 5 writes bold text"),
    ],
)
def test_mark_up_in_a_title_costs_no_story(title: str, shown: str) -> None:
    told = stories.story(stories.article(1, title, *stories.LAUNCH.text.split("\n\n")[1:]))
    body = verify(write_extractive(told), told).body
    assert body.headline.text == shown
    assert body.headline.citations[0].quote == title


def test_it_survives_articles_without_any_text() -> None:
    empty = material(source_text(9, "Nobody", "A title and nothing else", []))
    body = write_extractive(empty)
    assert body.headline.text == "A title and nothing else"
    assert sentences(body) == []


def test_it_says_a_claim_of_two_outlets_once() -> None:
    one = LAUNCH.articles[0]
    twin = source_text(
        8, "Copycat", "Lumen Labs ships Halo 2", [one.passage(1).replace("LISBON (Reuters) - ", "")]
    )
    told = [s.text for s in sentences(write_extractive(replace(LAUNCH, articles=(*LAUNCH.articles, twin))))]
    assert sum("released Halo 2 on Tuesday" in text for text in told) == 1


def test_its_lens_quotes_what_is_near_the_reader() -> None:
    body = write_extractive(LAUNCH)
    lens = extractive_lens(
        LAUNCH,
        body.model_copy(update={"sections": (), "catch": ()}),
        "Clinicians care about patients, doctors, drugs, hospitals and approval by regulators",
        "Hospitals, doctors, medical devices, patients, pharmacists",
        "Clinician",
        "Healthcare",
    )
    where, *quoted = lens.why_it_matters
    assert where.opinion
    assert where.text.startswith("For clinicians in healthcare, the part")
    assert quoted
    assert all(sentence.citations for sentence in quoted)
    assert any(word in quoted[0].text for word in ("hospital", "doctor", "patient"))


def test_its_lens_says_so_when_nothing_is_near() -> None:
    lens = extractive_lens(
        SHORT,
        write_extractive(SHORT),
        "Lawyers care about contracts, liability and courts",
        "Insurance: claims, premiums, underwriting",
        "Product manager",
        "Healthcare",
    )
    (sentence,) = lens.why_it_matters
    assert sentence.opinion
    assert sentence.citations == ()
    assert sentence.text == "Little in this story bears directly on product managers in healthcare."


def test_its_lens_sees_what_the_headline_alone_has_for_an_industry() -> None:
    story = material(
        source_text(
            1,
            "Daily",
            "NASA and Acme build a medical assistant for astronauts",
            ["The tool reads speech, text and images and runs in the Acme cloud on the way to Mars."],
        )
    )
    who, where = taxonomy.role("product-manager"), taxonomy.industry("healthcare")
    lens = extractive_lens(story, write_extractive(story), who.cares, where.cares, who.title, where.title)
    assert "patients and care" in lens.why_it_matters[0].text
    other = taxonomy.industry("real-estate")
    lens = extractive_lens(story, write_extractive(story), who.cares, other.cares, who.title, other.title)
    assert lens.why_it_matters[0].text.startswith("Little in this story")


@pytest.mark.parametrize(
    "words",
    [
        (
            "OpenAI opens ChatGPT Edu to 40 campuses",
            "OpenAI said on Thursday that 40 universities will get ChatGPT Edu. Teachers can set homework in it and "
            "see how students learn.",
        ),
        ("Students at 40 universities may use ChatGPT in exams from September",),
    ],
    ids=["a brief that tells all of it", "a headline that is all"],
)
def test_its_lens_names_what_a_role_looks_for_where_the_brief_says_it_all(words: tuple[str, ...]) -> None:
    story = material(source_text(1, "Daily", words[0], list(words[1:])))
    who, where = taxonomy.role("educator"), taxonomy.industry("energy")
    lens = extractive_lens(story, write_extractive(story), who.cares, where.cares, who.title, where.title)
    (sentence,) = lens.why_it_matters
    assert sentence.text == (
        "For educators in energy and utilities, the part to look at is teaching and learning; the brief has all that "
        "the sources say of it."
    )
    assert not found_little(lens)
    other = taxonomy.role("cfo")
    lens = extractive_lens(story, write_extractive(story), other.cares, where.cares, other.title, where.title)
    assert found_little(lens)


def test_its_lens_repeats_no_sentence_of_the_brief() -> None:
    lens = extractive_lens(
        SHORT,
        write_extractive(SHORT),
        "Operations leaders care about factory openings, suppliers, lenses and delays",
        "Manufacturing: factory, supplier, plan",
        "Operations leader",
        "Manufacturing",
    )
    (where,) = lens.why_it_matters
    assert where.opinion
    assert where.text == (
        "For operations leaders in manufacturing, the part to look at is factories and robots; "
        "the brief has all that the sources say of it."
    )


@pytest.mark.parametrize(
    ("role", "industry"), [("cto", "finance"), ("lawyer", "healthcare"), ("investor", "energy")]
)
def test_its_lens_passes_the_verifier(role: str, industry: str) -> None:
    who, where = taxonomy.role(role), taxonomy.industry(industry)
    body = write_extractive(LAUNCH)
    lens = extractive_lens(LAUNCH, body, who.cares, where.cares, who.title, where.title)
    assert verify_lens(lens, body, LAUNCH, reader=f"{who.title} {where.title}").failures == ()


def test_its_lens_knows_the_makers_of_chips() -> None:
    told = [
        "Nvidia ended trading on Thursday with a market value of just over $4 trillion, a first for any company."
    ]
    story = material(source_text(1, "Daily", "Nvidia closes above $4 trillion", told))
    who, where = taxonomy.role("product-manager"), taxonomy.industry("semiconductors")
    lens = extractive_lens(story, write_extractive(story), who.cares, where.cares, who.title, where.title)
    assert "chips and hardware" in lens.why_it_matters[0].text
