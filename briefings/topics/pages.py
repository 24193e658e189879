"""What a reader sees of topics: by everybody's stories and those of their own sources. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Length

from briefings import coverage, read
from briefings.models import EditionItem, State
from briefings.read import Reading
from briefings.topics import spelling
from briefings.topics.models import StoryTopic
from briefings.topics.topic import Topic
from ingest.models import Article, Stage, Story
from ingest.scope import PUBLIC, SAMPLE, Scope
from users.models import User
from users.prepared import answer

LEAST = 2  # stories that make a page
A_PAGE = 30
LATELY = timedelta(days=30)
MOST_TOLD = 60
SHORT = 5  # topics named below a story

# Those of some stories' topics of which another story tells that `seen_by` lets the reader see. Every page asks this,
# and putting it together from querysets took a quarter of a brief's time.
_WITH_A_PAGE = """
    SELECT t.story_id, t.key, t.name, t.kind FROM briefings_storytopic t
    WHERE t.story_id = ANY(%(stories)s) AND EXISTS (
        SELECT FROM briefings_storytopic other JOIN ingest_story s ON s.id = other.story_id
        WHERE other.key = t.key AND other.story_id <> t.story_id AND CASE
            WHEN NOT s.sample THEN s.owner_id IS NULL OR s.owner_id = %(reader)s
            ELSE s.owner_id IS NULL AND EXISTS (
                SELECT FROM briefings_brief b
                JOIN briefings_editionitem i ON i.brief_id = b.id JOIN briefings_edition e ON e.id = i.edition_id
                WHERE b.story_id = s.id AND e.reader_id = %(reader)s AND e.state = %(ready)s)
        END)
    ORDER BY t.rank
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A topic with how many stories tell of it, and on which local date the latest does."""

    topic: Topic
    stories: int
    last: date


@dataclass(frozen=True, slots=True)
class Entry:
    """A story of a topic. `brief` is the reader's latest of it, empty where no edition of theirs had it: then `url` is
    where its first article is. `update`: news was added to it since it was first told.
    """

    story: str
    headline: str
    day: date
    at: datetime
    origins: int
    update: bool
    private: bool
    sample: bool
    brief: str = ""
    struck: bool = False
    url: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class TopicPage:
    """`stories` in all `since` that local date; `older` is the cursor of the next page, empty on the last."""

    topic: Topic
    stories: int
    since: date
    entries: tuple[Entry, ...]
    older: str


def seen_by(user: User) -> QuerySet[Story]:
    """Everybody's stories, those of the reader's own sources, and of the sample's those that they had."""
    had = EditionItem.objects.filter(
        edition__reader=user, edition__state=State.READY, brief__story=OuterRef("pk")
    )
    mine = PUBLIC.stories() | Scope(owner=user.pk).stories()
    return Story.objects.filter(mine | (SAMPLE.stories() & Q(Exists(had))))


def with_topics(user: User, readings: Sequence[Reading]) -> list[Reading]:
    """The readings with those of their stories' topics that have a page for this reader; one query."""
    stories = [one.document.story.id for one in readings]
    found: dict[str, list[Topic]] = {story: [] for story in stories}
    asked = {"stories": stories, "reader": user.pk, "ready": State.READY.value}
    for story, key, name, kind in answer(_WITH_A_PAGE, asked):
        found[story].append(Topic(key, name, kind))
    return [replace(one, topics=tuple(found[one.document.story.id][:SHORT])) for one in readings]


def topic(user: User, slug: str) -> Topic | None:
    """The topic of that address, named as most of its stories do; None where fewer than two tell this reader of it."""
    key = spelling.key(slug)
    names = _named(user, [key]) if key else {}
    return names[key][0] if key in names and names[key][1] >= LEAST else None


def page(user: User, asked: Topic, zone: ZoneInfo, after: str = "") -> TopicPage:
    """The stories that tell of it, the latest first, from the cursor on; one that makes no sense is the beginning."""
    stories = seen_by(user).filter(topics__key=asked.key)
    whole = stories.aggregate(stories=Count("pk"), since=Min("happened_at"))
    rows = list(_after(stories, after).order_by("-last_at", "-pk")[: A_PAGE + 1])
    shown = rows[:A_PAGE]
    entries = tuple(_entries(user, shown, zone))
    older = (
        f"{shown[-1].last_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}_{shown[-1].pk}" if len(rows) > A_PAGE else ""
    )
    since = (whole["since"] or datetime.now(UTC)).astimezone(zone).date()
    return TopicPage(asked, whole["stories"], since, entries, older)


def lately(user: User, now: datetime, zone: ZoneInfo) -> list[Told]:
    """The topics that most stories of the last 30 days tell of, the most told first."""
    recent = seen_by(user).filter(last_at__gt=now - LATELY, last_at__lte=now)
    told = StoryTopic.objects.filter(story__in=recent).order_by().values("key")
    rows = told.annotate(stories=Count("pk"), last=Max("story__last_at")).filter(stories__gte=LEAST)
    top = list(rows.order_by("-stories", "-last", "key")[:MOST_TOLD])
    names = _named(user, [row["key"] for row in top])
    return [
        Told(names[row["key"]][0], row["stories"], row["last"].astimezone(zone).date())
        for row in top
        if row["key"] in names
    ]


def _named(user: User, keys: Collection[str]) -> Mapping[str, tuple[Topic, int]]:
    """Each topic by the name that most of its stories use, and how many stories there are."""
    rows = StoryTopic.objects.filter(key__in=keys, story__in=seen_by(user)).order_by()
    spelled = (
        rows.values("key", "name", "kind")
        .annotate(often=Count("pk"))
        .order_by("-often", Length("name"), "name", "kind")
    )
    found: dict[str, tuple[Topic, int]] = {}
    for row in spelled:
        first, count = found.get(row["key"], (Topic(row["key"], row["name"], row["kind"]), 0))
        found[row["key"]] = (first, count + row["often"])
    return found


def _after(stories: QuerySet[Story], cursor: str) -> QuerySet[Story]:
    moment, _, pk = cursor.partition("_")
    try:
        at = datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return stories
    if "\0" in pk:  # the database has no such text
        return stories
    return stories.filter(Q(last_at__lt=at) | Q(last_at=at, pk__lt=pk))


def _entries(user: User, stories: Sequence[Story], zone: ZoneInfo) -> list[Entry]:
    briefs, articles = _briefs(user, stories), _articles(stories)
    fallen = read.fallen_headlines(brief for brief, _ in briefs.values())
    found = []
    for story in stories:
        brief, headline = briefs.get(story.pk, ("", ""))
        article = articles.get(story.pk)
        found.append(
            Entry(
                story=story.pk,
                headline=headline or story.title,
                day=story.last_at.astimezone(zone).date(),
                at=story.last_at,
                origins=story.origins,
                update=story.version > 1,
                private=story.owner_id is not None,
                sample=story.sample,
                brief=brief,
                struck=brief in fallen,
                url=coverage.web_address(article.url) if article else "",
                publisher=coverage.publisher(article) if article else "",
            )
        )
    return found


def _briefs(user: User, stories: Sequence[Story]) -> dict[str, tuple[str, str]]:
    """By story the latest brief of it that an edition of the reader's had, with its headline."""
    headline = KeyTextTransform("text", KeyTextTransform("headline", "brief__body"))
    items = EditionItem.objects.filter(
        edition__reader=user,
        edition__state=State.READY,
        brief__state=State.READY,
        brief__story__in=[story.pk for story in stories],
    ).order_by("edition__local_date", "-rank")
    rows = items.annotate(headline=headline, story=F("brief__story"))
    return {story: (brief, said) for story, brief, said in rows.values_list("story", "brief", "headline")}


def _articles(stories: Sequence[Story]) -> dict[str, Article]:
    """By story the article that it has its title from, else one of its others."""
    titles = {story.pk: story.title for story in stories}
    rows = Article.objects.filter(story__in=titles, stage=Stage.PLACED).select_related("source")
    rows = rows.only("title", "url", "story", "source__title", "source__url").order_by("-happened_at", "-pk")
    found: dict[str, Article] = {}
    for row in rows:
        story = row.story_id or ""
        if story not in found or row.title == titles[story]:
            found[story] = row
    return found
