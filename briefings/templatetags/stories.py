"""The stories of an edition's page, each rendered once as long as it would look the same.

Most of a morning's requests show what was shown before: the same reader's page again, and to others like them the same
story for the same reasons. What a story is rendered from is all in the key, and the template is given nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from briefings.feedback.learn import Stance
from briefings.read import Reading
from briefings.templatetags.parts import filled, rendered
from users.kept import Kept
from users.language import current

register = template.Library()
KEPT = 2000  # stories, of some ten kilobytes each; their keys are small

_kept = Kept[Hashable, str](KEPT)


@register.simple_tag(takes_context=True)
def story(context: Context, reading: Reading, stance: Stance, first: bool) -> SafeString:
    """One story with what the reader said about it; `first` leads the page."""
    acted = reading.document.id if context.get("acted") == reading.document.id else ""
    at, aside = context.get("at") or "", (context.get("aside") or "") if acted else ""
    shown = {"stance": stance, "first": first, "at": at, "acted": acted, "aside": aside}

    def make() -> str:
        return rendered("briefings/_story.html", reading=reading, **shown)

    # The key holds no reading: with it, each kept story would keep all that its brief says.
    same = reading.same
    html = make() if same is None else _kept.get((current(), same, *shown.values()), make)
    return filled(context, html)
