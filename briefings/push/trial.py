"""A push to one of the reader's own devices, at once: to see that it comes, and counted as no delivery."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from briefings.push import keys, notice, service
from briefings.push.models import PushSubscription
from briefings.push.service import Verdict, Where

SECONDS = 3.0  # a reader waits, and so does the web process
OFF = gettext_noop("This service has no key for pushes, so nothing was sent.")
GONE = gettext_noop("Its push service does not know this device any more. Turn notifications on again on it.")
AGAIN = gettext_noop(
    "Its push service does not take anything right now, and nothing was sent. Try again in a few minutes."
)
LOST = gettext_noop("The line broke while it went: it may come or not. Wait a moment before you try again.")
REFUSED = gettext_noop(
    "Its push service refused it: {words}. Turn notifications off and on again on that device."
)


def send(subscription: PushSubscription) -> str:
    """Send it; what went wrong, in words for the reader, or nothing. What it finds out counts for editions as well."""
    if not keys.public_key():
        return gettext(OFF)
    where = Where(subscription.endpoint, subscription.p256dh, subscription.auth)
    message = notice.of_test(subscription.reader)
    outcome = service.push(where, message, lasts=notice.TEST_LASTS, topic="test", seconds=SECONDS)
    mine = subscription.as_read()
    match outcome.verdict:
        case Verdict.TAKEN:
            mine.update(pushed_at=timezone.now(), held="")
            return ""
        case Verdict.GONE:
            mine.delete()
            return gettext(GONE)
        case Verdict.LOST:
            return gettext(LOST)
        case Verdict.REFUSED:
            mine.update(held=outcome.words[:300])
            return gettext(REFUSED).format(words=outcome.words)
        case _:
            return gettext(AGAIN)
