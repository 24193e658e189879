"""Rows that hold every vector in every place that foreign text has, past whatever would have cleaned it on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from briefings import saved, share
from briefings.converse.models import AnswerSentence, Conversation, Turn
from briefings.models import Brief, Edition
from ingest.models import Article, Passage, Source, Stage, Story
from tests.briefings import rows
from tests.fakes.vectors import VECTORS, Vector
from users.models import User

TOGETHER = 30  # vectors of a long brief; a conversation has room for as many
IN_AN_EDITION = 120


@dataclass(frozen=True)
class Planted:
    """The long briefs with their vectors; every vector is also the headline of a short one, in editions of those."""

    long: list[tuple[Brief, Sequence[Vector]]]
    editions: list[tuple[date, Sequence[Vector]]]
    shares: list[str]


def groups(size: int) -> list[Sequence[Vector]]:
    return [VECTORS[start : start + size] for start in range(0, len(VECTORS), size)]


@transaction.atomic
def plant(ada: User) -> Planted:
    """What Ada's browser is to be shown. Each source's own name is a vector, and so is each article's address."""
    today = timezone.now().date()
    short = {vector: _short(vector) for vector in VECTORS}
    editions = []
    for number, group in enumerate(groups(IN_AN_EDITION)):
        day = today - timedelta(days=number)
        edition = rows.ready_edition(ada, day, [short[one] for one in group])
        _reasons(edition, group)
        editions.append((day, group))
    for number, vector in enumerate(VECTORS):  # each leads an edition: that is its line in the archive
        rows.ready_edition(ada, today - timedelta(days=100 + number), [short[vector]])
        saved.save(ada, short[vector][0].pk)
    long = [(_long(group), group) for group in groups(TOGETHER)]
    rows.ready_edition(ada, today - timedelta(days=99), [(brief, None) for brief, _ in long])
    for brief, group in long:
        rows.ready_lens(brief, _lens(brief, group))
        brief.items.update(lens=brief.lenses.get(), why=[one.text[:300] for one in group])
        _conversation(ada, brief, group)
        share.make(ada, brief.pk)
    _sources(ada)
    _left_out()
    return Planted(long, editions, [one.url for one in share.mine(ada)])


def _article(vector: Vector, story: Story | None = None) -> Article:
    """Its title, name, author and text are the vector, and its address is too."""
    said = f"{vector.text} {vector.word}"
    source = Source.objects.create(url=f"https://paper.example/{Source.objects.count()}", title=said[:300])
    text = f"{said}\n\nSo it says: {said}"
    digest = f"{vector.number}-{Article.objects.count()}"
    article = Article.objects.create(
        source=source,
        identity=digest,
        url=vector.text if vector.kind == "address" else f"https://paper.example/{digest}?{vector.text}",
        title=said,
        author=vector.text,
        text=text,
        content_hash=digest,
        published_at=rows.NOON,
        happened_at=rows.NOON,
        stage=Stage.PLACED if story else Stage.OFF_TOPIC,
        story=story,
        relevance_reason=vector.text[:300],
    )
    Passage.objects.create(article=article, number=0, start=0, end=len(said))
    Passage.objects.create(article=article, number=1, start=len(said) + 2, end=len(text))
    return article


def _story(title: str) -> Story:
    return Story.objects.create(title=title, happened_at=rows.NOON, last_at=rows.NOON, origins=1)


def _said(vector: Vector, *articles: Article) -> dict[str, Any]:
    said = f"{vector.text} {vector.word}"
    return rows.said(said, *(rows.cite(article, article.title) for article in articles))


def _short(vector: Vector) -> tuple[Brief, Any]:
    story = _story(vector.text)
    article = _article(vector, story)
    said = _said(vector, article)
    body = {
        "headline": said,
        "takeaways": [said],
        "lead": [said],
        "sections": [],
        "catch": [],
        "bottom_line": [],
    }
    brief = rows.ready_brief(story, [article], body)
    return brief, rows.ready_lens(brief, {"why_it_matters": [said]})


def _long(group: Sequence[Vector]) -> Brief:
    story = _story(group[0].text)
    articles = [_article(one, story) for one in group]
    told = [_said(one, article) for one, article in zip(group, articles, strict=True)]
    asked = [{"question": one.text, "answer": [said]} for one, said in zip(group, told, strict=True)]
    body = {
        "headline": _said(group[0], *articles),  # its evidence is all of them on one page
        "takeaways": told[:3],
        "lead": told,
        "sections": asked[:8],
        "catch": told,
        "bottom_line": told,
        "disagreements": [{"about": one["question"], "claims": one["answer"] * 2} for one in asked],
        "prepared": asked,
        "follow_ups": [f"{one.text} {one.word}" for one in group],
    }
    return rows.ready_brief(story, articles, body)


def _lens(brief: Brief, group: Sequence[Vector]) -> dict[str, Any]:
    told = list(brief.body["lead"])
    asked = [{"question": one.text, "answer": [said]} for one, said in zip(group, told, strict=True)]
    return {"why_it_matters": told, "questions": asked[-2:]}


def _reasons(edition: Edition, group: Sequence[Vector]) -> None:
    for item, vector in zip(edition.items.all(), group, strict=True):
        item.why = [vector.text[:300]]
        item.save()


def _conversation(ada: User, brief: Brief, group: Sequence[Vector]) -> None:
    talk = Conversation.objects.create(reader=ada, brief=brief)
    for number, (vector, said) in enumerate(zip(group, brief.body["lead"], strict=True), 1):
        turn = Turn.objects.create(
            conversation=talk,
            number=number,
            question=vector.text[:300],
            state=Turn.State.ANSWERED,
            writer=Turn.Writer.MODEL,
            answered_at=rows.NOON,
        )
        AnswerSentence.objects.create(turn=turn, place=0, unsupported=0, verified_at=rows.NOON, **said)


def _sources(ada: User) -> None:
    """Her own: named, addressed and failing in the words of vectors, and not read any more."""
    for vector in VECTORS:
        Source.objects.create(
            url=f"https://paper.example/own/{vector.number}?{vector.text}",
            title=vector.text[:300] if vector.number % 2 else "",
            owner=ada,
            error=vector.text,
            failures=9,
            last_success_at=timezone.now() - timedelta(days=90),
        )


def _left_out() -> None:
    for vector in VECTORS:
        article = _article(vector)
        Article.objects.filter(pk=article.pk).update(happened_at=timezone.now() - timedelta(minutes=5))
