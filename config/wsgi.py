"""The WSGI application; granian serves it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("NUTGRAF_POOL", "1")
application = get_wsgi_application()
