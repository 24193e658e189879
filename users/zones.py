"""The time zones offered in forms: real places only, grouped by region."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from users.models import Profile, User

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_choices() -> tuple[tuple[str, object], ...]:
    """For a Django choice field: UTC, then (region, ((zone, place), ...)) by name."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for zone in sorted(available_timezones()):
        region, _, place = zone.partition("/")
        if place and region in groups:
            groups[region].append((zone, place.replace("_", " ").replace("/", ", ")))
    return (("UTC", "UTC"), *((region, tuple(places)) for region, places in groups.items()))


def zone_of(user: User) -> ZoneInfo:
    """Where the reader is; UTC while they have not said."""
    profile: Profile | None = getattr(user, "profile", None)
    return profile.time_zone if profile else ZoneInfo("UTC")
