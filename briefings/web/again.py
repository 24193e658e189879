"""Reader's pages seen again: what was rendered is kept with its compressed form, as long as it would come out the same.

A key holds all that a page is rendered from: the reader as their rows stand, the address, the language, and what the
view gives as `made_of`. The template is given no request, so nothing else can get in. Left open in what is kept are the
places of what each answer has anew: the token of its forms, and the minute at which it was made.

What is compressed never refers to a token, nor a token to it: each stands by itself, as it is. So nobody can guess a
token by what a page compresses to (BREACH).
"""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_TOKEN_LENGTH, get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from users.kept import Kept
from users.models import User

MOST = 48 * 2**20  # bytes that a web process keeps of pages; a long brief's takes a tenth of a megabyte
TOKEN = secrets.token_hex(CSRF_TOKEN_LENGTH // 2)  # stands where a token comes; no foreign text can know it
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # stands where the time comes
OFFLINE = "briefings/_offline.html"
RANDOM = 100  # bytes by which the length of a compressed page varies, as Django's does


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of the request a page may know."""

    path: str


class Page(HttpResponse):
    """A page of parts, each with its compressed form where that is known."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        super().__init__(b"".join(part.text for part in parts))
        self._parts = parts

    def gzipped(self) -> bytes:
        """The same in the format of gzip, longer by a random length."""
        checked, size = 0, 0
        for part in self._parts:
            checked, size = zlib.crc32(part.text, checked), size + len(part.text)
        name = b"a" * secrets.randbelow(RANDOM)
        head = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + name + b"\x00"
        packed = b"".join(part.packed for part in self._parts)
        return head + packed + _END + struct.pack("<LL", checked, size)


def page(
    request: HttpRequest,
    template: str,
    made_of: Sequence[Hashable] | None,
    make: Callable[[], Mapping[str, object]],
) -> HttpResponse:
    """The template with what `make` returns, which is asked only where the page is not kept.

    `made_of` is equal where that would be; None where nobody can tell. Pages say when they were made (`rendered_at`).
    """
    user = cast(User, request.user)
    marks = getattr(user, "mark", None), getattr(user, "profile_mark", None)
    # What is said only once (`messages`) is on no page that is kept.
    if made_of is None or None in marks or len(get_messages(request)):
        return render(request, template, {**make(), "rendered_at": timezone.now()})
    key = (user.pk, *marks, template, request.path, get_language(), *made_of)
    found = _pages.find(key)
    if found is None:
        known = {"user": user, "request": _Asked(request.path), "csrf_token": TOKEN, "rendered_at": LONG_AGO}
        html, said = render_to_string(template, {**make(), **known}), render_to_string(OFFLINE, known)
        found = _Ready.of(html, said)
        _pages.put(key, found)
    zone = user.profile.time_zone
    now = timezone.now().replace(second=0, microsecond=0)
    return Page(found.filled(get_token(request), _said(zone, get_language(), now)))


@lru_cache(100)
def _said(zone: str, language: str | None, minute: datetime) -> _Part:
    known = {"user": {"profile": {"time_zone": zone}}, "rendered_at": minute}
    return _Part.alone(render_to_string(OFFLINE, known).encode())


# ---------------------------------------------------------------- what is kept, and how it is compressed

_END = b"\x03\x00"  # deflate's last block, with nothing in it


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of a page: its text, and blocks of deflate that say the same; none of them is the last."""

    text: bytes
    packed: bytes

    @classmethod
    def as_it_is(cls, text: bytes) -> _Part:
        return cls(text, struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text)

    @classmethod
    def alone(cls, text: bytes) -> _Part:
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(text, packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A page's parts before and after what it says of when it was made; between two of them comes a token."""

    before: tuple[_Part, ...]
    after: tuple[_Part, ...]
    size: int

    @classmethod
    def of(cls, html: str, offline: str) -> _Ready:
        before, after = html.split(offline)
        parts = (_packed(before), _packed(after))
        return cls(*parts, sum(len(part.text) + len(part.packed) for one in parts for part in one))

    def filled(self, token: str, said: _Part) -> list[_Part]:
        filling = _Part.as_it_is(token.encode())
        found: list[_Part] = []
        for part in self.before:
            found += (part, filling)
        found[-1] = said
        for part in self.after:
            found += (part, filling)
        del found[-1]
        return found


def _packed(html: str) -> tuple[_Part, ...]:
    """The parts between the tokens.

    They refer to what was said before, as compressing does, but for the tokens: in their place the compressor sees as
    many bytes that stand nowhere else.
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = []
    for text in html.encode().split(TOKEN.encode()):
        packed = packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH)
        parts.append(_Part(text, packed))
        packer.compress(bytes(CSRF_TOKEN_LENGTH))
        packer.flush(zlib.Z_SYNC_FLUSH)
    return tuple(parts)


_pages: Kept[Hashable, _Ready] = Kept(MOST, lambda page: page.size)
forget = _pages.clear
