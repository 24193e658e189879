"""`manage.py topics`: find out what stories told so far are about; workers do it for new ones."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from briefings.topics import link


class Command(BaseCommand):
    help = "Link the stories told so far, however old, to the companies, models, people and concerns they tell of."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="also those that are linked already")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            link.forget()
        linked = 0
        while some := list(link.due().values_list("pk", flat=True)[:200]):
            done = sum(map(link.link, some))
            linked += done
            if not done:
                break
        self.stdout.write(f"{linked} {'story' if linked == 1 else 'stories'} linked to topics")
