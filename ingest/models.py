"""Sources, their articles in passages, and the stories the articles tell."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone
from pgvector.django import VectorField

from ingest.scope import Scope
from ingest.work import Work, resting


class Kind(models.TextChoices):
    LAB = "lab"
    NEWSROOM = "newsroom"
    NEWSLETTER = "newsletter"
    RESEARCH = "research"
    POLICY = "policy"
    HARDWARE = "hardware"
    COMMUNITY = "community"


class Source(Work):
    """A feed we read. Its work row is the next look at the feed; `error` is the last failure in plain words."""

    url = models.CharField(max_length=2000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sources",
        help_text="the reader who added it, and alone sees what comes from it",
    )
    title = models.CharField(max_length=300, blank=True)
    site_url = models.CharField(max_length=2000, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.NEWSROOM)
    language = models.CharField(max_length=12, default="en")
    primary = models.BooleanField(default=False, help_text="speaks for the organisation the news is about")
    authority = models.FloatField(default=0.5, help_text="0 to 1, weighs in the ranking")
    any_topic = models.BooleanField(default=False, help_text="its items skip the AI-relevance gate")
    sample = models.BooleanField(
        default=False, help_text="bundled with Nutgraf, shown until real news arrive"
    )
    enabled = models.BooleanField(default=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    last_checked_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="failed looks in a row")
    publishes_every = models.DurationField(
        null=True, blank=True, help_text="mean time between its latest entries"
    )
    newest_at = models.DateTimeField(null=True, blank=True, help_text="when its newest entry was published")
    ttl = models.PositiveIntegerField(null=True, blank=True, help_text="minutes it asks not to be read again")
    skip_hours = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=[], blank=True)
    skip_days = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=[], blank=True)
    moved_to = models.CharField(
        max_length=2000, blank=True, db_default="", help_text="where it redirects for good, it says"
    )
    moved_since = models.DateTimeField(null=True, blank=True)
    moved_looks = models.PositiveIntegerField(
        default=0, db_default=0, help_text="looks in a row that were led there"
    )
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="when its owner, or the operator, was told that it cannot be read"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="source_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["last_checked_at"],
                name="source_checked",
                condition=models.Q(last_checked_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["url"], condition=models.Q(owner=None), name="one_source_for_everybody"
            ),
            models.UniqueConstraint(fields=["owner", "url"], name="one_source_per_owner"),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def scope(self) -> Scope:
        """What its articles may be compared with."""
        return Scope(self.sample, self.owner_id)


def place_again(collector: Any, field: Any, articles: Any, using: str) -> None:
    """What happens to the articles of a story, and to the copies of an original, that is deleted: they are placed anew.

    (For `on_delete`.)
    """
    model = articles.model
    collector.add_field_update(model._meta.get_field("stage"), Stage.READ.value, articles)
    collector.add_field_update(model._meta.get_field("due_at"), Now(), articles)
    collector.add_field_update(field, None, articles)


class Stage(models.TextChoices):
    """How far an article has come. Every article rests in the last four; none is lost between."""

    NEW = "new"  # saved from the feed, its page not read yet
    READ = "read"  # text and passages final, not yet placed
    PLACED = "placed"  # part of a story
    OFF_TOPIC = "off_topic"  # the relevance gate said no; `relevance_reason` says why
    COPY = "copy"  # the same item through another source or link; `duplicate_of` names the one that counts
    FORGOTTEN = "forgotten"  # old: only what its feed calls it is kept (`ingest.forget`)


class Article(Work):
    """One item of a source.

    `text` starts with the title, so a headline can be cited like any sentence; offsets everywhere count
    characters of `text`. `happened_at` is the publication date where plausible (not after it was first seen),
    else `first_seen`.
    """

    # Found through the unique constraint, which begins with it.
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="articles", db_index=False)
    identity = models.CharField(max_length=64, help_text="hash of guid, else canonical link, else content")
    guid = models.TextField(blank=True)
    url = models.TextField(blank=True)
    canonical_url = models.TextField(blank=True)
    title = models.TextField()
    author = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="what the feed claims")
    first_seen = models.DateTimeField(default=timezone.now)
    happened_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    feed_text = models.TextField(blank=True, help_text="what the feed itself carried, as plain text")
    text = models.TextField(blank=True)
    characters = models.PositiveIntegerField(
        null=True, blank=True, help_text="of the text that was forgotten"
    )
    text_from_page = models.BooleanField(default=False)
    page_error = models.TextField(blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.NEW)
    relevance = models.FloatField(null=True, blank=True)
    relevance_reason = models.CharField(max_length=300, blank=True)
    embedder = models.CharField(max_length=80, blank=True)
    vector = VectorField(null=True, blank=True)
    bands = ArrayField(models.BigIntegerField(), default=list, blank=True)
    marks = ArrayField(
        models.IntegerField(), default=list, db_default=RawSQL("'{}'::integer[]", []), blank=True
    )
    addressing = models.PositiveIntegerField(
        default=0, db_default=0, help_text="passages that speak to a model: no brief rests on them"
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=place_again, related_name="copies"
    )
    story = models.ForeignKey("Story", null=True, blank=True, on_delete=place_again, related_name="articles")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "identity"], name="one_article_per_source_and_identity"
            ),
            models.CheckConstraint(
                condition=~models.Q(stage=Stage.PLACED) | models.Q(story__isnull=False),
                name="placed_has_story",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="article_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["id"], name="article_resting", condition=resting()),
            models.Index(fields=["happened_at"], name="article_happened"),
            # What may be forgotten though no story has it: without, each look would go through all that is forgotten.
            models.Index(
                fields=["happened_at", "id"],
                name="article_loose",
                condition=models.Q(story=None, due_at=None) & ~models.Q(stage="forgotten"),
            ),
            models.Index(fields=["canonical_url"], name="article_canonical_url"),
            models.Index(fields=["content_hash"], name="article_content_hash"),
            # Without the list of pending entries, which every search would read through.
            GinIndex(fields=["marks"], name="article_marks", fastupdate=False),
            GinIndex(fields=["bands"], name="article_bands", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title


class Robots(models.Model):
    """What is known of the robots.txt of an origin (scheme, host and port); `ingest/robots.py` says what it means."""

    origin = models.CharField(primary_key=True, max_length=300)
    body = models.BinaryField(default=bytes, help_text="the last answer; empty when there is none")
    answered_at = models.DateTimeField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True, help_text="since when no answer comes")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "robots"

    def __str__(self) -> str:
        return self.origin


class PageRetry(Work):
    """A page that could not be read and is tried again later; gone once it was read or given up."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="retry")
    tries = models.PositiveSmallIntegerField(default=1, help_text="how often it could not be read")

    class Meta:
        verbose_name_plural = "page retries"
        indexes = [models.Index(fields=["due_at"], name="page_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.article_id} after {self.tries} tries"


class Passage(models.Model):
    """A paragraph-sized span of an article's text: `article.text[start:end]`. Number 0 is the title."""

    # Its unique constraint finds an article's passages as well: a second index would only be written.
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="passages", db_index=False)
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_passage_per_number"),
            models.CheckConstraint(condition=models.Q(start__lt=models.F("end")), name="passage_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}:{self.number}"


class Revision(models.Model):
    """An earlier text of an article, kept so that what was cited can still be shown."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    title = models.TextField()
    text = models.TextField()
    from_page = models.BooleanField(null=True, help_text="whether its page had told it; unknown of old ones")
    replaced_at = models.DateTimeField(default=timezone.now)
    told = models.BooleanField(
        default=False, db_default=False, help_text="what cites it is to be verified again since"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_revision_per_number")]
        indexes = [models.Index(fields=["id"], name="revision_untold", condition=models.Q(told=False))]

    def __str__(self) -> str:
        return f"{self.article_id} revision {self.number}"


def public_id() -> str:
    return uuid.uuid4().hex[:16]


class Story(models.Model):
    """The articles about one event. `happened_at` to `last_at` spans them; `origins` counts independent ones."""

    id = models.CharField(primary_key=True, max_length=16, default=public_id, editable=False)
    title = models.TextField()
    first_seen = models.DateTimeField(default=timezone.now)
    happened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="grows when something material is new")
    origins = models.PositiveIntegerField(default=1)
    pickup = models.PositiveIntegerField(
        default=1, db_default=1, help_text="origins within a day of the first"
    )
    authority = models.FloatField(default=0, db_default=0, help_text="of its best source, 0 to 1")
    primary = models.BooleanField(default=False, db_default=False, help_text="told by who the news is about")
    novelty = models.FloatField(
        default=1, db_default=1, help_text="0 to 1, against the stories of the 30 days before"
    )
    score = models.FloatField(default=0, help_text="importance before any reader is considered")
    embedder = models.CharField(max_length=80, blank=True)
    vector = VectorField(null=True, blank=True)
    sample = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="stories",
        help_text="the reader whose own sources tell it",
    )

    class Meta:
        verbose_name_plural = "stories"
        indexes = [
            models.Index(fields=["last_at"], name="story_last_at"),
            models.Index(fields=["happened_at"], name="story_happened"),
        ]

    def __str__(self) -> str:
        return self.title


class Split(models.Model):
    """A correction by hand: these two articles tell of different events, whatever their words say."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="splits")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="one_split_per_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} apart from {self.other_id}"
