from __future__ import annotations

from django.apps import AppConfig

from config import connections


class WatchConfig(AppConfig):
    name = "config.watch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from config import spans as spans  # in workers too, where no request would load it

        connections.read_moments_fast()
