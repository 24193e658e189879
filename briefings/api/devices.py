"""The reader's signed-in devices."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from briefings.api.asked import device_of, reader_of
from briefings.api.ids import Id
from briefings.api.pages import Page, Paging, page
from briefings.api.problems import not_found
from briefings.schemas import Shape
from users import tokens
from users.models import DeviceToken

router = Router(tags=["devices"])


class DeviceDocument(Shape):
    """`current`: the device that asks. Its token ends at `expires_at` unless it is used before."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


def told(device: DeviceToken, asking: DeviceToken) -> DeviceDocument:
    return DeviceDocument(
        id=device.pk,
        name=device.name,
        created_at=device.created_at,
        last_used_at=device.last_used_at,
        expires_at=device.expires_at,
        current=device.pk == asking.pk,
    )


@router.get("", response=Page[DeviceDocument], operation_id="list_devices")
def list_devices(request: HttpRequest, paging: Query[Paging]) -> Page[DeviceDocument]:
    """The devices that are signed in, the one used last first."""
    asking = device_of(request)
    mine = tokens.mine(asking.reader, timezone.now())
    return page(mine, lambda one: (one.last_used_at, one.pk), lambda one: told(one, asking), paging)


@router.delete("/current", response={204: None}, operation_id="sign_out")
def sign_out(request: HttpRequest) -> Status[None]:
    """End this device's token."""
    tokens.revoke(reader_of(request), device_of(request).pk)
    return Status(204, None)


@router.delete("/{device_id}", response={204: None}, operation_id="revoke_device")
def revoke_device(request: HttpRequest, device_id: Id) -> Status[None]:
    """Sign a device out at once."""
    if not tokens.revoke(reader_of(request), device_id):
        raise not_found()
    return Status(204, None)
