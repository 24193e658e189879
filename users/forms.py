"""The forms readers fill in: signing in, saying who they are, and their settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.core import context, ratelimit
from django import forms

from users.accounts import reader_for
from users.models import EVERY_DAY, Profile
from users.taxonomy import industries, roles
from users.zones import zone_choices

LONGEST_ADDRESS = 254  # RFC 5321, and what the account stores
WEEKDAYS = tuple(zip(EVERY_DAY, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


class SignInForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """One email field for new and known readers alike."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if len(email) > LONGEST_ADDRESS:
            raise forms.ValidationError("That address is too long to be one.")
        # The limit comes before the account: a flood of tries must not open accounts.
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = reader_for(email)
        return email


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Who the reader is and when they want their edition: the onboarding page."""

    role = forms.ChoiceField(label="Your role", choices=lambda: [("", "Choose your role"), *_titles(roles())])
    industry = forms.ChoiceField(
        label="Your industry", choices=lambda: [("", "Choose your industry"), *_titles(industries())]
    )
    interests = forms.CharField(
        label="What else do you follow?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "open-weight models, chip export rules, Mistral"}
        ),
        help_text="Companies, people, topics: in your own words. Optional.",
    )
    time_zone = forms.ChoiceField(label="Your time zone", choices=zone_choices)
    hour = forms.TypedChoiceField(
        label="Ready at", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    class Meta:
        model = Profile
        fields: tuple[str, ...] = ("role", "industry", "interests", "time_zone", "hour")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The model holds a ZoneInfo, the select compares strings.
        self.initial["time_zone"] = str(self.initial.get("time_zone") or "UTC")


class SettingsForm(ProfileForm):
    """Everything a reader can change later, the daily email included."""

    digest = forms.BooleanField(label="Send me the edition by email", required=False)
    days = forms.TypedMultipleChoiceField(
        label="On these days", coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )

    class Meta(ProfileForm.Meta):
        fields = (*ProfileForm.Meta.fields, "digest", "days")


def _titles(entries: Any) -> list[tuple[str, str]]:
    return [(entry.slug, entry.title) for entry in entries.values()]
