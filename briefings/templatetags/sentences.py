"""Sentences of a brief with the marker that opens their evidence, and the passages behind it, as HTML.

Written here and not in templates: a brief has some fifty of each, and including a template for every one of them took
two thirds of the page's time, `format_html` half of the rest. So every text goes through `escape` by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from html import escape

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from briefings.templatetags.tongue import tongue
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
    return SafeString(_marker(line, here, own, _words()))


@register.simple_tag
def sentences(lines: Iterable[Line], here: str, own: object = "") -> SafeString:
    """The sentences one after the other, each with its marker."""
    words = _words()
    spans = (
        f'<span class="sentence">{_told(line)}{_marker(line, here, own, words)}</span>' for line in lines
    )
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

    def make() -> str:
        words = _words()
        return "".join(_aside(one, here, own, "", words) for one in page.of_brief)

    return _once(page, ("", here, own, current()), make)


def _once(page: BriefPage, what: Hashable, make: Callable[[], str]) -> SafeString:
    if what not in page.html:
        page.html[what] = SafeString(make())
    return page.html[what]


@register.simple_tag
def passages(one: Evidence) -> SafeString:
    """Each passage that is cited, the quotation marked, with its publisher, time (UTC) and article."""
    return SafeString(_passages(one, _words()))


@register.simple_tag
def aside(one: Evidence, here: str, own: object = "", of: str = "") -> SafeString:
    """What a sentence's marker opens: the sentence and its passages, and what has become of them where they changed.

    `here` is the address of the brief's page; on a reader's `own` page it links to more of the text. `of`: see
    `says`.
    """
    return SafeString(_aside(one, here, own, of, _words()))


def says(of: str, *, fell: bool) -> str:
    """What stands before a claim: `of` names an "answer", or else it is the brief's."""
    return _words().says[of == "answer", fell]


@dataclass(frozen=True, slots=True)
class _Words:
    """What we say ourselves around each sentence, in one language; `tongue` is the attribute of what we do not say."""

    tongue: str
    source: str
    of_sentence: str
    cited: str
    article: str
    more: str
    report: str
    close: str
    says: dict[tuple[bool, bool], str]  # whether an answer does, and whether it fell


def _words() -> _Words:
    return _words_in(current())


@cache
def _words_in(language: str) -> _Words:
    """In the `language` that is spoken just now; looked up once, as a page has hundreds of them."""
    return _Words(
        tongue=tongue(),
        source=gettext("Source: {name}"),
        of_sentence=gettext("Source of this sentence"),
        cited=gettext(", as it was cited"),
        article=gettext("The article"),
        more=gettext("More of the text"),
        report=gettext("Report this sentence"),
        close=gettext("Close"),
        says={
            (True, True): gettext("The answer said"),
            (True, False): gettext("The answer says"),
            (False, True): gettext("The brief said"),
            (False, False): gettext("The brief says"),
        },
    )


def _told(line: Line) -> str:
    text = escape(line.text)
    return f"<s>{text}</s>" if line.struck else text


def _marker(line: Line, here: str, own: object, words: _Words) -> str:
    if not line.mark:
        return ""
    mark, label = escape(line.mark), escape(line.label)
    button = (
        f'&nbsp;<button type="button" class="cite" popovertarget="evidence-{mark}" '
        f'aria-label="{words.source.format(name=label)}">{label}</button>'
    )
    instead = f'<a class="cite instead" href="{escape(here)}evidence/{mark}/">{label}</a>' if own else ""
    return button + instead


def _aside(one: Evidence, here: str, own: object, of: str, words: _Words) -> str:
    mark, claim, fell = escape(one.mark), escape(one.claim), one.change is not None
    if fell:
        said = f"<s{words.tongue}>{claim}</s>"
        shown: str = render_to_string("briefings/_excerpts.html", {"one": one})
    else:
        said = f"<span{words.tongue}>{claim}</span>" if words.tongue else claim
        shown = _passages(one, words)
    page = f"{escape(here)}evidence/{mark}/"
    more = f'<a href="{page}">{words.more}</a>' if own else ""
    if own and not fell:
        more += (
            f'<a href="{page}#report" hx-get="{page}report/" hx-trigger="click once" hx-target="closest p" '
            f'hx-swap="beforebegin">{words.report}</a>'
        )
    return (
        f'<aside id="evidence-{mark}" class="evidence" popover aria-label="{words.of_sentence}">'
        f'<p class="claim"><b>{words.says[of == "answer", fell]}</b> {said}</p>{shown}'
        f'<p class="actions">{more}<button type="button" class="plain" '
        f'popovertarget="evidence-{mark}" popovertargetaction="hide">{words.close}</button></p></aside>\n'
    )


def _passages(one: Evidence, words: _Words) -> str:
    return "".join(_passage(excerpt, one.change is not None, words) for excerpt in one.excerpts)


def _passage(excerpt: Excerpt, changed: bool, words: _Words) -> str:
    who = escape(excerpt.publisher) + (words.cited if changed else "")
    when, where = "", ""
    if excerpt.published:
        when = f' <time datetime="{escape(excerpt.published_iso)}">{escape(excerpt.published)}</time>'
    if excerpt.url:
        title = escape(excerpt.title or words.article)
        rel = 'rel="external noopener noreferrer nofollow" target="_blank"'
        where = f'<p class="from"><a href="{escape(excerpt.url)}" {rel}>{title}</a></p>'
    before, quote, after = map(escape, (excerpt.passage.before, excerpt.passage.quote, excerpt.passage.after))
    return (
        f"<figure><figcaption><b>{who}</b>{when}</figcaption>"
        f"<blockquote{words.tongue}>{before}<mark>{quote}</mark>{after}</blockquote>{where}</figure>"
    )
