"""What mail providers report of our mails: read by Anymail, proved to be theirs, acted on once."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from users import suppressed
from users.models import Profile, Suppression

# Each with the setting that proves a report: a key of its signature, else a name and password in our address.
READERS: dict[str, tuple[Any, str]] = {
    "mailgun": (MailgunTrackingWebhookView, "webhook_signing_key"),
    "mailersend": (MailerSendTrackingWebhookView, "signing_secret"),
    "mandrill": (MandrillCombinedWebhookView, "webhook_key"),
    "postmark": (PostmarkTrackingWebhookView, "webhook_secret"),
    "brevo": (BrevoTrackingWebhookView, "webhook_secret"),
    "mailjet": (MailjetTrackingWebhookView, "webhook_secret"),
    "sparkpost": (SparkPostTrackingWebhookView, "webhook_secret"),
    "sendgrid": (SendGridTrackingWebhookView, "webhook_secret"),
}
# Anymail's names; a delay is no failure, and the provider goes on trying.
HOLDING = {
    "bounced": Suppression.Kind.BOUNCED,
    "rejected": Suppression.Kind.BOUNCED,
    "complained": Suppression.Kind.COMPLAINED,
}


class Forged(Exception):
    """The report is not proved to be the provider's."""


class Unreadable(Exception):
    """The report is the provider's, and of no shape that we know."""


def is_expected(provider: str) -> bool:
    return provider in settings.NUTGRAF_MAIL_REPORTS and provider in READERS


def take(provider: str, request: HttpRequest) -> int:
    """Act on the report; how many of its events were new to us. Raises Forged or Unreadable.

    What a report of events in the wrong order or told twice says is acted on once, by the time it happened; nothing of
    events so old that their first report may be forgotten.
    """
    view, proof = READERS[provider]
    reader = view(**{proof: settings.NUTGRAF_MAIL_REPORTS[provider]})
    try:
        reader.run_validators(request)
    except (AnymailWebhookValidationFailure, SuspiciousOperation) as error:
        raise Forged from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Forged from error
    try:
        events = reader.parse_events(request)
    except (AnymailError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable from error
    return sum(_act(provider, event) for event in events if event.recipient)


def _act(provider: str, event: Any) -> bool:
    happened_at = event.timestamp
    if happened_at is not None and happened_at.tzinfo is None:
        happened_at = happened_at.replace(tzinfo=UTC)
    if not suppressed.is_taken(happened_at, timezone.now()):
        return False
    address = str(event.recipient).strip().lower()
    key = f"{provider}:{event.event_id or _fingerprint(event)}"
    if event.event_type == "unsubscribed":
        with transaction.atomic():  # a report that could not be acted on is told again, and is new then
            new = suppressed.once(key, event.event_type, happened_at)
            stopped = Profile.objects.filter(user__email=address, digest=True)
            return new and bool(stopped.update(digest=False))
    if (kind := HOLDING.get(event.event_type)) is None:
        return False
    words = str(event.mta_response or event.description or event.reject_reason or "")
    return suppressed.report(key, address, kind, " ".join(words.split()), happened_at)


def _fingerprint(event: Any) -> str:
    """For providers that give their events no id: the same words are the same event."""
    told = json.dumps([event.event_type, event.recipient, event.esp_event], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()
