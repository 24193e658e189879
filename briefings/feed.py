"""A reader's editions as an Atom feed at a secret address, for the feed reader of their choice."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from briefings import read, secret
from briefings.models import PrivateFeed
from users import language
from users.models import User

MOST = 40  # entries: about a week of editions
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def address(user: User) -> str:
    """The whole address of the reader's feed; empty when they have none, or when it cannot be told again."""
    row: PrivateFeed | None = getattr(user, "feed", None)
    token = secret.again(row.nonce, row.digest) if row else None
    return settings.NUTGRAF_URL + reverse("feed", args=[token]) if token else ""


def renew(user: User) -> bool:
    """Give the reader's feed a new address; the old one leads nowhere. False when there was none before."""
    made = secret.new()
    values = {"nonce": made.nonce, "digest": made.digest}
    _, created = PrivateFeed.objects.update_or_create(reader=user, defaults=values)
    return not created


def revoke(user: User) -> None:
    """Close the reader's feed; closing it twice changes nothing."""
    PrivateFeed.objects.filter(reader=user).delete()


def opened(token: str) -> bytes | None:
    """The feed at that address as an Atom document; None when there is none, or its reader's account is closed."""
    kept = PrivateFeed.objects.filter(digest=secret.digest(token), reader__is_active=True)
    row = kept.select_related("reader").first()
    if row is None:
        return None
    with language.spoken_to(row.reader):
        return _atom(row, reverse("feed", args=[token]))


class _Feed(Atom1Feed):
    """Of an empty feed the date stays the same, as its ETag should."""

    def latest_post_date(self) -> datetime:
        made: datetime = self.feed["made"]
        return max(item["updateddate"] for item in self.items) if self.items else made


def _atom(row: PrivateFeed, path: str) -> bytes:
    site = settings.NUTGRAF_URL
    feed = _Feed(
        title=gettext("Nutgraf: your editions"),
        link=f"{site}/today/",
        description=None,
        language=language.current(),
        feed_url=site + path,
        feed_guid=_tag(f"editions/{row.reader_id}"),
        author_name="Nutgraf",
        made=row.created_at,
    )
    for reading in read.latest_readings(row.reader, MOST):
        _add(feed, reading)
    return feed.writeString("utf-8").encode()


def _add(feed: Atom1Feed, reading: read.Reading) -> None:
    document, site = reading.document, settings.NUTGRAF_URL
    url = site + reverse("brief", args=[document.id])
    headline = document.headline
    mark = f"{gettext(reading.mark.capitalize())}: " if reading.mark and not headline.struck else ""
    feed.add_item(
        title=mark + NOT_XML.sub("", headline.plain),
        link=url,
        # Templates escape, and the feed escapes what they made: foreign text is text twice over.
        description=NOT_XML.sub(
            "", render_to_string("briefings/feed_entry.html", {"reading": reading, "url": url})
        ),
        unique_id=_tag(f"{reading.day}/{document.id}"),
        pubdate=document.written_at,
        updateddate=max([document.written_at, *(one.noticed_at for one in document.corrections)]),
    )


def _tag(name: str) -> str:
    """A name that stays when addresses change (RFC 4151)."""
    return f"tag:{urlsplit(settings.NUTGRAF_URL).hostname or 'localhost'},2026:{name}"
