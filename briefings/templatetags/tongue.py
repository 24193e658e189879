"""In which language a text stands, for pages in another: speech and screen readers go by it."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from users.language import WRITTEN, current

register = template.Library()
_NONE, _MARKED = SafeString(""), SafeString(f' lang="{WRITTEN}"')


@register.simple_tag
def tongue() -> SafeString:
    """The attribute for an element that holds what a source or a brief says; nothing where the page is in it too."""
    return _NONE if current() == WRITTEN else _MARKED


@register.simple_tag
def foreign(text: str) -> SafeString:
    """Such a text amid words of ours."""
    said = conditional_escape(text)
    return said if current() == WRITTEN else SafeString(f"<span{_MARKED}>{said}</span>")
