"""`manage.py staff`: who runs the service, and the code by which they set up their second factor."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from users import enrolment
from users.enrolment import VALID
from users.models import User


class Command(BaseCommand):
    help = "Let an address run the service, and print the code by which it sets up its second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="an account is opened for it where there is none")
        parser.add_argument(
            "--lost",
            action="store_true",
            help="phone, passkey or recovery codes are lost: take them away, and sign out everywhere",
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        address = email.strip().lower()
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{email!r} is not an email address", returncode=2) from None
        user, made = User.objects.get_or_create(
            email=address, defaults={"password": "!", "is_staff": True, "is_superuser": True}
        )
        if not user.is_active:
            raise CommandError(f"the account of {address} is switched off")
        if not user.is_staff:
            user.is_staff = user.is_superuser = True
            user.save(update_fields=["is_staff", "is_superuser"])
        if options["lost"]:
            enrolment.start_anew(user)
        code, page = enrolment.new_code(user), f"{settings.NUTGRAF_URL}{reverse('enrol')}"
        if options["json"]:
            self.stdout.write(json.dumps({"email": address, "new": made, "code": code, "page": page}))
            return
        hours = int(VALID.total_seconds() // 3600)
        self.stdout.write(f"{address} {'runs this Nutgraf from now on' if made else 'runs this Nutgraf'}.")
        if settings.NUTGRAF_STAFF_SECOND_FACTOR:
            self.stdout.write(f"Sign in by an emailed code, then enter this one at {page}:")
            self.stdout.write(f"\n    {code}\n\nIt counts once, for {hours} hours.")
        else:
            self.stdout.write(
                "Sign in by an emailed code: no second factor is asked for (NUTGRAF_STAFF_SECOND_FACTOR)."
            )
