"""What falls with real edits of recorded feeds, and with edits planted in recorded articles."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from briefings.schemas import BriefBody, Material, Sentence
from briefings.standing import fallen, places
from briefings.verify import Unusable, verify
from briefings.write.extractive import write_extractive
from ingest import changed
from ingest.models import Revision
from ingest.plain import BREAK
from tests.briefings import test_extractive_corpus as recorded
from tests.briefings.test_standing import rewritten
from tests.fakes.web_server import WebServer
from tests.ingest.conftest import web
from tests.ingest.test_series import replay, versions

__all__ = ["web"]
pytestmark = recorded.pytestmark
STORIES = 24


@cache
def briefs() -> list[tuple[BriefBody, Material]]:
    made = []
    for story in recorded.stories():
        try:
            made.append((verify(write_extractive(story), story).body, story))
        except Unusable:
            continue
    return made[:STORIES]


def one_by_one(edit: Callable[[str, Sentence], str]) -> tuple[int, list[str]]:
    """Edit the first article of each story for each sentence that cites it alone: how many, and which did not fall."""
    asked, kept = 0, []
    for body, story in briefs():
        first = story.articles[0]
        for where, sentence in places(body).items():
            text = edit(first.text, sentence)
            if {one.article for one in sentence.citations} != {first.article} or text == first.text:
                continue
            asked += 1
            gone = fallen(body, {}, story, {first.article: rewritten(first, text)})
            kept += (
                [] if where in {one.where for one in gone} else [f"{story.title} | {where} | {sentence.text}"]
            )
    return asked, kept


def all_at_once(edit: Callable[[str], str]) -> tuple[int, list[str]]:
    """Edit every article: how many sentences there are, and which fell."""
    asked, lost = 0, []
    for body, story in briefs():
        changes = {one.article: rewritten(one, edit(one.text)) for one in story.articles}
        asked += len(places(body))
        lost += [f"{story.title} | {one}" for one in fallen(body, {}, story, changes)]
    return asked, lost


def another_figure(text: str, sentence: Sentence) -> str:
    """The first figure of the sentence with another digit, everywhere in the article."""
    found = re.search(r"(?<![\w.,-])\$?(\d[\d,.]*\d|\d)(?![\w-])", sentence.text)
    if not found:
        return text
    old = found[1]
    new = old[:-1] + str((int(old[-1]) + 3) % 10)
    return re.sub(rf"(?<![\d.,]){re.escape(old)}(?![\d]|[.,]\d)", new, text)


def without_its_passage(text: str, sentence: Sentence) -> str:
    parts = text.split(BREAK)
    quote = sentence.citations[0].quote
    return BREAK.join([parts[0], *(part for part in parts[1:] if quote not in part)])


def in_house_style(text: str) -> str:
    """Other glyphs everywhere, other words where nobody is quoted."""
    parts = re.split(r"(“[^”]*”|\"[^\"]*\")", text)
    for old, new in (
        (" percent", "%"),
        (" said ", " stated "),
        (" about ", " roughly "),
        (" because ", " since "),
    ):
        parts[::2] = [part.replace(old, new) for part in parts[::2]]
    return "".join(parts).translate(str.maketrans({"’": "'", "“": '"', "”": '"', "—": "–"}))


def in_another_order(text: str) -> str:
    title, *rest = text.split(BREAK)
    return BREAK.join([title, *rest[::-1], "Subscribe to read more of what we write."])


def test_a_figure_that_is_edited_takes_its_sentence_with_it() -> None:
    asked, kept = one_by_one(another_figure)
    assert (asked >= 20, kept) == (True, [])


def test_a_passage_that_is_taken_out_takes_its_sentences_with_it() -> None:
    """Unless the article says the same elsewhere, as some do."""
    asked, kept = one_by_one(without_its_passage)
    assert asked >= 80
    assert len(kept) <= 0.05 * asked, kept


def test_nothing_falls_with_the_order_of_passages() -> None:
    assert all_at_once(in_another_order)[1] == []


def test_next_to_nothing_falls_with_the_style_of_a_house() -> None:
    asked, lost = all_at_once(in_house_style)
    assert len(lost) <= 0.01 * asked, lost


# Edits, and those that took something back: figures, dates, lists that became others, and a text that was cut.
REAL = {
    "techcrunch": (3, 0),
    "wired": (16, 9),  # discounts and lists of films of the month; five new titles for the same news
    "xxy-hn": (2, 1),
    "hamel": (4, 1),
    "openai_research_spaced": (98, 0),  # 98 teasers came where there were none
}


@pytest.mark.django_db
@pytest.mark.parametrize("series", REAL)
def test_real_edits_strike_what_they_took_back(web: WebServer, corpus: Path, series: str) -> None:
    replay(web, versions(corpus / "series", series))
    edits = struck = 0
    for row in Revision.objects.all():
        change = changed.since({row.article_id: row.number})[row.article_id]
        story = Material("s", row.title, (change.then,))
        body = verify(write_extractive(story), story).body
        edits += 1
        struck += bool(fallen(body, {}, story, {row.article_id: change}))
    assert (edits, struck) == REAL[series]
