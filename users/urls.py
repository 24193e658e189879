"""Addresses of everything about the reader. Of allauth only what signing in by code needs: no passwords anywhere."""

from __future__ import annotations

from allauth.account import views as allauth
from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from users import mail, views

to_sign_in = RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)

urlpatterns = [
    path("accounts/login/", to_sign_in, name="account_login"),
    path("accounts/signup/", to_sign_in, name="account_signup"),
    path("accounts/login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("accounts/login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("accounts/join/", views.join, name="join"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/confirm-email/", allauth.email_verification_sent, name="account_email_verification_sent"),
    path("settings/", views.edit_settings, name="settings"),
    path("settings/mail/resume/", mail.resume, name="mail-resume"),
    path("mail/reports/<slug:provider>/", mail.report, name="mail-report"),
    path("mail/<str:token>/", mail.preferences, name="mail-preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
]

if settings.MAILBOX_SHOWN:
    urlpatterns += [
        path("outbox", views.outbox_list, name="outbox"),
        path("outbox/<str:name>", views.outbox_list, name="outbox-mail"),
        path("outbox/<str:name>/html", views.outbox_html, name="outbox-html"),
    ]
