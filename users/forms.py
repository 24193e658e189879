"""The forms readers fill in: signing in, saying who they are, and their settings."""

from __future__ import annotations

from calendar import day_name
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.core import context
from django import forms

from users.accounts import reader_for
from users.codes import may_be_sent
from users.models import EVERY_DAY, Profile, Rhythm
from users.taxonomy import industries, roles
from users.zones import zone_choices

LONGEST_ADDRESS = 254  # RFC 5321, and what the account stores
WEEKDAYS = tuple(zip(EVERY_DAY, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
FULL_DAYS = tuple(enumerate(day_name, start=1))


class SignInForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """One email field for new and known readers alike."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if len(email) > LONGEST_ADDRESS:
            raise forms.ValidationError("That address is too long to be one.")
        # The limit comes before the account: a flood of tries must not open accounts.
        if not may_be_sent(context.request, email):
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


HABITS = ("rhythm", "days", "round_up_day")


class HabitsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """When editions come, and mail with them: on chosen days, or once a week as a round-up."""

    rhythm = forms.ChoiceField(
        label="How often",
        required=False,  # a page of before an upgrade does not ask
        choices=[
            (Rhythm.DAILY.value, "An edition on each of these days"),
            (Rhythm.WEEKLY.value, "One round-up a week, of what mattered most and you have not read"),
        ],
        widget=forms.RadioSelect,
    )
    days = forms.TypedMultipleChoiceField(
        label="On these days",
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    round_up_day = forms.TypedChoiceField(
        label="The round-up comes on", coerce=int, choices=FULL_DAYS, required=False, empty_value=None
    )

    class Meta:
        model = Profile
        fields: tuple[str, ...] = (*HABITS, "hour")

    hour = forms.TypedChoiceField(
        label="Ready at", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        found["rhythm"] = found.get("rhythm") or self.instance.rhythm
        found["round_up_day"] = found.get("round_up_day") or self.instance.round_up_day
        if not found.get("days"):
            if found["rhythm"] == Rhythm.DAILY:
                self.add_error("days", "Choose at least one day, or one round-up a week.")
            found["days"] = self.instance.days
        return found


class SettingsForm(ProfileForm, HabitsForm):
    """Everything a reader can change later, the email included."""

    digest = forms.BooleanField(label="Send me the edition by email", required=False)

    class Meta(ProfileForm.Meta):
        fields = (*ProfileForm.Meta.fields, "digest", *HABITS)


def _titles(entries: Any) -> list[tuple[str, str]]:
    return [(entry.slug, entry.title) for entry in entries.values()]
