"""How figures and names of a brief are written on pages and in mails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from html import escape

from django import template
from django.utils.formats import get_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from briefings.coverage import short, web_address
from briefings.feedback.models import Signal
from briefings.feedback.taste import Learned
from briefings.feedback.telling import Named, called
from briefings.schemas import BriefDocument, Cost, Sentence, SourceRef
from briefings.topics.topic import Topic
from inference.costs import usd_at_2021_prices
from inference.money import usd as written_out
from users import taxonomy

register = template.Library()
register.filter("web_address", web_address)


def pointed(number: str) -> str:
    """A number as Python writes it, with the comma and the point of the language that is spoken."""
    return number.translate(_SWAPPED) if get_format("DECIMAL_SEPARATOR") == "," else number


_SWAPPED = str.maketrans(",.", ".,")


def grouped(number: Decimal | float, places: int = 0) -> str:
    """With so many places and thousands apart: "1,234.50", in German "1.234,50"."""
    return pointed(f"{number:,.{places}f}")


@register.filter
def usd(amount: str) -> str:
    """A decimal string of dollars with two digits that tell something: "$0.00041", "$4.27", "$0" for nothing."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return ""
    if value == 0:
        return "$0"
    places = 2 if value >= 1 else 1 - value.adjusted()
    return f"${grouped(value, places)}"


@register.simple_tag
def options(entries: Iterable[taxonomy.Role | taxonomy.Industry], chosen: str) -> SafeString:
    """A choice of roles or industries; here, as a loop over all of them took a twentieth of a brief's time."""
    return SafeString(
        "".join(
            f'<option value="{escape(one.slug)}"{" selected" * (one.slug == chosen)}>{escape(one.label)}</option>'
            for one in entries
        )
    )


POINTS = 2  # sentences of a lead, where a thin story has no takeaways


@register.filter
def points(document: BriefDocument) -> Sequence[Sentence]:
    """What an edition shows of a brief below its headline: the takeaways, or else how the lead begins."""
    return document.takeaways or document.lead[:POINTS]


@register.filter
def bearing(document: BriefDocument) -> Sequence[Sentence]:
    """What an edition shows of the lens: nothing where no model wrote it and it found nothing in the story to cite."""
    why = document.lens.why_it_matters if document.lens else ()
    found = document.writer == "model" or any(one.citations for one in why)
    return why if found else ()


@register.filter
def standing(sentences: Iterable[Sentence]) -> str:
    """What of them stands, as one paragraph: empty where all fell."""
    return " ".join(one.text for one in sentences if not one.struck)


@register.filter
def in_words(cost: Cost) -> str:
    """One line on what a brief or an edition cost, and would have cost otherwise; the amounts follow `usd`."""
    said = [f"{usd(cost.usd)}{_parts(cost)}."] if cost.models else [gettext("$0: no model was asked.")]
    if usd(cost.naive_usd) != "$0":
        words = gettext("A strong model reading the whole day for each reader would take {amount}.")
        said.append(words.format(amount=usd(cost.naive_usd)))
    if usd(cost.usd_at_2023_prices) != "$0":
        tokens = cost.tokens.input + cost.tokens.cached + cost.tokens.output + cost.tokens.reasoning
        at_2021 = usd(usd_at_2021_prices(tokens))
        words = gettext("The same tokens at the prices of 2023: {then}; of 2021: {before}.")
        said.append(words.format(then=usd(cost.usd_at_2023_prices), before=at_2021))
    return " ".join(said)


def _parts(cost: Cost) -> str:
    read, written = cost.tokens.input + cost.tokens.cached, cost.tokens.output + cost.tokens.reasoning
    shared, personal = usd(cost.shared_usd), usd(cost.personal_usd)
    if usd(cost.usd) == "$0":
        split = ""
    elif personal == "$0":
        split = gettext(", shared by all readers")
    else:
        split = gettext(", of it {shared} shared by all readers and {personal} for your part")
        split = split.format(shared=shared, personal=personal)
    tokens = gettext("{read} tokens read, {written} written").format(
        read=grouped(read), written=grouped(written)
    )
    return f"{split}; {tokens}"


@register.filter
def dollars(nano: int | None) -> str:
    """Nano-dollars in the same manner; a dash for an amount that does not exist."""
    return "–" if nano is None else usd(written_out(nano))


@register.filter
def exactly(nano: int) -> str:
    """Nano-dollars to the last digit: "$0.000412345"."""
    return f"${pointed(written_out(nano, 2))}"


@register.filter
def words(name: str) -> str:
    """A name of the ledger's as words: "fact_sheet" and "purpose:fact_sheet" both as "fact sheet"."""
    return name.removeprefix("purpose:").replace("_", " ")


@register.filter
def percent(part: int, whole: int) -> str:
    """A share such as "2.5 %"; a dash of nothing."""
    return f"{grouped(part * 100 / whole, 1)} %" if whole else "–"


@register.filter
def publishers(sources: Iterable[SourceRef], shown: int = 3) -> str:
    """The publishers by name, each once: "OpenAI, Reuters, Ars Technica and 2 more"."""
    names = list(dict.fromkeys(short(source.publisher) for source in sources))
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (gettext(" and {n} more").format(n=rest) if rest > 0 else "")


@register.filter
def label(named: Named | Learned | Signal) -> str:
    """What a reader is told more or less of, in the language that is spoken."""
    return called(named.kind, named.label)


@register.filter
def counted(number: float) -> int:
    """The number as grammar counts it: "0.5 items" are several."""
    return int(number) if number == int(number) else 2


@register.filter
def mark_label(mark: str) -> str:
    """What has become of a brief, as its label says it."""
    return {"corrected": gettext("Corrected"), "withdrawn": gettext("Withdrawn")}[mark]


@register.filter
def topic_label(topic: Topic) -> str:
    """How a topic is named: a concern in the language that is spoken, anything else as its stories name it."""
    return called(topic.kind, topic.name)


@register.filter
def role_title(slug: str) -> str:
    found = taxonomy.roles().get(slug)
    return found.label if found else slug


@register.filter
def industry_title(slug: str) -> str:
    found = taxonomy.industries().get(slug)
    return found.label if found else slug
