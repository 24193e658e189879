"""Parts of pages that are rendered once for the same values, and shown to all readers whose pages have these.

A part is given the values that it is kept by and nothing else of the page or its reader, so it can show nothing else.
Only the token of its forms is put in for each page.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from users.kept import Kept
from users.language import current

register = template.Library()
KEPT = 1000  # parts, of some kilobytes each
TOKEN = secrets.token_hex(16)  # stands where each page has a token of its own; no foreign text can know it
MARKED = ("/today/", "/sources/", "/spending/", "/settings/")  # pages that the navigation has a mark for

_kept = Kept[Hashable, str](KEPT)


@register.simple_tag(takes_context=True)
def part(context: Context, template: str, **shown: Hashable) -> SafeString:
    """The template with these values; they must be small, as what is kept holds them."""
    # With their types: text that is safe as it stands is equal to the same that is not.
    what = ((name, type(value), value) for name, value in shown.items())
    made = _kept.get((template, current(), *what), lambda: rendered(template, **shown))
    return filled(context, made)


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> SafeString:
    """The ways to a reader's pages, that where they are marked."""
    path = getattr(context.get("request"), "path", "")
    staff, shelf = bool(context["user"].is_staff), context.get("shelf") or ""
    return part(context, "_navigation.html", path=path if path in MARKED else "", shelf=shelf, staff=staff)


@register.simple_tag(takes_context=True)
def own_lens(context: Context) -> SafeString:
    """The reader's own lens as it stands below the takeaways: kept with the lens's page, and so as long as that."""
    page, document, choice = context["page"].lens, context["document"], (context["role"], context["industry"])
    whose = (document.lens.role, document.lens.industry)
    what = (document.id, *whose, *choice, current())
    if what not in page.html:
        page.html[what] = rendered(
            "briefings/_lens.html",
            page={"lens": page},
            document={"id": document.id, "lens": dict(zip(("role", "industry"), whose, strict=True))},
            role=choice[0],
            industry=choice[1],
            roles=context["roles"],
            industries=context["industries"],
        )
    return filled(context, page.html[what])


def rendered(template: str, **shown: object) -> str:
    """The template with nothing but these values, to be `filled`."""
    return str(render_to_string(template, {**shown, "csrf_token": TOKEN}))


def filled(context: Context, made: str) -> SafeString:
    """With the token of the page that it comes into."""
    return SafeString(made.replace(TOKEN, str(context["csrf_token"])) if TOKEN in made else made)


forget = _kept.clear
