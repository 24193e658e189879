"""Addresses of everything about the reader. Of allauth only what signing in by code needs: no passwords anywhere."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from users import enrolment, language, mail, native, passkeys, security, social, views
from users.codes import ConfirmCode
from users.enrolment import proved
from users.proof import ProveByCode
from users.second import View, fresh


def private(view: View) -> View:
    return never_cache(login_required(view))


to_sign_in = RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)

urlpatterns = [
    path(".well-known/assetlinks.json", native.asset_links, name="asset-links"),
    path(".well-known/apple-app-site-association", native.apple_association, name="apple-association"),
    path("accounts/login/", to_sign_in, name="account_login"),
    path("accounts/signup/", to_sign_in, name="account_signup"),
    path("accounts/login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("accounts/login/code/confirm/", ConfirmCode.as_view(), name="account_confirm_login_code"),
    path("accounts/join/", views.join, name="join"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/confirm-email/", views.email_not_confirmed, name="account_email_verification_sent"),
    path("accounts/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/second/", mfa.authenticate, name="mfa_authenticate"),
    path("accounts/proof/", private(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/proof/code/", private(ProveByCode.as_view()), name="prove-by-code"),
    path(
        "accounts/proof/passkey/",
        private(passkeys.ProveByPasskey.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("language/", language.choose, name="language"),
    path("settings/", views.edit_settings, name="settings"),
    path("settings/sign-in/", security.security, name="security"),
    path("settings/sign-in/", security.security, name="mfa_index"),  # as allauth calls it
    path("settings/sign-in/staff/", enrolment.enrol, name="enrol"),
    path(
        "settings/passkeys/add/",
        fresh(proved(passkeys.AddPasskey.as_view())),
        name="mfa_add_webauthn",
    ),
    path("settings/passkeys/<int:pk>/", fresh(passkeys.NamePasskey.as_view()), name="mfa_edit_webauthn"),
    path(
        "settings/passkeys/<int:pk>/remove/",
        fresh(proved(passkeys.RemovePasskey.as_view())),
        name="mfa_remove_webauthn",
    ),
    path("settings/app/", fresh(proved(security.TurnOnApp.as_view())), name="mfa_activate_totp"),
    path("settings/app/off/", fresh(proved(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("settings/codes/", fresh(proved(codes.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path(
        "settings/codes/new/",
        fresh(proved(codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "settings/codes/file/",
        fresh(proved(codes.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
    path("settings/accounts/<int:account_id>/end/", security.disconnect, name="disconnect"),
    path("settings/devices/<int:device_id>/end/", security.end_device, name="end-device"),
    path("settings/apps/<int:device_id>/end/", security.end_app, name="end-app"),
    path("settings/devices/end/", security.end_other_devices, name="end-other-devices"),
    path("settings/mail/resume/", mail.resume, name="mail-resume"),
    path("mail/reports/<slug:provider>/", mail.report, name="mail-report"),
    path("mail/<str:token>/", mail.preferences, name="mail-preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
]

urlpatterns += social.urls(settings.SOCIALACCOUNT_PROVIDERS)

if settings.MAILBOX_SHOWN:
    urlpatterns += [
        path("outbox", views.outbox_list, name="outbox"),
        path("outbox/<str:name>", views.outbox_list, name="outbox-mail"),
        path("outbox/<str:name>/html", views.outbox_html, name="outbox-html"),
    ]
