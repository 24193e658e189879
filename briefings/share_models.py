"""Addresses that readers hand out: public pages of briefs, and the private feed of editions."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class Secret(models.Model):
    """An address that only those know who were told (`briefings.secret`); revoked, it is a row no more."""

    nonce = models.CharField(max_length=48)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Share(Secret):
    """A brief's public page. What is made of a reader's own sources has none, which the database enforces."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares")
    brief = models.ForeignKey("briefings.Brief", on_delete=models.CASCADE, related_name="shares")
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "brief"], name="one_share_per_brief")]
        triggers = [
            pgtrigger.Trigger(
                name="nobodys_own",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                IF EXISTS (
                    SELECT FROM briefings_brief JOIN ingest_story ON ingest_story.id = briefings_brief.story_id
                    WHERE briefings_brief.id = NEW.brief_id AND ingest_story.owner_id IS NOT NULL
                ) THEN
                    RAISE EXCEPTION 'brief % is made of a reader''s own sources', NEW.brief_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="is_known_to_be_gone",
                operation=pgtrigger.Delete,
                when=pgtrigger.After,
                func="""
                INSERT INTO briefings_goneshare (digest) VALUES (OLD.digest) ON CONFLICT DO NOTHING;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} by {self.reader_id}"


class GoneShare(models.Model):
    """The address of a share that went with its reader or its brief: it answers 410. The database keeps it.

    Nothing is known of whose it was or what it showed. One that was revoked is forgotten.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    gone_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.digest


class PrivateFeed(Secret):
    """The address at which a feed reader gets somebody's editions."""

    reader = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed")

    def __str__(self) -> str:
        return f"feed of {self.reader_id}"
