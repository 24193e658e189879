"""The WSGI application; granian serves it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from config.embedded import refuse_no_database
from config.environment import stop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("NUTGRAF_POOL", "1")
refuse_no_database()
application = get_wsgi_application()


def _refuse_public_key() -> None:
    from django.conf import settings

    if settings.SECRET_KEY.startswith("development-only-"):
        stop(
            "nutgraf: SECRET_KEY: not set; give one, or let `manage.py migrate` leave a random one in NUTGRAF_VAR"
        )


_refuse_public_key()
