"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from users import events  # noqa: F401 - signals can be connected only from here on
