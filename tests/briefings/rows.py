"""Stores the rows that tests of the surfaces need; a citation is always a true span of its article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from briefings.models import Brief, Edition, EditionItem, Lens, State, Writer
from briefings.schemas import Verification
from ingest.models import Article, Passage, Revision, Source, Stage, Story
from ingest.save import rewrite_passages
from users.models import Profile, User

NOON = datetime(2025, 8, 7, 12, tzinfo=UTC)


def reader(email: str, role: str = "cto", industry: str = "finance", **profile: Any) -> User:
    """An onboarded reader; Ada is the CTO in finance, Ben the investor, Cal the stranger."""
    user = User.objects.create_user(email)
    Profile.objects.create(user=user, role=role, industry=industry, **profile)
    return user


def source(title: str, primary: bool = False, sample: bool = False) -> Source:
    """The source of that title, made once."""
    slug = title.lower().replace(" ", "-")
    found, _ = Source.objects.get_or_create(
        url=f"https://{slug}.example/feed", defaults={"title": title, "primary": primary, "sample": sample}
    )
    return found


def article(
    story: Story, publisher: Source, title: str, paragraphs: Sequence[str], at: datetime = NOON
) -> Article:
    """A placed article whose text and passages lie as ingest lays them: the title is passage 0."""
    parts = [title, *paragraphs]
    text = "\n\n".join(parts)
    digest = hashlib.sha256(text.encode()).hexdigest()
    slug = "-".join(title.lower().split()[:6])
    made = Article.objects.create(
        source=publisher,
        identity=digest,
        url=f"https://{publisher.title.lower().replace(' ', '-')}.example/{slug}",
        title=title,
        text=text,
        content_hash=digest,
        published_at=at,
        happened_at=at,
        stage=Stage.PLACED,
        story=story,
    )
    start = 0
    for number, part in enumerate(parts):
        Passage.objects.create(article=made, number=number, start=start, end=start + len(part))
        start += len(part) + 2
    return made


def cite(article: Article, quote: str) -> dict[str, Any]:
    """A citation of the first place where the article says exactly this."""
    start = article.text.index(quote)
    passages = Passage.objects.filter(article=article, start__lte=start).order_by("-number")
    return {
        "source": article.source_id,
        "article": article.pk,
        "passage": passages[0].number,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
    }


def said(text: str, *citations: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "citations": list(citations)}


def ready_brief(
    story: Story, articles: Sequence[Article], body: dict[str, Any], writer: str = Writer.MODEL
) -> Brief:
    """A ready brief of these articles; the body in the stored shape."""
    return Brief.objects.create(
        story=story,
        version=1,
        fingerprint=hashlib.sha256(story.pk.encode()).hexdigest(),
        articles=[[one.pk, one.revision] for one in articles],
        state=State.READY,
        writer=writer,
        body={"verification": Verification(sentences=1, supported=1).model_dump(), **body},
        unsupported=0,
        verified_at=NOON,
        written_at=NOON,
    )


def ready_lens(brief: Brief, body: dict[str, Any], role: str = "cto", industry: str = "finance") -> Lens:
    return Lens.objects.create(
        brief=brief,
        role=role,
        industry=industry,
        state=State.READY,
        writer=Writer.MODEL,
        body=body,
        verified_at=NOON,
    )


def ready_edition(
    user: User, day: date, items: Sequence[tuple[Brief, Lens | None]], sample: bool = False
) -> Edition:
    """A frozen edition of these briefs in this order."""
    edition = Edition.objects.create(
        reader=user,
        local_date=day,
        state=State.READY,
        role=user.profile.role,
        industry=user.profile.industry,
        prepared_at=NOON,
        sample=sample,
    )
    for rank, (brief, lens) in enumerate(items, start=1):
        why = (
            ["The most important story in what we read"]
            if rank == 1
            else ["Close to your work as CTO: models, price"]
        )
        EditionItem.objects.create(edition=edition, rank=rank, brief=brief, lens=lens, why=why)
    return edition


def edit(article: Article, old: str, new: str) -> None:
    """The article as its source has edited it: other words in its text, the old text kept as a revision."""
    assert old in article.text
    Revision.objects.create(
        article=article, number=article.revision, title=article.title, text=article.text, from_page=False
    )
    text = article.text.replace(old, new)
    title, *paragraphs = text.split("\n\n")
    Article.objects.filter(pk=article.pk).update(
        title=title, text=text, feed_text="\n\n".join(paragraphs), url="", revision=article.revision + 1
    )
    rewrite_passages([(article.pk, text)])
