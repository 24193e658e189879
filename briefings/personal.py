"""What Nutgraf holds about a reader: all of it in one archive for them, and all of it gone when they leave."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from briefings import feed, lenses, read, saved, share
from briefings.converse.shown import conversation
from briefings.models import Delivery, Edition, PushDelivery, State, Turn
from briefings.push import subscribe
from inference import costs
from inference.money import usd
from ingest import own
from ingest.models import Article
from ingest.split import hold_stories
from users import devices, second, social, suppressed
from users.models import Profile, User

IN_MEMORY = 8_000_000  # bytes of an archive; a larger one is made on the disk
TRIES = 5  # at deleting
README = """\
Everything that Nutgraf holds about {email}, as of {at} UTC.

account.json        who you are to us and what you told us about your work
editions/           what you were sent, a file for each day, with the source of every sentence
conversations.json  what you asked about briefs and what you were told
saved.json          briefs you saved
read.json           briefs you read
learned.json        what your feedback taught us
reports.json        sentences you reported, and what came of it
shares.json         public pages that you made, and your private feed
sources.opml        your own sources, for any feed reader
articles.json       what was read from them
mails.json          when mail went to you
sign_in.json        where you are signed in, your passkeys by name, authenticator app, accounts elsewhere
spending.json       what was spent for you alone, by purpose, in dollars
pushes.json         the devices that your editions are pushed to, and when that was
devices.json        the apps that you signed in, and when each was used last
"""


def archive(user: User, now: datetime) -> IO[bytes]:
    """A zip of everything about the reader, at its beginning, for the caller to close."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller sends and closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", README.format(email=user.email, at=f"{now:%Y-%m-%d %H:%M}"))
        packed.writestr("sources.opml", own.as_opml(user.pk))
        for name, told in _parts(user):
            packed.writestr(name, json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
    file.seek(0)
    return file


def _parts(user: User) -> Iterator[tuple[str, Any]]:
    """The files one after the other, so that only one edition is in memory at a time."""
    yield "account.json", _account(user)
    editions = Edition.objects.filter(reader=user, state=State.READY).order_by("local_date")
    for edition in editions.select_related("reader").iterator(chunk_size=20):
        yield f"editions/{edition.local_date}.json", read.edition_document(edition)
    yield "conversations.json", _conversations(user)
    yield "saved.json", [asdict(one) for one in saved.mine(user)]
    yield "read.json", list(user.opened.order_by("read_at").values("brief", "read_at"))
    yield "learned.json", _learned(user)
    yield "reports.json", _reports(user)
    yield "shares.json", {"shares": _shares(user), "private_feed": feed.address(user)}
    articles = Article.objects.filter(source__owner=user).order_by("source", "first_seen")
    yield "articles.json", list(articles.values("source__url", "title", "url", "published_at", "first_seen"))
    mails = Delivery.objects.filter(edition__reader=user).order_by("edition__local_date")
    yield "mails.json", list(mails.values("state", "sent_at", date=F("edition__local_date")))
    yield (
        "sign_in.json",
        {
            "devices": devices.held(user),
            "factors": second.held(user),
            "accounts": social.held(user),
        },
    )
    yield "spending.json", _spending(user)
    yield "pushes.json", _pushes(user)
    yield (
        "devices.json",
        list(user.devices.order_by("created_at").values("name", "created_at", "last_used_at")),
    )


def _account(user: User) -> dict[str, Any]:
    profile = Profile.objects.filter(user=user).first()
    told = {"email": user.email, "since": user.date_joined, "last_sign_in": user.last_login}
    if profile is None:
        return told
    held = suppressed.of(user.email)
    return told | {
        "role": profile.role,
        "industry": profile.industry,
        "interests": profile.interests,
        "time_zone": str(profile.time_zone),
        "hour": profile.hour,
        "days": profile.days,
        "daily_email": profile.digest,
        "rhythm": profile.rhythm,
        "round_up_day": profile.round_up_day,
        "paused_until": profile.paused_until,
        "mail_held_since": held.since if held else None,
    }


def _conversations(user: User) -> list[dict[str, Any]]:
    briefs = user.conversations.order_by("begun_at").values_list("brief_id", flat=True)
    return [
        {
            "brief": brief,
            "asked_at": one.turn.asked_at,
            "question": one.turn.question,
            "answer": [sentence.model_dump(mode="json") for sentence in one.sentences],
        }
        for brief in briefs
        for one in conversation(user, brief)
    ]


def _learned(user: User) -> Sequence[dict[str, Any]]:
    names = ("act", "kind", "label", "weight", "brief", "headline", "made_at")
    return list(user.signals.values(*names))


def _reports(user: User) -> Sequence[dict[str, Any]]:
    names = ("text", "reason", "released", "found", "made_at")
    return list(user.reports.values(*names, brief=F("challenge__brief"), outcome=F("challenge__outcome")))


def _shares(user: User) -> list[dict[str, Any]]:
    return [
        {"headline": one.headline, "url": one.url, "made_at": one.created_at, "views": one.views}
        for one in share.mine(user)
    ]


def _pushes(user: User) -> dict[str, Any]:
    """Without endpoints and keys: whoever has them could push in our place."""
    went = PushDelivery.objects.filter(subscription__reader=user).order_by("edition__local_date", "pk")
    return {
        "devices": [
            {
                "label": one.label,
                "service": one.service,
                "since": one.created_at,
                "last": one.pushed_at,
                "held": one.held,
            }
            for one in subscribe.mine(user)
        ],
        "pushes": list(
            went.values("state", "sent_at", date=F("edition__local_date"), device=F("subscription__label"))
        ),
    }


def _spending(user: User) -> Sequence[dict[str, Any]]:
    spent = costs.of_reader(user.pk)
    return [{"purpose": line.key, "usd": usd(line.cost.nano), "calls": line.cost.calls} for line in spent]


def delete(user: User) -> None:
    """Delete the account with all that belongs to it: editions, mails still to send, conversations, what was read,
    learned and reported, own sources with their articles, vectors and stories, shares, which answer 410 from now on.

    The ledger keeps what was spent, and the accuracy log what was challenged, and no longer by whom. Raises
    IntegrityError, with nothing deleted, where workers go on adding to it all the while.
    """
    for again in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                _hold(user)
                devices.end_others(user)
                suppressed.forget(user.email)
                lenses.let_go(user.pk)
                _forget_name(user)
                user.delete()
        except IntegrityError:  # a worker brought something after it was looked for
            if not again:
                raise
        else:
            return


def _forget_name(user: User) -> None:
    """What staff did to the account stays in the admin's log, and no longer to whom."""
    whole = rf"(^|[^\w.+-]){re.escape(user.email)}($|[^\w.-]|\.(\W|$))"  # not the end of somebody else's
    named = Q(object_repr__iregex=whole) | Q(change_message__iregex=whole)
    account = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    LogEntry.objects.filter(named | account).update(object_repr="a reader who left", change_message="")


def _hold(user: User) -> None:
    """What is being made for the reader meanwhile waits, and finds nobody then."""
    hold_stories()
    turns = Turn.objects.filter(conversation__reader=user)
    for rows in (User.objects.filter(pk=user.pk), user.sources, user.editions, user.conversations, turns):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
