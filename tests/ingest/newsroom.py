"""Sources and read articles for tests of placing, with as little said as the test is about."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import count

from django.utils import timezone

from ingest.models import Article, Passage, Source, Stage

NOON = datetime(2025, 8, 7, 12, tzinfo=UTC)
_number = count(1)


def source(name: str, **values: object) -> Source:
    return Source.objects.create(url=f"https://{name}.example/feed", title=name.title(), **values)


def article(
    by: Source, title: str, text: str = "", *, hours: float = 0, url: str = "", **values: object
) -> Article:
    """A read article `hours` after NOON, with its title and text as passages."""
    number = next(_number)
    host = by.url.removeprefix("https://").removesuffix("/feed")
    url = url or f"https://{host}/{number}"
    whole = f"{title}\n\n{text}".strip()
    digest = hashlib.sha256(f"{number}".encode()).hexdigest()
    at = NOON + timedelta(hours=hours)
    made = Article.objects.create(
        source=by,
        identity=digest,
        url=url,
        canonical_url=url,
        title=title,
        text=whole,
        content_hash=digest,
        published_at=at,
        first_seen=at,
        happened_at=at,
        stage=Stage.READ,
        due_at=timezone.now() - timedelta(minutes=1),
        **values,
    )
    Passage.objects.create(article=made, number=0, start=0, end=len(title))
    if text:
        Passage.objects.create(article=made, number=1, start=len(whole) - len(text), end=len(whole))
    return made
