"""Rows that tell when they changed, and what is left of those that went: by these a device updates its copy."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Func
from django.db.models.functions import Now

# The number of the transaction under way; those of one database only grow.
TRANSACTION = "((pg_current_xact_id())::text)::bigint"


class CurrentTransaction(Func):
    template = TRANSACTION
    output_field: ClassVar[models.Field[Any, Any]] = models.BigIntegerField()


class Changing(models.Model):
    """`changed` is the number of the transaction that changed it last; the database sees to that."""

    changed = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        abstract = True


class Tombstone(Changing):
    """Something of a reader's that went; it stays until no device can still have it.

    `reader` is kept true by the database, which deletes this with the reader: triggers write it while readers leave.
    """

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    gone_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "kind", "key"], name="one_tombstone_each")]
        indexes = [models.Index(fields=["reader", "changed"], name="tombstone_changed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.reader_id}"


def marks_change(name: str, *fields: str) -> pgtrigger.Trigger:
    """The row counts as changed when one of these fields does."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.AnyChange(*fields),
        func=f"NEW.changed := {TRANSACTION}; RETURN NEW;",
    )


def leaves_tombstone(name: str, kind: str, key: str) -> pgtrigger.Trigger:
    """Of a row with a `reader_id`: deleted, it leaves a tombstone with the value of its column `key`."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Delete,
        when=pgtrigger.After,
        func=f"""
        INSERT INTO briefings_tombstone (reader_id, kind, key)
        SELECT OLD.reader_id, '{kind}', OLD.{key}
        WHERE EXISTS (SELECT FROM users_user WHERE id = OLD.reader_id)
        ON CONFLICT (reader_id, kind, key) DO UPDATE SET changed = excluded.changed, gone_at = excluded.gone_at;
        RETURN NULL;
        """,  # noqa: S608 - names of ours
    )


def lifts_tombstone(name: str, kind: str, key: str) -> pgtrigger.Trigger:
    """What is there again has none."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        func=f"""
        DELETE FROM briefings_tombstone
        WHERE reader_id = NEW.reader_id AND kind = '{kind}' AND key = NEW.{key};
        RETURN NULL;
        """,  # noqa: S608 - names of ours
    )
