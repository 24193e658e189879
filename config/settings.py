"""Every knob of Nutgraf in one file, read from the environment; bad values are refused in one line each.

`docs/running.md` tells operators the same in prose. Any variable may also be given as NAME_FILE, a file's path.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import make_conninfo

from config import brokers, connections
from config.embedded import data_directory
from config.environment import LEAST_DAYS, env, refuse_bad_files, running_at, seal_or_exit, stop

BASE_DIR = Path(__file__).resolve().parent.parent

# --- where state lives and who we are

refuse_bad_files()
DEBUG: bool = env.flag("DEBUG", "true")
NUTGRAF_VAR = Path(env.line("NUTGRAF_VAR", "") or BASE_DIR / "var").absolute()
_static = Path(env.line("NUTGRAF_STATIC", "") or NUTGRAF_VAR / "static").absolute()
NUTGRAF_URL: str = env.web_address("NUTGRAF_URL", "") or running_at(NUTGRAF_VAR) or "http://127.0.0.1:8000"
SECRET_KEY: str = env.line("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.names("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS: list[str] = env.hosts("ALLOWED_HOSTS", "")
# How many reverse proxies of yours stand before the web process: sign-in is limited by the address behind them.
NUTGRAF_PROXIES: int = env.count("NUTGRAF_PROXIES", "0")
# Web processes that `manage.py up` starts; 0: as many as fit (config/management/commands/up.py).
NUTGRAF_WEB_PROCESSES: int = env.count("NUTGRAF_WEB_PROCESSES", "0")

# --- the database: embedded unless DATABASE_URL names a server of your own (config/embedded.py sets it for us)

_database: dict[str, Any] | None = env.database("DATABASE_URL", "")
# A PgBouncer in transaction mode stands before it: nothing is left behind in a session (config/connections.py).
NUTGRAF_POOLER: bool = env.flag("NUTGRAF_POOLER", "false")
_broker: str = env.broker("CELERY_BROKER_URL", "")
# What RabbitMQ keeps each queue in: `quorum` on several nodes of it, so that the loss of one is none of a queue.
NUTGRAF_QUEUE_TYPE: str = env.queue_type("NUTGRAF_QUEUE_TYPE", "classic")

# --- where nothing new is taken in once it is nearly full (inference/disk.py)

NUTGRAF_DISKS = [NUTGRAF_VAR, data_directory(NUTGRAF_VAR).parent]

# --- models: without a key or an address of an OpenAI-compatible endpoint the extractive writer serves

OPENAI_API_KEY: str = env.secret_word("OPENAI_API_KEY", "")
OPENAI_BASE_URL: str = env.web_address("OPENAI_BASE_URL", "")
# An organisation's admin key, for its usage and cost reports alone; with a project, only that project's are asked for.
OPENAI_ADMIN_KEY: str = env.secret_word("OPENAI_ADMIN_KEY", "")
OPENAI_PROJECT_ID: str = env.secret_word("OPENAI_PROJECT_ID", "")
NUTGRAF_MODEL_CHEAP: str = env.line("NUTGRAF_MODEL_CHEAP", "gpt-6-luna")
NUTGRAF_MODEL_STRONG: str = env.line("NUTGRAF_MODEL_STRONG", "gpt-6.1-sol")
NUTGRAF_MODEL_EMBED: str = env.embedder("NUTGRAF_MODEL_EMBED", "lexical")
NUTGRAF_BACKGROUND_TIER: str = env.background_tier("NUTGRAF_BACKGROUND_TIER", "auto")
NUTGRAF_PRICES: str = env.line("NUTGRAF_PRICES", "")

# --- hard limits on spending, in US dollars

NUTGRAF_BUDGET_DAY_USD: Decimal = env.dollars("NUTGRAF_BUDGET_DAY_USD", "1.00")
NUTGRAF_BUDGET_MONTH_USD: Decimal = env.dollars("NUTGRAF_BUDGET_MONTH_USD", "20.00")
NUTGRAF_BUDGET_READER_MONTH_USD: Decimal = env.dollars("NUTGRAF_BUDGET_READER_MONTH_USD", "1.00")
NUTGRAF_BUDGETS: dict[tuple[str, str], Decimal] = env.limits("NUTGRAF_BUDGETS", "")

# --- fetching: networks that may be reached although they are private

NUTGRAF_FETCH_ALLOW = env.networks("NUTGRAF_FETCH_ALLOW", "")
# The same for push services: what was opened for feeds is not to be written to by whoever registers a device.
NUTGRAF_PUSH_ALLOW = env.networks("NUTGRAF_PUSH_ALLOW", "")

# --- news that no brief rests on is forgotten after so many days; 0 keeps everything

NUTGRAF_RETENTION_DAYS: int = env.days("NUTGRAF_RETENTION_DAYS", "0")
RETENTION_LEAST_DAYS = LEAST_DAYS

# --- seconds for a model's whole answer, to the last byte; leases and the tasks' limits are longer

MODEL_DEADLINE = 90.0

# --- mail

_mail: dict[str, Any] | None = env.mail("EMAIL_URL", "")
# Providers that may report bounces and complaints to us, each with what proves that a report is its own.
NUTGRAF_MAIL_REPORTS: dict[str, str] = env.reporters("NUTGRAF_MAIL_REPORTS", "")

# --- push: the key that pushes are signed by (VAPID); without one nothing is pushed

NUTGRAF_PUSH_KEY: str = env.push_key("NUTGRAF_PUSH_KEY", "")

# --- how much the logs say

LOG_LEVEL: str = env.verbosity("LOG_LEVEL", "INFO")
LOG_FORMAT: str = env.log_format("LOG_FORMAT", "line")

# --- watching it (config/watch/): who may read /metrics, whom alerts go to, where spans go

NUTGRAF_METRICS_TOKEN: str = env.token("NUTGRAF_METRICS_TOKEN", "")
NUTGRAF_ALERT_MAIL: list[str] = env.addresses("NUTGRAF_ALERT_MAIL", "")
NUTGRAF_ALERT_HOURS: int = env.hours("NUTGRAF_ALERT_HOURS", "12")
OTEL_EXPORTER_OTLP_ENDPOINT: str = env.spans("OTEL_EXPORTER_OTLP_ENDPOINT", "")

# --- accounts elsewhere that open an account here: none unless named

SOCIALACCOUNT_PROVIDERS: dict[str, Any] = env.social("NUTGRAF_SOCIAL", "")

# Apps that may use the site's passkeys (users/native.py): none unless named.
NUTGRAF_APPS: dict[str, Any] = env.apps("NUTGRAF_APPS", "")

# Those who run the service see its pages by two factors only: by default not on a laptop, whose mailbox is open anyway.
NUTGRAF_STAFF_SECOND_FACTOR: bool = env.flag(
    "NUTGRAF_STAFF_SECOND_FACTOR", str(not DEBUG or urlsplit(NUTGRAF_URL).scheme == "https")
)

seal_or_exit()

if not DEBUG:
    for _name in ("SECRET_KEY", "ALLOWED_HOSTS", "NUTGRAF_URL", "EMAIL_URL"):
        if not (os.environ.get(_name) or os.environ.get(f"{_name}_FILE")):
            stop(f"nutgraf: {_name}: not set; with DEBUG=false it must be given")

if not SECRET_KEY:
    # Every command leaves a random key of this installation here; the web process refuses to serve with the constant.
    _key_file = NUTGRAF_VAR / "secret-key"
    SECRET_KEY = _key_file.read_text().strip() if _key_file.is_file() else "development-only-" + "x" * 50

if not NUTGRAF_PUSH_KEY and DEBUG:
    # Every command leaves one here as well. With DEBUG=false processes may have folders of their own: then it is given.
    _push_file = NUTGRAF_VAR / "push-key"
    NUTGRAF_PUSH_KEY = _push_file.read_text().strip() if _push_file.is_file() else ""

MAILBOX = NUTGRAF_VAR / "outbox"
MAILBOX_SHOWN = DEBUG and _mail is None
_mail = _mail or {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
EMAIL_FILE_PATH = str(MAILBOX)
EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
EMAIL_HOST: str = _mail.get("EMAIL_HOST", "")
EMAIL_PORT: int = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER: str = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_PER_SECOND: float = _mail.get("EMAIL_PER_SECOND", 0.0)
DEFAULT_FROM_EMAIL: str = (
    _mail.get("DEFAULT_FROM_EMAIL") or f"Nutgraf <nutgraf@{urlsplit(NUTGRAF_URL).hostname or 'localhost'}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Django

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # what it shows is found by config/urls.py, where pages are served
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",  # for its file alone
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{kind}" for kind in SOCIALACCOUNT_PROVIDERS),
    "allauth.headless",
    "users",
    "inference",
    "ingest",
    "briefings",
    "config",
    "config.watch",
]

MIDDLEWARE = [
    "config.logs.Requests",
    "config.watch.door.Watched",
    "config.spans.Spans",
    "config.compress.Compress",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "briefings.api.frame.Frame",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.forms.PlainForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "users.language.Spoken",
    "users.devices.Noted",
    "users.staff.SecondFactor",
    "briefings.web.shell.Reader",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.outage.Outage",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "briefings.templatetags.tongue"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Commands that need no data (check, makemigrations) load without a server; anything else gets DATABASE_URL first.
_default: dict[str, Any] = _database or {"ENGINE": "django.db.backends.postgresql", "NAME": "nutgraf"}
_default["OPTIONS"] = connections.options(_default.get("OPTIONS", {}), NUTGRAF_POOLER)
_default["CONN_MAX_AGE"] = 0  # a worker keeps its own: config/celery.py
_default["DISABLE_SERVER_SIDE_CURSORS"] = NUTGRAF_POOLER
_named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
_conninfo = make_conninfo(
    **{key: str(value) for key, value in _default["OPTIONS"].items()},
    **{key: str(_default[name]) for key, name in _named.items() if _default.get(name)},
)
# What the server has ended, or a network that says so, costs nobody their page or task.
_default["CONN_HEALTH_CHECKS"] = True
# What is asked over and over (users/prepared.py) is planned once a connection, where it is ours for longer.
_default["OPTIONS"]["prepare_threshold"] = None if NUTGRAF_POOLER else 2
if os.environ.get("NUTGRAF_POOL"):  # the web process; pools do not survive the worker's forks
    # A visitor waits this many seconds for the database before the page says that it is away.
    _default["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": connections.A_WEB_PROCESS,
        "timeout": 5.0,
        "connection_class": connections.Pooled,
    }
DATABASES = {"default": _default}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
# A reader's own choice, else what the browser asks for (users/language.py); docs/running.md tells how to add one.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not DEBUG

STATIC_URL = "/static/"
# An image brings its static files with it, in a place that nobody writes to.
STATIC_ROOT = _static
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False
if not DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "config.static.Storage"},
    }

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "users.backends.ByPassword",
    "users.backends.ByCode",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/today/"

# --- sign-in (allauth): one email field signs up and signs in, by a code sent to the address; there are no passwords

ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "users.forms.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # the code verifies it
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # Codes to an address (users/codes.py): from one network, from all strangers together, from its reader's browser.
    "request_login_code": "20/m/ip",
    "code-here": "3/m/key,30/d/key",
    "code-anywhere": "6/10m/key,60/d/key",
    "code-known": "3/m/key,30/d/key",
    "proof": "3/m/user,30/d/user",
    "enrol": "10/m/user",
    # Adding makes us fetch what a reader names, and reading a list costs a process its time.
    "sources-add": "10/m/user,100/d/user",
    "sources-import": "3/m/user,20/d/user",
    "share": "20/m/user,200/d/user",
    # An archive of everything is written anew each time.
    "export": "3/m/user,20/d/user",
    # What is learned from a click is a few rows each time, and a challenge has a sentence verified again.
    "feedback": "60/m/user,600/d/user",
    "challenge": "10/m/user,60/d/user",
    "test-mail": "2/m/user,10/d/user",
    # Each names an address that we will write to.
    "push": "10/m/user,60/d/user",
    "test-push": "4/m/user,20/d/user",
    # To one push service from all readers: each may hold a web thread for three seconds.
    "test-push-service": "20/m/key",
    # Shared pages, their pictures and counts, and private feeds.
    "public": "120/m/ip",
    # A question may go to a model.
    "search": "20/m/user,300/d/user",
    # So may what is asked about a brief, and each takes a worker its time.
    "lens": "10/m/user,60/d/user,30/m/ip",
    "converse": "10/m/user,100/d/user,30/m/ip",
    # Compares all of the day's stories while somebody types.
    "preview": "60/m/user",
    # The API: tries at a code, and tokens that open nothing. What a device may ask is API_REQUESTS_A_MINUTE.
    "api-code": "30/m/ip",
    "api-token": "60/m/ip",
    "api-profile": "20/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = NUTGRAF_PROXIES
# Apps sign in by the same code and then carry a token of their own (users/tokens.py).
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "users.headless.DeviceTokens"  # noqa: S105 - the name of a class
API_REQUESTS_A_MINUTE = 600  # of one device
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}

# --- more doors: passkeys, and an authenticator app for those who turn it on

ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "users.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Nutgraf"
MFA_TOTP_TOLERANCE = 1  # phones' clocks differ by seconds
MFA_FORMS = {
    "add_webauthn": "users.mfa.AddForm",
    "login_webauthn": "users.mfa.LoginForm",
    "authenticate_webauthn": "users.mfa.AuthenticateForm",
    "reauthenticate_webauthn": "users.mfa.ReauthenticateForm",
}
# An address that a provider has verified counts as one that a code was sent to (users/social.py).

SOCIALACCOUNT_ADAPTER = "users.social.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True

# --- pages: nothing foreign is ever loaded

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_ENGINE = "users.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [NUTGRAF_URL]
CSRF_FAILURE_VIEW = "users.language.forged"
if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = urlsplit(NUTGRAF_URL).scheme == "https"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# --- Celery: the queue lies in the same Postgres unless CELERY_BROKER_URL says otherwise

CELERY_BROKER_URL = _broker or brokers.OURS
CELERY_TASK_DEFAULT_QUEUE_TYPE = CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = NUTGRAF_QUEUE_TYPE
CELERY_BROKER_TRANSPORT_OPTIONS = brokers.options(CELERY_BROKER_URL, _conninfo, NUTGRAF_POOLER)
# In KB. A local embedding model lives in the worker: replaced after each task, it would load the model each time.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 2_000_000 if NUTGRAF_MODEL_EMBED.startswith("local:") else 250_000
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# --- logs: to stderr, so that stdout stays free for answers

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.Line"}, "json": {"()": "config.logs.Json"}},
    "filters": {"outage": {"()": "config.outage.OneLine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["outage"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        **{name: {"level": LOG_LEVEL} for name in ("users", "inference", "ingest", "briefings", "config")},
        "django": {"handlers": [], "level": "INFO"},  # its own would print each line a second time
        # A scanner's made-up Host is answered with 400; a traceback for each would bury what matters.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
