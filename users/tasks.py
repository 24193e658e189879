"""Celery's door handle to the housekeeping of accounts."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from users import accounts, devices, suppressed, tokens

UNCONFIRMED_FOR = timedelta(days=1)


@shared_task
def forget_unconfirmed() -> None:
    """Accounts whose address nobody ever confirmed go after a day."""
    accounts.forget_unconfirmed(timezone.now() - UNCONFIRMED_FOR)


@shared_task
def forget_ended() -> None:
    """Sessions that ran out go, with what was noted of their devices."""
    devices.forget_ended()


@shared_task
def forget_mail_reports() -> None:
    suppressed.forget_reports(timezone.now())


@shared_task
def forget_devices() -> None:
    """Tokens that open nothing any more are not kept."""
    tokens.forget_expired(timezone.now())
