"""Renders a stored edition as a mail: the same documents as the pages show, HTML and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from briefings import read, spent
from briefings.feedback import learn
from briefings.feedback.taste import Learned
from briefings.models import Edition
from briefings.schemas import BriefDocument, NoticeDocument, without_markup
from briefings.templatetags import briefs
from briefings.web.page import BriefPage, Line, brief_page, cited_articles
from ingest.health import Health

SUBJECT = 150  # characters; mail programs show fewer
PREHEADER = 140
ASKS = 2  # questions of each story that one may go on with


@dataclass(frozen=True, slots=True)
class Mail:
    """`subject` is one line of plain text; `html` needs nothing from outside."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Short:
    """`subject` as the mail has it, and in a few `words` how much there is to read; plain text on one line each."""

    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A text with the absolute address that shows more of it; `label` names whose words support a sentence."""

    text: str
    url: str
    label: str = ""
    struck: bool = False


@dataclass(frozen=True, slots=True)
class MailStory:
    """`out` is what the reader said since that keeps the story out: as on the page only its headline is shown."""

    reading: read.Reading
    url: str
    points: tuple[Linked, ...]
    lens: tuple[Linked, ...]
    asks: tuple[Linked, ...]
    out: Learned | None = None


def render(
    edition: Edition, unsubscribe_url: str, unread: Sequence[Health] = (), preferences_url: str = ""
) -> Mail:
    """The digest of a ready edition. The two addresses are absolute and carry the reader's token.

    `unread` are sources of the reader's own that the reader is to be told of.
    """
    readings, notices = read.edition_readings(edition), read.edition_notices(edition)
    stances = _stances(edition, readings)
    wanted = _wanted(readings, stances)
    context = {
        "edition": edition,
        "readings": readings,
        "stories": [
            replace(_story(reading), out=stance.out)
            for reading, stance in zip(readings, stances, strict=True)
        ],
        "notices": notices,
        "unread": unread,
        "site": settings.NUTGRAF_URL,
        "unsubscribe_url": unsubscribe_url,
        "preferences_url": preferences_url,
        "preheader": _short(_preheader(wanted or readings, notices), PREHEADER),
        "minutes": sum(reading.minutes for reading in readings),
        "cost": spent.together([reading.document.cost for reading in readings]),
        "extractive": any(reading.document.writer == "extractive" for reading in readings),
    }
    html = render_to_string("emails/digest.html", context)
    return Mail(
        subject=_subject(edition, wanted or readings),
        text=render_to_string("emails/digest.txt", context),
        html=css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(html),
    )


def in_short(edition: Edition) -> Short:
    """The digest in two lines, for where there is no more room."""
    readings = read.edition_readings(edition)
    wanted = _wanted(readings, _stances(edition, readings))
    minutes, count = sum(reading.minutes for reading in wanted), len(wanted)
    if count:
        said = ngettext("One story, {minutes} min", "{stories} stories, {minutes} min", count)
        words = said.format(stories=count, minutes=minutes)
    else:
        words = _preheader([], read.edition_notices(edition))
    return Short(_subject(edition, wanted or readings), words)


def _stances(edition: Edition, readings: Sequence[read.Reading]) -> Sequence[learn.Stance]:
    """What the reader said since of each story."""
    return learn.stances([reading.document for reading in readings], learn.signals_of(edition.reader_id))


def _wanted(readings: Sequence[read.Reading], stances: Sequence[learn.Stance]) -> list[read.Reading]:
    return [reading for reading, stance in zip(readings, stances, strict=True) if not stance.out]


def _story(reading: read.Reading) -> MailStory:
    document = reading.document
    cited = read.cited(reading.revisions, cited_articles(document))
    page = brief_page(document, cited, reading.gone)
    brief = settings.NUTGRAF_URL + reverse("brief", args=[document.id])
    points = page.takeaways or page.lead[: len(briefs.points(document))]
    asks = [
        Linked(one, f"{brief}?{urlencode({'ask': one})}#conversation") for one in document.follow_ups[:ASKS]
    ]
    return MailStory(
        reading=reading,
        url=brief,
        points=tuple(_linked(line, document.id, brief) for line in points),
        lens=tuple(_linked(line, document.id, brief) for line in _bearing(page, document)),
        asks=tuple(asks),
    )


def _bearing(page: BriefPage, document: BriefDocument) -> list[Line]:
    return [line for line in page.lens.why_it_matters if briefs.bearing(document) and not line.struck]


def _linked(line: Line, brief: str, url: str) -> Linked:
    """The sentence with the address of what supports it."""
    mark = settings.NUTGRAF_URL + reverse("evidence", args=[brief, line.mark]) if line.mark else url
    return Linked(line.text, mark, line.label, line.struck)


def _subject(edition: Edition, readings: list[read.Reading]) -> str:
    day = date_format(edition.local_date, gettext("j F"))
    if not readings and edition.round_up:
        return gettext("A quiet week in AI, to {day}").format(day=day)
    if not readings:
        return gettext("A quiet day in AI, {day}").format(day=day)
    standing = [one.document.headline for one in readings if not one.document.headline.struck]
    return _short(standing[0].text, SUBJECT) if standing else gettext("Your edition of {day}").format(day=day)


def _preheader(readings: Sequence[read.Reading], notices: Sequence[NoticeDocument]) -> str:
    if not readings and notices:
        return _corrected(notices[0])
    if not readings:
        return gettext("Nothing was worth your time.")
    said = [one for reading in readings for one in (*reading.document.takeaways, reading.document.headline)]
    return next((one.text for one in said if not one.struck), gettext("A source has corrected what it told."))


def _corrected(notice: NoticeDocument) -> str:
    fell = any(one.where == "headline" for one in notice.struck)
    return (
        without_markup(notice.headline, True)
        if fell
        else gettext("Corrected: {headline}").format(headline=notice.headline)
    )


def _short(text: str, limit: int) -> str:
    # One line whatever a source put into its headline: a line break would end the mail's header.
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[:limit].rpartition(" ")[0] + " …"
