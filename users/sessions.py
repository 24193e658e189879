"""Sessions as Django keeps them in the database, asked for with a prepared question: every page needs its own.

One ends two weeks after it was last written to, and ninety days after whoever it is last proved who they are.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.db import transaction
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
        ends = _ends(data)
        if ends is not None and time.time() > ends:
            self._session_key = None  # it goes with the others that ran out, as a look writes nothing
            return {}
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """It runs out when `load` takes it no more, so that what hangs on its row ends with it: devices, pushes."""
        row = cast(Session, super().create_model_instance(data))
        if (ends := _ends(data)) is not None:
            row.expire_date = min(row.expire_date, datetime.fromtimestamp(ends, UTC))
        return row

    def cycle_key(self) -> None:
        """The browser stays the device it was: Django gives it a new key when the secret key changes, too."""
        before = self.session_key
        with transaction.atomic():
            super().cycle_key()
            if before:
                UserSession.objects.filter(session_key=before).update(session_key=self.session_key)

    def _get_session_from_db(self) -> Session | None:
        found = _LIVE.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


def _ends(data: dict[str, Any]) -> float | None:
    """In seconds since 1970; None for one in which nobody proved anything."""
    proofs = data.get(PROOFS)
    return max(proof["at"] for proof in proofs) + LONGEST if proofs else None
