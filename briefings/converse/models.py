"""What readers ask about briefs and what they were told: questions as work, answers as verified sentences."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ingest.work import Work, resting

LONGEST = 300  # characters of a question


class Conversation(models.Model):
    """A reader's questions about one brief. It goes with the reader, with the brief, or when the reader forgets it."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    brief = models.ForeignKey("briefings.Brief", on_delete=models.CASCADE, related_name="conversations")
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "brief"], name="one_conversation_per_reader_and_brief")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} about {self.brief_id}"


class Turn(Work):
    """One question and what became of it.

    Its sentences are its answer; answered without one, the sources do not say. A question that `stands_alone` needs no
    earlier one to be understood and tells nothing of who asks: it is answered without a look at the others, and its
    answer may serve for others who ask the same of the same brief.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        ANSWERED = "answered"
        STOPPED = "stopped"
        FAILED = "failed"

    class Writer(models.TextChoices):
        MODEL = "model"
        EXTRACTIVE = "extractive"
        PREPARED = "prepared"  # with the brief
        REUSED = "reused"  # what a model had answered before

    class Without(models.TextChoices):
        """Why no model answered."""

        NO_MODEL = "no_model"
        READER = "reader_budget"
        SERVICE = "service_budget"
        NO_ANSWER = "no_answer"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    question = models.CharField(max_length=LONGEST)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    writer = models.CharField(max_length=12, choices=Writer.choices, blank=True)
    without = models.CharField(max_length=16, choices=Without.choices, blank=True)
    stands_alone = models.BooleanField(default=False)
    dropped = models.PositiveIntegerField(default=0, help_text="sentences the verifier rejected")
    client_id = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="what the asking device calls it, if it repeats itself",
    )
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="one_turn_per_number"),
            models.UniqueConstraint(
                fields=["conversation", "client_id"],
                name="one_turn_per_client_id",
                condition=~Q(client_id=""),
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | (Q(answered_at__isnull=False) & ~Q(writer="")),
                name="answered_turn_says_when_and_by_what",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="turn_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["id"], name="turn_resting", condition=resting()),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}#{self.number}"


class AnswerSentence(models.Model):
    """A sentence that a reader was told: it was verified first, and nothing of it is altered afterwards.

    `citations` are `briefings.schemas.Citation`s. Each quotes a text that its article has or had, which the database
    checks. `struck` (a `briefings.schemas.CorrectionDocument`) says why it stands no longer.
    """

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="sentences")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=1000)
    citations = models.JSONField()
    unsupported = models.PositiveSmallIntegerField(help_text="rules that the verifier found broken")
    verified_at = models.DateTimeField()
    struck = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "place"], name="one_sentence_per_place"),
            models.CheckConstraint(
                condition=Q(unsupported=0) & ~Q(text="") & ~Q(citations=[]), name="told_is_verified"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="told_stays_as_told", exclude=["struck"]),
            pgtrigger.Trigger(
                name="told_quotes_its_sources",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                IF EXISTS (
                    SELECT FROM jsonb_array_elements(NEW.citations) AS cited
                    WHERE NOT EXISTS (
                        SELECT FROM ingest_article WHERE id = (cited->>'article')::bigint AND substr(
                            text, (cited->>'start')::int + 1, (cited->>'end')::int - (cited->>'start')::int
                        ) = cited->>'quote'
                    ) AND NOT EXISTS (
                        SELECT FROM ingest_revision WHERE article_id = (cited->>'article')::bigint AND substr(
                            text, (cited->>'start')::int + 1, (cited->>'end')::int - (cited->>'start')::int
                        ) = cited->>'quote'
                    )
                ) THEN
                    RAISE EXCEPTION 'a sentence of turn % quotes what no article of it says', NEW.turn_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.turn_id}.{self.place}"
