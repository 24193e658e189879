from __future__ import annotations

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "config.watch"
    default_auto_field = "django.db.models.BigAutoField"
