"""Where the reader's apps and browsers get pushes (web push: RFC 8030, 8291, 8292)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field, StrictInt

from briefings.api.asked import device_of, limit, reader_of
from briefings.api.ids import Id
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import FieldProblem, Problem, not_found
from briefings.api.schema import may_answer
from briefings.models import PushSubscription
from briefings.push import keys, subscribe
from briefings.push.models import LONGEST_ENDPOINT, LONGEST_LABEL
from briefings.schemas import Shape

router = Router(tags=["push"])
PLACES = {"endpoint": "body.endpoint", "p256dh": "body.keys.p256dh", "auth": "body.keys.auth"}


class PushDocument(Shape):
    """`public_key` is the `applicationServerKey` to subscribe with, in base64url; null where nothing is pushed."""

    public_key: str | None
    subscriptions: int
    most_subscriptions: int


class PushKeys(Shape):
    """The device's public key (65 bytes) and the secret it shares with us alone (16), in base64url."""

    p256dh: str = Field(pattern=r"^[A-Za-z0-9_-]{87}=?$")
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{22}={0,2}$")


class NewPushSubscription(Shape):
    """What a browser's `PushSubscription.toJSON()` says, and by which name the reader knows the device."""

    endpoint: str = Field(
        min_length=1, max_length=LONGEST_ENDPOINT, description="an https address of a push service"
    )
    keys: PushKeys
    expirationTime: StrictInt | None = Field(None, description="taken and not needed")
    label: str = Field("", max_length=LONGEST_LABEL, description="empty: the device's name")


class PushSubscriptionDocument(Shape):
    """`held` says in words why nothing is pushed there any more; empty where all is well. `service` is the host that
    pushes go through, `current` whether the device that asks registered it."""

    id: int
    label: str
    service: str
    created_at: datetime
    pushed_at: datetime | None
    held: str
    current: bool


@router.get("", response=PushDocument, operation_id="push")
def push(request: HttpRequest) -> PushDocument:
    """What is needed to subscribe at a push service."""
    return PushDocument(
        public_key=keys.public_key() or None,
        subscriptions=len(subscribe.mine(reader_of(request))),
        most_subscriptions=subscribe.MOST,
    )


@router.get("/subscriptions", response=Page[PushSubscriptionDocument], operation_id="list_push_subscriptions")
def list_subscriptions(request: HttpRequest, paging: Query[Paging]) -> Page[PushSubscriptionDocument]:
    """Where the reader gets pushes, the newest first. Endpoints and keys are told to nobody."""
    found = subscribe.mine(reader_of(request))
    return page(found, lambda one: (one.created_at, one.pk), lambda one: _told(request, one), paging)


@router.post(
    "/subscriptions",
    response={201: PushSubscriptionDocument},
    operation_id="add_push_subscription",
    openapi_extra=may_answer(409),
)
def add_subscription(request: HttpRequest, new: NewPushSubscription) -> Status[PushSubscriptionDocument]:
    """Push editions there, from the next one on. The same endpoint again is the same subscription; of more than
    `most_subscriptions` the one that was pushed to longest ago goes. It ends with the device's token."""
    limit(request, "push")
    if not keys.public_key():
        raise Problem("no_push")
    device = device_of(request)
    try:
        made = subscribe.add(
            device.reader,
            new.endpoint,
            new.keys.p256dh,
            new.keys.auth,
            new.label or device.name,
            device=device,
        )
    except subscribe.Unusable as error:
        wrong = FieldProblem(field=PLACES[error.field], message=str(error))
        raise Problem("invalid", errors=[wrong]) from None
    return Status(201, _told(request, made))


@router.delete(
    "/subscriptions/{subscription_id}", response={204: None}, operation_id="remove_push_subscription"
)
def remove_subscription(request: HttpRequest, subscription_id: Id) -> Status[None]:
    """Push there no more."""
    if not subscribe.remove(reader_of(request), subscription_id):
        raise not_found()
    return Status(204, None)


def _told(request: HttpRequest, one: PushSubscription) -> PushSubscriptionDocument:
    return PushSubscriptionDocument(
        id=one.pk,
        label=one.label,
        service=one.service,
        created_at=one.created_at,
        pushed_at=one.pushed_at,
        held=one.held,
        current=one.device_id == device_of(request).pk,
    )
