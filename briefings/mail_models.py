"""What goes out: deliveries, the letters made for them, and how the mail server is doing."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from ingest.work import Work


class Outgoing(Work):
    """What goes to a reader once, or visibly nobody knows. Its subclasses have an `edition` and a `channel`."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        SKIPPED = "skipped"
        FAILED = "failed"
        UNKNOWN = "unknown"

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    sent_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(
        max_length=80,
        blank=True,
        db_default="",
        help_text="where the notes of the claim lie (briefings.sent)",
    )

    class Meta:
        abstract = True


class Delivery(Outgoing):
    """One edition going out by mail. `unknown`: the server may have taken it, so it is never sent again."""

    edition = models.ForeignKey("briefings.Edition", on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, default="email")
    message_id = models.CharField(max_length=200, unique=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "channel"], name="one_delivery_per_edition_and_channel"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["sent_at"], name="delivery_sent", condition=models.Q(sent_at__isnull=False)),
            models.Index(
                fields=["state"],
                name="delivery_troubled",
                condition=models.Q(state__in=["failed", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} by {self.channel}"


class Letter(models.Model):
    """An edition's mail, made before its hour: the message without the headers that sending adds. Gone once it went."""

    edition = models.OneToOneField(
        "briefings.Edition", on_delete=models.CASCADE, related_name="letter", primary_key=True
    )
    message = models.BinaryField()
    told = ArrayField(models.BigIntegerField(), default=list, help_text="own sources that it tells are lost")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"letter of {self.edition_id}"


class NoteFolder(models.Model):
    """One row: the folder whose notes (`briefings.sent`) tell what was sent from this database last."""

    name = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.name


class MailDoor(models.Model):
    """How the mail server does, for all workers: left alone until `paused_until`, given its next mail at `next_at`."""

    server = models.CharField(primary_key=True, max_length=200)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.server
