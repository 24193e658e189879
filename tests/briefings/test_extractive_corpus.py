"""The extractive writer on the recorded articles: every promise holds on text nobody wrote for us."""

from __future__ import annotations

import csv
import html
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefings.schemas import BriefBody, Material, Sentence
from briefings.write.extractive import write_extractive
from tests.briefings.extractive_promises import broken_promises, material, source_text

CORPUS = Path(os.environ.get("NUTGRAF_CORPUS", Path(__file__).parents[3] / "shared" / "data")) / "fulltext"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (CORPUS / "events.tsv").exists(), reason=f"no recorded articles at {CORPUS}"),
]


def stories() -> Iterator[Material]:
    events: dict[str, list[dict[str, str]]] = {}
    with (CORPUS / "events.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            events.setdefault(row["event"], []).append(row)
    for rows in events.values():
        yield material(
            *(source_text(pk, row["source"], row["title"], paragraphs(row)) for pk, row in enumerate(rows, 1))
        )


def paragraphs(row: dict[str, str]) -> list[str]:
    page = (CORPUS / "pages" / f"{row['article']}.html").read_text()
    article = page[page.index("<article>") : page.index("</article>")]
    found = re.findall(r"<p(?: [^>]*)?>(.*?)</p>", article, re.DOTALL)
    texts = [" ".join(html.unescape(re.sub("<[^>]+>", "", each)).split()) for each in found]
    return [text for text in texts[1:] if text]


def test_it_keeps_every_promise_on_recorded_articles() -> None:
    broken = [
        f"{story.title}: {line}"
        for story in stories()
        for line in broken_promises(story, write_extractive(story))
    ]
    assert broken == []


def test_it_writes_the_full_shape_for_recorded_stories_of_several_articles() -> None:
    several = [story for story in stories() if len(story.articles) > 1]
    bodies = [write_extractive(story) for story in several]
    assert all(body.lead and body.takeaways for body in bodies)
    # A question that its sentences do not answer would fill the rest, so stories with little left to ask stay short.
    assert sum(len(body.sections) >= 5 for body in bodies) >= 0.8 * len(bodies)
    assert sum(len(body.sections) for body in bodies) >= 4.4 * len(bodies)
    assert all(len({s.citations[0].article for s in _sentences(body)}) > 1 for body in bodies[:5])


def test_it_heads_no_section_with_a_question_that_fits_any_story() -> None:
    dull = re.compile(r"What else is known|What do the (?:reports|figures)|What is the news")
    plain = re.compile(r"What is known about|Where does .* come in|Which figures does|What happens next in")
    for story in stories():
        heads = [section.question for section in write_extractive(story).sections]
        kinds = [found.group() for head in heads if (found := plain.match(head))]
        assert not any(dull.match(head) for head in heads), heads
        assert len(kinds) <= 3, heads
        assert len({kind[:13] for kind in kinds}) == len(kinds), heads


def _sentences(body: BriefBody) -> list[Sentence]:
    return [sentence for section in body.sections for sentence in section.answer] + [
        *body.lead,
        *body.takeaways,
    ]
