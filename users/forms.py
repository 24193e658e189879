"""The forms readers fill in: signing in, saying who they are, and their settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.utils import dates
from django.utils.translation import gettext, gettext_lazy

from users.accounts import reader_for
from users.codes import may_be_sent
from users.language import choose_for, current
from users.models import EVERY_DAY, Profile, Rhythm
from users.taxonomy import industries, roles
from users.zones import zone_choices

LONGEST_ADDRESS = 254  # RFC 5321, and what the account stores
WEEKDAYS = tuple(zip(EVERY_DAY, dates.WEEKDAYS_ABBR.values(), strict=True))
FULL_DAYS = tuple(zip(EVERY_DAY, dates.WEEKDAYS.values(), strict=True))


class SignInForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """One email field for new and known readers alike."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if len(email) > LONGEST_ADDRESS:
            raise forms.ValidationError(gettext("That address is too long to be one."))
        # The limit comes before the account: a flood of tries must not open accounts.
        if not may_be_sent(context.request, email):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = reader_for(email)
        return email


class LanguageForm(forms.Form):
    """In which language the reader is spoken to; not asked, nothing changes."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=lambda: settings.LANGUAGES, required=False
    )


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Who the reader is and when they want their edition: the onboarding page."""

    role = forms.ChoiceField(
        label=gettext_lazy("Your role"),
        choices=lambda: [("", gettext("Choose your role")), *_titles(roles())],
    )
    industry = forms.ChoiceField(
        label=gettext_lazy("Your industry"),
        choices=lambda: [("", gettext("Choose your industry")), *_titles(industries())],
    )
    interests = forms.CharField(
        label=gettext_lazy("What else do you follow?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": gettext_lazy("open-weight models, chip export rules, Mistral")}
        ),
        help_text=gettext_lazy("Companies, people, topics: in your own words. Optional."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Your time zone"), choices=zone_choices)
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Ready at"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    class Meta:
        model = Profile
        fields: tuple[str, ...] = ("role", "industry", "interests", "time_zone", "hour")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The model holds a ZoneInfo, the select compares strings.
        self.initial["time_zone"] = str(self.initial.get("time_zone") or "UTC")


class DaysField(forms.TypedMultipleChoiceField):
    """ISO weekdays, as boxes to tick."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=gettext_lazy("On these days"),
            coerce=int,
            choices=WEEKDAYS,
            widget=forms.CheckboxSelectMultiple,
            **more,
        )


HABITS = ("rhythm", "days", "round_up_day")


class HabitsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """When editions come, and mail with them: on chosen days, or once a week as a round-up."""

    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        required=False,  # a page of before an upgrade does not ask
        choices=[
            (Rhythm.DAILY.value, gettext_lazy("An edition on each of these days")),
            (
                Rhythm.WEEKLY.value,
                gettext_lazy("One round-up a week, of what mattered most and you have not read"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    days = DaysField(required=False)
    round_up_day = forms.TypedChoiceField(
        label=gettext_lazy("The round-up comes on"),
        coerce=int,
        choices=FULL_DAYS,
        required=False,
        empty_value=None,
    )

    class Meta:
        model = Profile
        fields: tuple[str, ...] = (*HABITS, "hour")

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Ready at"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        found["rhythm"] = found.get("rhythm") or self.instance.rhythm
        found["round_up_day"] = found.get("round_up_day") or self.instance.round_up_day
        if not found.get("days"):
            if found["rhythm"] == Rhythm.DAILY:
                self.add_error("days", gettext("Choose at least one day, or one round-up a week."))
            found["days"] = self.instance.days
        return found


class SettingsForm(LanguageForm, ProfileForm, HabitsForm):
    """Everything a reader can change later, the email included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["language"] = self.instance.user.language or current()

    def save(self, commit: bool = True) -> Profile:
        profile: Profile = super().save(commit)
        choose_for(profile.user, self.cleaned_data["language"])
        return profile

    digest = forms.BooleanField(label=gettext_lazy("Send me the edition by email"), required=False)

    class Meta(ProfileForm.Meta):
        fields = (*ProfileForm.Meta.fields, "digest", *HABITS)


def _titles(entries: Any) -> list[tuple[str, str]]:
    return [(entry.slug, entry.label) for entry in entries.values()]
