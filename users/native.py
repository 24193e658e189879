"""Apps that may use the site's passkeys: NUTGRAF_APPS names them, and the site vouches for them to phones."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from fido2.rpid import verify_rp_id
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity

from users import language

# What Android asks of a site before it gives an app the site's passkeys.
RELATIONS = ["delegate_permission/common.handle_all_urls", "delegate_permission/common.get_login_creds"]


def origins() -> set[str]:
    """What Android says an app's passkey was shown to: the hash of the certificate that the app is signed by.

    On an iPhone it is the site's own origin, once the site vouches for the app.
    """
    prints = {one for found in settings.NUTGRAF_APPS["android"].values() for one in found}
    return {f"android:apk-key-hash:{_packed(bytes.fromhex(one.replace(':', '')))}" for one in prints}


def server() -> Fido2Server:
    """As allauth makes it, for the site's own pages and these apps."""
    site = PublicKeyCredentialRpEntity(**get_adapter().get_public_key_credential_rp_entity())

    def is_ours(origin: str) -> bool:
        return origin in origins() or verify_rp_id(site.id or "", origin)

    return Fido2Server(site, verify_origin=is_ours)


# Its own takes one origin, or any. Should it be called otherwise one day, apps are refused, and a test says so.
auth.get_server = server


@require_safe
@language.for_anybody
@cache_control(public=True, max_age=3600)
def asset_links(request: HttpRequest) -> JsonResponse:
    """For Android: https://developers.google.com/digital-asset-links."""
    apps = settings.NUTGRAF_APPS["android"]
    if not apps:
        raise Http404
    told = [
        {
            "relation": RELATIONS,
            "target": {"namespace": "android_app", "package_name": name, "sha256_cert_fingerprints": prints},
        }
        for name, prints in apps.items()
    ]
    return JsonResponse(told, safe=False)


@require_safe
@language.for_anybody
@cache_control(public=True, max_age=3600)
def apple_association(request: HttpRequest) -> JsonResponse:
    """For iPhones: Apple's associated domains, for passkeys alone."""
    apps = settings.NUTGRAF_APPS["apple"]
    if not apps:
        raise Http404
    return JsonResponse({"webcredentials": {"apps": apps}})


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
