"""The WSGI application; granian serves it."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

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
get_resolver().url_patterns  # noqa: B018 - views and all that they import, for which the first page would wait
# What is there now stays. To look whether it can go takes more than a tenth of a second each time, in which no page is
# answered.
gc.collect()
gc.freeze()
