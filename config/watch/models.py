"""What is wrong with the service now, or was: one row for each kind, so that many timetables send one mail."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ingest.work import Work


class Alert(Work):
    """One kind of trouble. The work of the row is a mail about it that is to go.

    `since` is when it began, null while all is well; `seen_at` when it was last there, `ended_at` when it had been
    over for a while. `told_at` is the last mail that said so, which an all-clear follows (`clears`). `got` are the
    addresses that have the mail that is under way.
    """

    kind = models.SlugField(primary_key=True, max_length=40)
    words = models.TextField(blank=True)
    since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    clears = models.BooleanField(default=False, db_default=False, help_text="an all-clear is owed")
    got = ArrayField(models.EmailField(), default=list, db_default=[], blank=True)

    def __str__(self) -> str:
        return self.kind
