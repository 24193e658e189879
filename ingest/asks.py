"""What publishers ask of readers: how long an answer stays fresh, and when not to come. Pure, and knows no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_ITEM = re.compile(rb"<item[\s>]")
_LONGEST_BLOCK = 4000
_TTL = re.compile(rb"(?i)<ttl\s*>\s*(?:<!\[CDATA\[)?\s*(\d{1,7})\s*[<\]]")
_HOURS = re.compile(rb"(?i)<skiphours\s*>")
_SKIPPED_DAYS = re.compile(rb"(?i)<skipdays\s*>")
_HOUR = re.compile(rb"(?i)<hour\s*>\s*(\d{1,2})\s*</hour")
_DAY = re.compile(rb"(?i)<day\s*>\s*([a-z]+)\s*</day")
_MAX_AGE = re.compile(r"(?i)(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})\b")
_NOT_KEPT = re.compile(r"(?i)(?:^|[\s,])no-(?:store|cache)(?:$|[\s,])")


@dataclass(frozen=True)
class Asks:
    """What a feed says of itself: minutes it may be kept, and hours and days (Monday is 0) to stay away, in UTC."""

    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


NOTHING = Asks()


def of_channel(body: bytes) -> Asks:
    """The `ttl`, `skipHours` and `skipDays` of an RSS document; in 0.91, 24 is midnight."""
    item = _ITEM.search(body)
    # Entries are content, and say nothing of their feed.
    channel = body[: item.start()] + body[body.rfind(b"</item>") :] if item else body
    ttl = _TTL.search(channel)
    hours = {int(hour) % 24 for hour in _inside(channel, _HOURS, _HOUR) if int(hour) <= 24}
    named = {day.lower() for day in _inside(channel, _SKIPPED_DAYS, _DAY)}
    days = tuple(number for number, name in enumerate(_DAYS) if name in named)
    return Asks(int(ttl[1]) if ttl else None, tuple(sorted(hours)), days)


def _inside(channel: bytes, opening: re.Pattern[bytes], one: re.Pattern[bytes]) -> list[bytes]:
    start = opening.search(channel)
    if start is None:
        return []
    block = channel[start.end() : start.end() + _LONGEST_BLOCK]
    return one.findall(block[: block.lower().find(b"</skip")])


def fresh_for(cache_control: str, age: str) -> float | None:
    """Seconds an answer stays fresh by its Cache-Control and Age headers (RFC 9111, 4.2); None when they do not say."""
    said = _MAX_AGE.search(cache_control)
    if said is None or _NOT_KEPT.search(cache_control):
        return None
    spent = float(age) if re.fullmatch(r"\d{1,10}", age.strip()) else 0.0
    return max(0.0, float(said[1]) - spent)
