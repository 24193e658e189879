"""What is written, sent and kept: briefs and their corrections, lenses, editions, deliveries; shares, feeds, saved."""

from __future__ import annotations

from datetime import UTC, datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from briefings.changing import Changing, leaves_tombstone, lifts_tombstone, marks_change
from briefings.changing import Tombstone as Tombstone
from briefings.converse.models import AnswerSentence as AnswerSentence
from briefings.converse.models import Conversation as Conversation
from briefings.converse.models import Turn as Turn
from briefings.feedback.models import Opened as Opened
from briefings.mail_models import Delivery as Delivery
from briefings.mail_models import Letter as Letter
from briefings.mail_models import MailDoor as MailDoor
from briefings.mail_models import NoteFolder as NoteFolder
from briefings.push.models import PushDelivery as PushDelivery
from briefings.push.models import PushSubscription as PushSubscription
from briefings.share_models import GoneShare as GoneShare
from briefings.share_models import PrivateFeed as PrivateFeed
from briefings.share_models import Share as Share
from briefings.topics.models import StoryTopic as StoryTopic
from briefings.topics.models import TopicsRead as TopicsRead
from ingest.models import Article, Story, public_id
from ingest.work import Work, resting

NOT_KNOWN = datetime(2000, 1, 1, tzinfo=UTC)  # of a mail's hour: the next sweep finds it


class State(models.TextChoices):
    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class Writer(models.TextChoices):
    MODEL = "model"
    EXTRACTIVE = "extractive"


class Brief(Work):
    """The verified write-up of one story version, written once and shared by all readers.

    `articles` is what the version consists of ([[article id, revision], ...] by article id) and `fingerprint` its
    hash: the same story as it stood on another date is another version. `body` is the document's shared part
    (`briefings.schemas.BriefBody`); a ready brief has been verified, which the database enforces. The work of one that
    is queued is to be written, of one that is ready to be verified again.
    """

    id = models.CharField(primary_key=True, max_length=16, default=public_id, editable=False)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="briefs")
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    articles = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    writer = models.CharField(max_length=12, choices=Writer.choices, blank=True)
    body = models.JSONField(null=True, blank=True)
    unsupported = models.PositiveIntegerField(
        null=True, blank=True, help_text="sentences the verifier rejected"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story", "version"], name="one_brief_per_story_version"),
            models.UniqueConstraint(fields=["story", "fingerprint"], name="one_brief_per_fingerprint"),
            models.CheckConstraint(
                condition=~Q(state=State.READY)
                # A comparison with NULL is neither true nor false, and a check lets that pass: there must be a count.
                | Q(
                    body__isnull=False,
                    verified_at__isnull=False,
                    unsupported__isnull=False,
                    unsupported=0,
                    written_at__isnull=False,
                    # Nor has a missing key a comparison: each step to the number must be there.
                    body__verification__isnull=False,
                    body__verification__sentences__isnull=False,
                    body__verification__sentences__gt=0,
                ),
                name="ready_brief_is_verified",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="brief_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["id"], name="brief_resting", condition=resting()),
            models.Index(
                fields=["written_at"], name="brief_written", condition=models.Q(written_at__isnull=False)
            ),
            GinIndex(fields=["articles"], name="brief_articles", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} v{self.version}"


class Correction(Changing):
    """What of a brief stands no longer, or stands again, since one of its articles was edited or a reader objected.

    `struck` holds `briefings.schemas.Strike`s and `restored` places. How source and article were named then, and when
    the edit was found (`changed_at`), is kept here, for they may go. Nothing of it is altered afterwards.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed"
        WITHDRAWN = "withdrawn"
        CHALLENGED = "challenged"  # a reported sentence did not stand the check; no article changed

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="corrections")
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    from_revision = models.PositiveIntegerField()
    to_revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHANGED)
    publisher = models.TextField()
    title = models.TextField(help_text="of the article, as it is now")
    url = models.TextField(blank=True)
    changes = models.TextField(blank=True, help_text="what the edit did, in words")
    note = models.TextField(blank=True, help_text="the source's own words about it")
    struck = models.JSONField(default=list)
    restored = models.JSONField(default=list)
    major = models.BooleanField(default=False, help_text="the headline or most of the text stands no longer")
    replacement = models.ForeignKey(
        Brief, null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    changed_at = models.DateTimeField()
    noticed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["noticed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "article", "to_revision"],
                condition=~Q(kind="challenged"),
                name="one_correction_per_brief_and_revision",
            ),
            models.CheckConstraint(
                condition=Q(from_revision__lt=F("to_revision"))
                | Q(kind="challenged", from_revision=F("to_revision")),
                name="correction_by_a_later_revision",
            ),
            models.CheckConstraint(
                condition=~Q(struck=[], restored=[]), name="correction_corrects_something"
            ),
            models.CheckConstraint(
                condition=~Q(replacement=F("brief")), name="correction_replaces_by_another"
            ),
        ]
        indexes = [models.Index(fields=["changed"], name="correction_changed")]
        triggers = [
            pgtrigger.ReadOnly(
                name="correction_stays_as_told", exclude=["article", "replacement", "changed"]
            ),
            marks_change("correction_has_changed", "replacement"),
            pgtrigger.Trigger(
                name="letters_are_made_anew",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                DELETE FROM briefings_letter USING briefings_editionitem item
                WHERE item.brief_id = NEW.brief_id AND briefings_letter.edition_id = item.edition_id;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} by {self.publisher}'s revision {self.to_revision}"


class Lens(Work):
    """What a brief means for one role in one industry."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="lenses")
    role = models.SlugField(max_length=40)
    industry = models.SlugField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    writer = models.CharField(max_length=12, choices=Writer.choices, blank=True)
    body = models.JSONField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    work_key = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        help_text="the ledger's name of the calls it took, alone or with others",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the reader who looks through it and pays for it; nobody where an edition wished for it",
    )

    class Meta:
        verbose_name_plural = "lenses"
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "role", "industry"], name="one_lens_per_brief_role_industry"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.READY) | Q(body__isnull=False, verified_at__isnull=False),
                name="ready_lens_is_verified",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="lens_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["id"], name="lens_resting", condition=resting()),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} for {self.role} in {self.industry}"


class Half(models.Model):
    """What a brief means for one role whatever the industry, or for one industry whatever the role.

    Lenses are put together from halves, so that a model is asked for each once. `body` is null where nothing that it
    said held.
    """

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="halves")
    part = models.CharField(max_length=60, help_text="role:SLUG or industry:SLUG")
    body = models.JSONField(null=True, blank=True)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "halves"
        constraints = [
            models.UniqueConstraint(fields=["brief", "part"], name="one_half_per_brief_and_part"),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} for {self.part}"


class Edition(Work, Changing):
    """What one reader gets on one local date: ranked and frozen once ready."""

    id = models.CharField(primary_key=True, max_length=16, default=public_id, editable=False)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="editions")
    local_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    role = models.SlugField(max_length=40)
    industry = models.SlugField(max_length=40)
    sample = models.BooleanField(
        default=False, help_text="filled from the bundled sample, replaced by real news"
    )
    asked = models.BooleanField(
        default=False, db_default=False, help_text="somebody asked for it, and may be waiting"
    )
    round_up = models.BooleanField(
        default=False, db_default=False, help_text="of the week, for a reader who gets one a week"
    )
    bare = models.BooleanField(
        default=False,
        db_default=False,
        help_text="frozen without real news; looked at again until it is mailed",
    )
    goes_at = models.DateTimeField(
        null=True, blank=True, db_default=NOT_KNOWN, help_text="when to see to its mail; null when seen to"
    )
    prepared_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "local_date"], name="one_edition_per_reader_and_date")
        ]
        indexes = [
            models.Index(fields=["due_at"], name="edition_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["id"], name="edition_resting", condition=resting()),
            models.Index(fields=["goes_at"], name="edition_goes", condition=models.Q(goes_at__isnull=False)),
            models.Index(fields=["prepared_at"], name="edition_bare", condition=models.Q(bare=True)),
            models.Index(fields=["reader", "changed"], name="edition_changed"),
        ]
        triggers = [marks_change("edition_has_changed", "state", "prepared_at", "sample")]

    def __str__(self) -> str:
        return f"{self.local_date} for {self.reader_id}"


class EditionItem(models.Model):
    """One brief of an edition, in its place, with the reasons it is there in words."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="items")
    rank = models.PositiveIntegerField()
    brief = models.ForeignKey(Brief, on_delete=models.RESTRICT, related_name="items")
    lens = models.ForeignKey(Lens, null=True, blank=True, on_delete=models.SET_NULL)
    why = ArrayField(models.CharField(max_length=300), default=list)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "rank"], name="one_item_per_rank"),
            models.UniqueConstraint(fields=["edition", "brief"], name="one_item_per_brief"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}#{self.rank}"


class Notice(models.Model):
    """A correction that an edition tells of, to a reader who had the brief before; each reader is told once."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="notices")
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="notices")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "correction"], name="one_notice_per_reader_and_correction"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="notice_to_its_editions_reader",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                IF NEW.reader_id <> (SELECT reader_id FROM briefings_edition WHERE id = NEW.edition_id) THEN
                    RAISE EXCEPTION 'notice % is not for the reader of its edition', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} tells of {self.correction_id}"


class Saved(Changing):
    """A brief that a reader wants to find again."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved")
    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="saved")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "saved briefs"
        constraints = [models.UniqueConstraint(fields=["reader", "brief"], name="saved_once")]
        indexes = [models.Index(fields=["reader", "changed"], name="saved_changed")]
        triggers = [
            leaves_tombstone("saved_no_longer", "saved", "brief_id"),
            lifts_tombstone("saved_again", "saved", "brief_id"),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} by {self.reader_id}"
