"""Topics: what was told of a company, model, person or concern over time, and following it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Status

from briefings.api.asked import limit, reader_of
from briefings.api.pages import LONGEST_CURSOR, Page
from briefings.api.problems import Problem, not_found
from briefings.api.schema import may_answer
from briefings.schemas import Shape
from briefings.topics import follow as following
from briefings.topics import pages
from briefings.topics.pages import Entry, Told
from briefings.topics.topic import Topic
from users.models import Profile, User
from users.zones import zone_of

router = Router(tags=["topics"])
Slug = Annotated[str, Path(pattern=r"^[^\s/?#%]{1,80}$", description="a topic's `slug`", examples=["openai"])]
Cursor = Annotated[str, Query(max_length=LONGEST_CURSOR, description="`next` of the page before")]


class TopicRef(Shape):
    slug: str
    name: str
    kind: Literal["name", "model", "person", "concern"]


class TopicDocument(TopicRef):
    """A topic with how many stories tell of it, and on which date (the reader's) the latest does."""

    stories: int
    last: date


class TopicEntry(Shape):
    """A story of a topic. `brief` is the reader's latest of it, empty where no edition of theirs had it: then `url` is
    where its first article is. `private`: told by the reader's own sources alone. A `struck` headline stands no longer.
    """

    story: str
    headline: str
    date: date
    at: datetime
    origins: int
    update: bool
    private: bool
    sample: bool
    brief: str
    struck: bool
    url: str
    publisher: str


class TopicPage(TopicRef):
    """`stories` in all, `since` that date; `next` is the cursor of the page after this one, null on the last."""

    stories: int
    since: date
    followed: bool
    items: tuple[TopicEntry, ...]
    next: str | None


@router.get("", response=Page[TopicDocument], operation_id="list_topics")
def list_topics(request: HttpRequest) -> Page[TopicDocument]:
    """The topics that most stories of the last thirty days tell of, the most told first; all on one page."""
    reader = reader_of(request)
    return Page(items=list(map(_listed, pages.lately(reader, timezone.now(), zone_of(reader)))))


@router.get("/{slug}", response=TopicPage, operation_id="topic")
def topic(request: HttpRequest, slug: Slug, cursor: Cursor = "") -> TopicPage:
    """The stories that tell of the topic, the latest first. However it is spelled, it is told by its own `slug`."""
    reader = reader_of(request)
    found = _topic(reader, slug)
    page = pages.page(reader, found, zone_of(reader), cursor)
    profile: Profile | None = getattr(reader, "profile", None)
    return TopicPage.model_validate(
        {
            **_named(found),
            "stories": page.stories,
            "since": page.since,
            "followed": profile is not None and following.follows(profile.interests, found.key),
            "items": tuple(map(_entry, page.entries)),
            "next": page.older or None,
        }
    )


@router.put(
    "/{slug}/follow", response={204: None}, operation_id="follow_topic", openapi_extra=may_answer(409)
)
def follow_topic(request: HttpRequest, slug: Slug) -> Status[None]:
    """Put the topic among the reader's interests."""
    limit(request, "api-profile")
    reader = reader_of(request)
    found = _topic(reader, slug)
    if getattr(reader, "profile", None) is None:
        raise Problem("no_profile")
    try:
        following.follow(reader, found.name)
    except following.NoRoom as error:
        raise Problem("no_room", str(error)) from None
    return Status(204, None)


@router.delete("/{slug}/follow", response={204: None}, operation_id="unfollow_topic")
def unfollow_topic(request: HttpRequest, slug: Slug) -> Status[None]:
    """Take it from among them."""
    limit(request, "api-profile")
    reader = reader_of(request)
    following.unfollow(reader, _topic(reader, slug).key)
    return Status(204, None)


def _topic(reader: User, slug: str) -> Topic:
    found = pages.topic(reader, slug)
    if found is None:
        raise not_found()
    return found


def _named(one: Topic) -> dict[str, str]:
    return {"slug": one.slug, "name": one.name, "kind": one.kind}


def _listed(one: Told) -> TopicDocument:
    return TopicDocument.model_validate({**_named(one.topic), "stories": one.stories, "last": one.last})


def _entry(one: Entry) -> TopicEntry:
    return TopicEntry(
        story=one.story,
        headline=one.headline,
        date=one.day,
        at=one.at,
        origins=one.origins,
        update=one.update,
        private=one.private,
        sample=one.sample,
        brief=one.brief,
        struck=one.struck,
        url=one.url,
        publisher=one.publisher,
    )
