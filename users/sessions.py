"""Sessions as Django keeps them in the database, asked for with a prepared question: every page needs its own.

One ends two weeks after it was last written to, and ninety days after whoever it is last proved who they are.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone

from users.prepared import Prepared, given

LONGEST = 90 * 86400  # seconds from the last sign-in or proof, however much a browser is used
PROOFS = "account_authentication_methods"  # where allauth notes when that was
_LIVE = Prepared(
    lambda: Session.objects.filter(session_key=given("key"), expire_date__gt=given("now")),
)


class SessionStore(InDatabase):
    def load(self) -> dict[str, Any]:
        data: dict[str, Any] = super().load()
        proofs = data.get(PROOFS)
        if proofs and time.time() - max(proof["at"] for proof in proofs) > LONGEST:
            self._session_key = None  # it goes with the others that ran out, as a look writes nothing
            return {}
        return data

    def _get_session_from_db(self) -> Session | None:
        found = _LIVE.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
