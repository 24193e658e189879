"""What the pages of signing in ask of the address they are at."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.http import HttpRequest

from users import passkeys, social

register = template.Library()


@register.filter
def no_passkeys(request: HttpRequest) -> str:
    """Why no passkey can be used here; empty where one can."""
    return passkeys.why_not(request)


@register.filter
def as_json(value: Any) -> str:
    """For an attribute that a script reads; the template escapes it like any text."""
    return json.dumps(value)


@register.simple_tag
def social_providers() -> list[social.Provider]:
    """Where else somebody can sign in."""
    return social.providers()
