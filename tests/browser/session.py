"""Signing a browser in without the mail."""

from __future__ import annotations

import time

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from users.models import User


def sign_in(page: Page, user: User, url: str) -> None:
    """The page's browser is the user's from now on, at this server, as if by an emailed code."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
