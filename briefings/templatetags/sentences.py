"""Sentences of a brief with the marker that opens their evidence, and the passages behind it, as HTML.

Written here and not in templates: a brief has some fifty of each, and including a template for every one of them took
two thirds of the page's time. All text goes through `format_html`, which escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from briefings.web.page import Block, Evidence, Excerpt, Line

register = template.Library()
NOTHING = SafeString("")


@register.simple_tag
def told(line: Line) -> SafeString:
    """The sentence's text, struck through where it stands no longer."""
    return format_html("<s>{}</s>" if line.struck else "{}", line.text)


@register.simple_tag
def heading(block: Block) -> SafeString:
    """What stands above the answer or the claims, struck through where it stands no longer."""
    return format_html("<s>{}</s>" if block.struck else "{}", block.heading)


@register.simple_tag
def marker(line: Line, here: str, own: object = "") -> SafeString:
    """The button that opens the sentence's evidence; on a reader's `own` page also a link, for want of a script.

    `here` is the address of the brief's page.
    """
    if not line.mark:
        return NOTHING
    button = format_html(
        '&nbsp;<button type="button" class="cite" popovertarget="evidence-{}" aria-label="Source: {}">{}</button>',
        line.mark,
        line.label,
        line.label,
    )
    if not own:
        return button
    instead = format_html('<a class="cite instead" href="{}evidence/{}/">{}</a>', here, line.mark, line.label)
    return SafeString(button + instead)


@register.simple_tag
def sentences(lines: Iterable[Line], here: str, own: object = "") -> SafeString:
    """The sentences one after the other, each with its marker."""
    pairs = ((told(line), marker(line, here, own)) for line in lines)
    return format_html_join(" ", '<span class="sentence">{}{}</span>', pairs)


@register.simple_tag
def passages(one: Evidence) -> SafeString:
    """Each passage that is cited, the quotation marked, with its publisher, time (UTC) and article."""
    return SafeString("".join(_passage(excerpt, changed=one.change is not None) for excerpt in one.excerpts))


def _passage(excerpt: Excerpt, *, changed: bool) -> SafeString:
    when, where = NOTHING, NOTHING
    if excerpt.published:
        when = format_html(' <time datetime="{}">{}</time>', excerpt.published_iso, excerpt.published)
    if excerpt.url:
        where = format_html(
            '<p class="from"><a href="{}" rel="external noopener noreferrer nofollow" target="_blank">{}</a></p>',
            excerpt.url,
            excerpt.title or "The article",
        )
    return format_html(
        "<figure><figcaption><b>{}{}</b>{}</figcaption>"
        "<blockquote>{}<mark>{}</mark>{}</blockquote>{}</figure>",
        excerpt.publisher,
        ", as it was cited" if changed else "",
        when,
        excerpt.passage.before,
        excerpt.passage.quote,
        excerpt.passage.after,
        where,
    )
