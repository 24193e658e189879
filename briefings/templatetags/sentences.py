"""Sentences of a brief with the marker that opens their evidence, and the passages behind it, as HTML.

Written here and not in templates: a brief has some fifty of each, and including a template for every one of them took
two thirds of the page's time, `format_html` half of the rest. So every text goes through `escape` by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from html import escape

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from briefings.templatetags.tongue import foreign, tongue
from briefings.web.page import Block, BriefPage, Evidence, Excerpt, Line
from users.language import current

register = template.Library()


@register.simple_tag
def told(line: Line) -> SafeString:
    """The sentence's text, struck through where it stands no longer."""
    return SafeString(_told(line))


@register.simple_tag
def heading(block: Block) -> SafeString:
    """What stands above the answer or the claims, struck through where it stands no longer."""
    text = escape(block.heading)
    return SafeString(f"<s>{text}</s>" if block.struck else text)


@register.simple_tag
def marker(line: Line, here: str, own: object = "") -> SafeString:
    """The button that opens the sentence's evidence; on a reader's `own` page also a link, for want of a script.

    `here` is the address of the brief's page.
    """
    return SafeString(_marker(line, here, own))


@register.simple_tag
def sentences(lines: Iterable[Line], here: str, own: object = "") -> SafeString:
    """The sentences one after the other, each with its marker."""
    spans = (f'<span class="sentence">{_told(line)}{_marker(line, here, own)}</span>' for line in lines)
    return SafeString(" ".join(spans))


@register.simple_tag(takes_context=True)
def once(context: Context, template: str) -> SafeString:
    """A template that shows the shared part of a brief's page, and nothing else: rendered once for all its readers."""
    page, here, own = context["page"], context["here"], bool(context.get("own"))
    shown = {"page": page, "here": here, "own": own}
    return _once(page, (template, here, own, current()), lambda: render_to_string(template, shown))


@register.simple_tag(takes_context=True)
def asides(context: Context) -> SafeString:
    """What the markers of the shared part open; made once as well."""
    page, here, own = context["page"], context["here"], bool(context.get("own"))
    return _once(
        page, ("", here, own, current()), lambda: "".join(aside(one, here, own) for one in page.of_brief)
    )


def _once(page: BriefPage, what: Hashable, make: Callable[[], str]) -> SafeString:
    if what not in page.html:
        page.html[what] = SafeString(make())
    return page.html[what]


@register.simple_tag
def passages(one: Evidence) -> SafeString:
    """Each passage that is cited, the quotation marked, with its publisher, time (UTC) and article."""
    return SafeString("".join(_passage(excerpt, changed=one.change is not None) for excerpt in one.excerpts))


@register.simple_tag
def aside(one: Evidence, here: str, own: object = "", of: str = "") -> SafeString:
    """What a sentence's marker opens: the sentence and its passages, and what has become of them where they changed.

    `here` is the address of the brief's page; on a reader's `own` page it links to more of the text. `of`: see
    `says`.
    """
    mark, claim = escape(one.mark), escape(one.claim)
    said = f"<s{tongue()}>{claim}</s>" if one.change else foreign(one.claim)
    if one.change:
        shown: str = render_to_string("briefings/_excerpts.html", {"one": one})
    else:
        shown = passages(one)
    page = f"{escape(here)}evidence/{mark}/"
    more = f'<a href="{page}">{gettext("More of the text")}</a>' if own else ""
    if own and not one.change:
        more += (
            f'<a href="{page}#report" hx-get="{page}report/" hx-trigger="click once" hx-target="closest p" '
            f'hx-swap="beforebegin">{gettext("Report this sentence")}</a>'
        )
    return SafeString(
        f'<aside id="evidence-{mark}" class="evidence" popover aria-label="{gettext("Source of this sentence")}">'
        f'<p class="claim"><b>{says(of, fell=one.change is not None)}</b> {said}</p>{shown}'
        f'<p class="actions">{more}<button type="button" class="plain" '
        f'popovertarget="evidence-{mark}" popovertargetaction="hide">{gettext("Close")}</button></p></aside>\n'
    )


def says(of: str, *, fell: bool) -> str:
    """What stands before a claim: `of` names an "answer", or else it is the brief's."""
    if of == "answer":
        return gettext("The answer said") if fell else gettext("The answer says")
    return gettext("The brief said") if fell else gettext("The brief says")


def _told(line: Line) -> str:
    text = escape(line.text)
    return f"<s>{text}</s>" if line.struck else text


def _marker(line: Line, here: str, own: object) -> str:
    if not line.mark:
        return ""
    mark, label = escape(line.mark), escape(line.label)
    button = (
        f'&nbsp;<button type="button" class="cite" popovertarget="evidence-{mark}" '
        f'aria-label="{gettext("Source: {name}").format(name=label)}">{label}</button>'
    )
    instead = f'<a class="cite instead" href="{escape(here)}evidence/{mark}/">{label}</a>' if own else ""
    return button + instead


def _passage(excerpt: Excerpt, *, changed: bool) -> str:
    who = escape(excerpt.publisher) + (gettext(", as it was cited") if changed else "")
    when, where = "", ""
    if excerpt.published:
        when = f' <time datetime="{escape(excerpt.published_iso)}">{escape(excerpt.published)}</time>'
    if excerpt.url:
        title = escape(excerpt.title or gettext("The article"))
        rel = 'rel="external noopener noreferrer nofollow" target="_blank"'
        where = f'<p class="from"><a href="{escape(excerpt.url)}" {rel}>{title}</a></p>'
    before, quote, after = map(escape, (excerpt.passage.before, excerpt.passage.quote, excerpt.passage.after))
    return (
        f"<figure><figcaption><b>{who}</b>{when}</figcaption>"
        f"<blockquote{tongue()}>{before}<mark>{quote}</mark>{after}</blockquote>{where}</figure>"
    )
