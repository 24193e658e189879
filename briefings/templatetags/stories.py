"""The stories of an edition's page, each rendered once as long as it would look the same.

Most of a morning's requests show what was shown before: the same reader's page again, and to others like them the same
story for the same reasons. What a story is rendered from is all in `_Shown`, and the template is given nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from briefings.feedback.learn import Stance
from briefings.read import Reading
from briefings.web.kept import manner

register = template.Library()
KEPT = 2000  # stories, of three kilobytes each
TOKEN = secrets.token_hex(16)  # stands where each request has a token of its own; no foreign text can know it


@dataclass(frozen=True, slots=True)
class _Shown:
    same: Hashable
    reading: Reading = field(compare=False)
    stance: Stance
    first: bool
    at: str
    acted: bool
    aside: str
    manner: Hashable


@register.simple_tag(takes_context=True)
def story(context: Context, reading: Reading, stance: Stance, first: bool) -> SafeString:
    """One story with what the reader said about it; `first` leads the page."""
    acted = context.get("acted") == reading.document.id
    at, aside = context.get("at") or "", (context.get("aside") or "") if acted else ""
    shown = _Shown(reading.same, reading, stance, first, at, acted, aside, manner())
    html = _kept(shown) if shown.same is not None else _rendered(shown)
    return SafeString(html.replace(TOKEN, str(context["csrf_token"])))


@lru_cache(KEPT)
def _kept(shown: _Shown) -> str:
    return _rendered(shown)


def _rendered(shown: _Shown) -> str:
    html: str = render_to_string(
        "briefings/_story.html",
        {
            "reading": shown.reading,
            "stance": shown.stance,
            "first": shown.first,
            "at": shown.at,
            "acted": shown.reading.document.id if shown.acted else "",
            "aside": shown.aside,
            "csrf_token": TOKEN,
        },
    )
    return html
