"""Sessions as Django keeps them in the database, asked for with a prepared question: every page needs its own."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone

from users.prepared import Prepared, given

_LIVE = Prepared(
    lambda: Session.objects.filter(session_key=given("key"), expire_date__gt=given("now")),
)


class SessionStore(InDatabase):
    def _get_session_from_db(self) -> Session | None:
        found = _LIVE.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
