"""Articles that something rests on and that have changed since: what they said then, what they say now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Max

from ingest import revisions, stories, withdrawn
from ingest.addressed import speaks_to_model
from ingest.decide import words
from ingest.edits import Difference, difference
from ingest.extract import wants_page
from ingest.material import SourceText, Span
from ingest.models import Article, Revision, Stage
from ingest.passages import compose, from_feed, spans
from ingest.plain import BREAK
from ingest.work import among

ON_THE_WAY = (Stage.NEW, Stage.READ)


@dataclass(frozen=True, slots=True)
class Changed:
    """An article edited after the revision asked about. `at`: when the look came that found the last edit (UTC).

    What any text of `now` says, the article still says; each carries the present revision.
    """

    then: SourceText
    now: tuple[SourceText, ...]
    withdrawn: bool
    at: datetime
    difference: Difference

    @property
    def revision(self) -> int:
        return self.now[0].revision


def on_the_way(articles: Collection[int]) -> bool:
    """Whether one of the articles is being read or placed anew, so that its text is not final yet."""
    return Article.objects.filter(among(articles), stage__in=ON_THE_WAY, due_at__isnull=False).exists()


def since(wanted: Mapping[int, int]) -> dict[int, Changed]:
    """Those of the articles that have another revision now than `wanted` says, by id.

    Left out is what cannot be compared: articles that are gone, and revisions that are not stored.
    """
    rows = {
        row.pk: row for row in Article.objects.filter(among(list(wanted))) if row.revision != wanted[row.pk]
    }
    asked = {(pk, wanted[pk]) for pk in rows}
    earlier = {article: one for (article, _), one in revisions.numbered(asked).items()}
    then, now = stories.source_texts(list(earlier), earlier), stories.source_texts(list(earlier), {})
    pages, last = _pages(asked), _last(list(earlier))
    return {
        pk: _changed(rows[pk], then[pk], now[pk], pages[pk, wanted[pk]], last[pk])
        for pk in earlier
        if pk in then and pk in now
    }


def _pages(asked: Collection[tuple[int, int]]) -> dict[tuple[int, int], bool | None]:
    found = Revision.objects.filter(among([article for article, _ in asked], "article_id"))
    return {
        (article, number): page
        for article, number, page in found.values_list("article_id", "number", "from_page")
    }


def _last(articles: Collection[int]) -> dict[int, datetime]:
    rows = Revision.objects.filter(among(articles, "article_id"))
    return dict(rows.values_list("article_id").annotate(last=Max("replaced_at")))


def _changed(row: Article, then: SourceText, now: SourceText, page: bool | None, at: datetime) -> Changed:
    feed = from_feed(row.title, row.feed_text)
    partial = not row.text_from_page and wants_page(row.url, row.feed_text)
    told = texts_now(then.text, page, now.text, "" if now.text == feed else feed, partial)
    return Changed(
        then,
        tuple(now if text == now.text else _told(now, text) for text in told),
        withdrawn.is_withdrawn(then.text, now.text, feed),
        at,
        difference(then.text, told[0]),
    )


def _told(now: SourceText, text: str) -> SourceText:
    cuts = [Span(number, *cut) for number, cut in enumerate(spans(text))]
    heard = tuple(one for one in cuts if not one.number or not speaks_to_model(text[one.start : one.end]))
    return replace(now, text=text, spans=heard)


def texts_now(then: str, then_page: bool | None, text: str, feed: str, partial: bool) -> Sequence[str]:
    """The texts that tell what an article says now, to be held against what it said `then`; the first one is shown.

    `then_page`: whether that was its page's text (None: unknown). `text` is what is stored now, `feed` what its feed
    says where that is another text, and `partial` whether `text` merely announces a page that could not be read.
    What was left out of a text is only known where like is compared with like: else all but the title is as it was.
    """
    shrunk = 2 * len(words(text)) < len(words(then))
    if shrunk or (partial and then_page is not False):
        title, *_ = text.split(BREAK)
        return (compose(title, then.split(BREAK)[1:]),)
    return (text, feed) if feed and then_page is False else (text,)
