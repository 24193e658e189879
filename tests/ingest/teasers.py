"""An article of which the feed has only a teaser, and the page behind it, on a server of the test's own."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ingest.models import Article, Source
from ingest.refresh import refresh
from tests.fakes.web_server import WebServer, item, rss

TITLE = "Model ships at half the price"
TEASER = "The company shipped its model on Friday at half the price…"
TEXT = [
    "The company shipped its model on Friday, and said that it comes at half the price of the last one.",
    "Two customers told the newsroom that they would move their work at once, because the price had held them back.",
    "Analysts called the move a surprise: the rival had cut its own price only a week before, to little effect.",
    "The model runs on one card, the company said, and a smaller one will follow before the end of the year.",
]


def page(*paragraphs: str) -> str:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    return (
        f"<!doctype html><html><head><title>{TITLE}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{TITLE}</h1>{body}</article><footer>Copyright</footer></body></html>"
    )


def put_page(web: WebServer, path: str, *more: str) -> str:
    """The address of the whole article, with `more` paragraphs below it."""
    return web.put(path, page(*TEXT, *more), content_type="text/html; charset=utf-8")


def teaser(web: WebServer, path: str, text: str = TEASER, link: str = "") -> Article:
    """The article as its feed announces it, its page still to be read."""
    feed = web.put(f"/feed{path}", rss(item(TITLE, link or web.url(path), text, path)))
    source = Source.objects.create(url=feed, due_at=timezone.now() - timedelta(seconds=5))
    refresh(source.pk, timezone.now())
    return Article.objects.get(guid=path)
