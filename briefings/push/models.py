"""Where pushes go, and the pushes of each edition."""

from __future__ import annotations

import hashlib

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import models
from django.utils import timezone

from briefings.mail_models import Outgoing
from ingest.addresses import Unreachable, target
from users.models import DeviceToken

LONGEST_ENDPOINT = 1000
LONGEST_LABEL = 60


class PushSubscription(models.Model):
    """A browser's or an app's address at its push service, with what seals a push to it (RFC 8291).

    It goes with its reader, and with the browser's session or the app's token that it was registered by. `held` says
    in words why nothing is pushed any more; empty where all is well.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pushes")
    session = models.ForeignKey(
        UserSession, null=True, blank=True, on_delete=models.CASCADE, related_name="pushes"
    )
    device = models.ForeignKey(
        DeviceToken, null=True, blank=True, on_delete=models.CASCADE, related_name="pushes"
    )
    endpoint = models.TextField(max_length=LONGEST_ENDPOINT)
    digest = models.CharField(max_length=64, editable=False, help_text="hash of the endpoint")
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=LONGEST_LABEL)
    created_at = models.DateTimeField(default=timezone.now)
    pushed_at = models.DateTimeField(null=True, blank=True, help_text="when a push was last taken")
    held = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "digest"], name="one_push_per_reader_and_endpoint")
        ]
        indexes = [models.Index(fields=["digest"], name="push_endpoint")]

    def __str__(self) -> str:
        return self.label

    def as_read(self) -> models.QuerySet[PushSubscription]:
        """Its row, while it is for the same device still: registering an endpoint anew gives the row other keys."""
        return PushSubscription.objects.filter(pk=self.pk, p256dh=self.p256dh, auth=self.auth)

    @property
    def service(self) -> str:
        """The host, and the port where it is not the usual one, that pushes are handed to; one spelling for each."""
        try:
            return target(self.endpoint).host_header
        except Unreachable:  # registered by rules that were other ones
            return ""


class PushDelivery(Outgoing):
    """One edition going out to one subscription. `unknown`: the service may have taken it, so it is never sent again.

    A table of its own: a worker of the release before would mail what it found among the mails.
    """

    edition = models.ForeignKey("briefings.Edition", on_delete=models.CASCADE, related_name="pushes")
    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, related_name="deliveries")

    class Meta:
        verbose_name_plural = "push deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "subscription"], name="one_push_per_edition_and_subscription"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="push_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["state"], name="push_troubled", condition=models.Q(state__in=["failed", "unknown"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} to {self.subscription_id}"

    @property
    def channel(self) -> str:
        """Names it among what goes to its reader, for the notes on disk; the same in a restored database."""
        return f"push {self.subscription.digest[:16]}"


def digest_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
