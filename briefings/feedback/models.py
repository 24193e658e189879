"""What readers tell of what they read: briefs they opened, what is learned of their taste, sentences they challenge."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from briefings.changing import Changing, leaves_tombstone, lifts_tombstone

REASON = 500  # characters of a report's reason


class Opened(Changing):
    """A brief that a reader has read. Without a row it is unread."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="opened")
    brief = models.ForeignKey("briefings.Brief", on_delete=models.CASCADE, related_name="opened")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "opened briefs"
        constraints = [models.UniqueConstraint(fields=["reader", "brief"], name="opened_once")]
        indexes = [models.Index(fields=["reader", "changed"], name="opened_changed")]
        triggers = [
            leaves_tombstone("read_no_longer", "read", "brief_id"),
            lifts_tombstone("read_again", "read", "brief_id"),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} by {self.reader_id}"


class Signal(models.Model):
    """One thing learned of a reader's taste, from one act of theirs; deleted, it never was.

    `key` names it for selection (`briefings.feedback.taste`), `label` for the reader. `weight` is above 0 for more of
    it and below for less; what is dismissed or muted has none and keeps stories out. `headline` says of which brief it
    was learned, for that may go.
    """

    class Act(models.TextChoices):
        MORE = "more"
        LESS = "less"
        DISMISS = "dismiss"
        MUTE = "mute"

    class Kind(models.TextChoices):
        NAME = "name"
        TOPIC = "topic"
        SORT = "sort"
        SOURCE = "source"
        STORY = "story"

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signals")
    act = models.CharField(max_length=8, choices=Act.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=300)
    label = models.TextField()
    weight = models.FloatField(default=0.0)
    brief = models.ForeignKey("briefings.Brief", null=True, on_delete=models.SET_NULL, related_name="+")
    headline = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "brief", "kind", "key"],
                condition=Q(act__in=("more", "less")),
                name="one_weight_per_brief_and_key",
            ),
            models.UniqueConstraint(
                fields=["reader", "kind", "key"],
                condition=Q(act__in=("dismiss", "mute")),
                name="kept_out_once",
            ),
            models.CheckConstraint(
                condition=Q(act="more", weight__gt=0)
                | Q(act="less", weight__lt=0)
                | Q(act__in=("dismiss", "mute"), weight=0),
                name="weight_as_the_act_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.kind} {self.key} for {self.reader_id}"


class Challenge(models.Model):
    """A sentence that readers say is wrong, and what looking at it again brought. It knows of no reader.

    What only some may see (a lens, an answer, a brief of own sources) has no text here: it is counted and not told.
    """

    class Of(models.TextChoices):
        BRIEF = "brief"
        LENS = "lens"
        ANSWER = "answer"
        OWN = "own"  # a brief of a reader's own sources, or what was asked about one

    class Outcome(models.TextChoices):
        STANDS = "stands"  # by the verifier; staff may look at the report
        UPHELD = "upheld"  # staff looked, and it stands
        STRUCK = "struck"

    of = models.CharField(max_length=8, choices=Of.choices)
    brief = models.ForeignKey(
        "briefings.Brief", null=True, on_delete=models.SET_NULL, related_name="challenges"
    )
    where = models.CharField(max_length=80, help_text="its place in the brief, the lens or the answers")
    text = models.TextField(blank=True)
    headline = models.TextField(blank=True, help_text="of the brief")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    found = models.JSONField(default=list, help_text="what was checked, or what is wrong, in words")
    times = models.PositiveIntegerField(default=1, help_text="readers who reported it")
    by_staff = models.BooleanField(default=False)
    first_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-checked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "where"], name="one_challenge_per_sentence"),
            models.CheckConstraint(
                condition=Q(of="brief") | Q(text="", headline="", found=[]), name="only_what_all_see_is_told"
            ),
        ]
        indexes = [models.Index(fields=["first_at"], name="challenge_first")]

    def __str__(self) -> str:
        return f"{self.brief_id} {self.where}: {self.outcome}"


class Report(models.Model):
    """One reader's challenge of one sentence: it goes with the reader, the challenge stays."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="reports")
    text = models.TextField(help_text="the sentence")
    found = models.JSONField(default=list, help_text="what was checked for them, or what was wrong, in words")
    reason = models.CharField(max_length=REASON, blank=True)
    released = models.BooleanField(default=False, help_text="the reason may be read in the accuracy log")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["reader", "challenge"], name="one_report_per_reader_and_sentence")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} on {self.challenge_id}"
