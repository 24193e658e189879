"""Names the browser and system of a user agent in a few plain words; pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext

# In this order: most browsers also give the names of those they imitate.
BROWSERS = (
    (r"EdgA?/|EdgiOS/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Vivaldi/", "Vivaldi"),
    (r"YaBrowser/", "Yandex Browser"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Version/[\d.]+ .*Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Macintosh|Mac OS X", "Mac"),
    (r"Linux|X11", "Linux"),
)


def named(user_agent: str) -> str:
    """Such as "Firefox on Windows"; "Another browser" for what is none of those we know."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return gettext("{browser} on {system}").format(browser=browser, system=system)
    if browser or system:
        return browser or gettext("A browser on {system}").format(system=system)
    return gettext("Another browser")


def _first(signs: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for sign, name in signs if re.search(sign, text)), "")
