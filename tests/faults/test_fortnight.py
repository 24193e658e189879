"""F31, F33, F35, F37: days around changes of clocks, with three timetables, killed workers and a moody mail server.

`make test` plays a few days with some readers; `make test-faults` (NUTGRAF_FAULTS=whole) both fortnights with 500.
"""

from __future__ import annotations

import os
from datetime import date

import pytest

from tests.fakes.mail_server import MailServer
from tests.faults.fortnight import Play, states, verdicts
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)
WHOLE = os.environ.get("NUTGRAF_FAULTS") == "whole"
# Europe goes forward on 29 March 2026, Lord Howe back on 5 April; Europe goes back on 25 October, America a week later.
SPRING = (date(2026, 3, 22), 15) if WHOLE else (date(2026, 3, 28), 2)
AUTUMN = (date(2026, 10, 24), 10) if WHOLE else (date(2026, 10, 25), 1)


@pytest.mark.parametrize(("first", "days"), [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_each_reader_gets_each_date_once_in_time_or_a_row_says_that_nobody_knows(
    mail: MailServer, first: date, days: int
) -> None:
    play = Play(mail, readers=500 if WHOLE else 48, first=first, days=days, seed=first.toordinal())
    play.go()
    users = list(User.objects.select_related("profile"))
    assert list(verdicts(play, users)) == []
    assert play.killed > 0
    counted = states()
    assert counted["sent"] > 10 * counted["unknown"] > 0, counted
