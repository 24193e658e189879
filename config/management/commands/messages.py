"""`manage.py messages`: brings the catalogues of translations up to date with what templates and code say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config import translations


class Command(BaseCommand):
    help = "Find the texts that are to be translated, update locale/*/LC_MESSAGES/django.po and compile them."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for code in translations.languages():
            missing = translations.update(code)
            self.stdout.write(f"{translations.po(code)}: {missing} texts without a translation")
