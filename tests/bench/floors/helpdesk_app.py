"""The peer of messages in: django-helpdesk as it comes, whose follow-up to a ticket is posted by REST.

Under an environment of its own (`helpdesk.txt`): HELPDESK=folder python helpdesk_app.py makes the database, then
HELPDESK=folder gunicorn helpdesk_app:application. SQLite with WAL and synchronous=FULL; no password is hashed.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import django  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]

FOLDER, TICKETS = os.environ["HELPDESK"], 200
PLAIN = ("admin", "auth", "contenttypes", "sessions", "messages", "sites", "staticfiles", "humanize")
CONTEXT = (
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.request",
    "django.contrib.messages.context_processors.messages",
)
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
sys.modules.setdefault("helpdesk_app", sys.modules[__name__])
settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="helpdesk_app",
    USE_TZ=True,
    SITE_ID=1,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    STATIC_URL="/static/",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    MEDIA_ROOT=f"{FOLDER}/media",
    HELPDESK_TEAMS_MODE_ENABLED=False,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{FOLDER}/helpdesk.db",
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
    INSTALLED_APPS=[*(f"django.contrib.{each}" for each in PLAIN), "rest_framework", "helpdesk"],
    MIDDLEWARE=MIDDLEWARE,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": CONTEXT},
        }
    ],
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": ["helpdesk_app.Known"]},
)
django.setup()

from django.core.management import call_command  # type: ignore[import-not-found]  # noqa: E402
from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]  # noqa: E402
from django.urls import include, path  # type: ignore[import-not-found]  # noqa: E402


class Known:
    """Everybody is the one user there is."""

    user: Any = None

    def authenticate(self, request: Any) -> tuple[Any, None]:
        from django.contrib.auth.models import User  # type: ignore[import-not-found]

        if Known.user is None:
            Known.user = User.objects.get(username="bench")
        return Known.user, None

    def authenticate_header(self, request: Any) -> str:
        return ""


urlpatterns = [path("", include("helpdesk.urls"))]
application = get_wsgi_application()


def fill() -> None:
    """An empty installation with one user and some tickets."""
    from django.contrib.auth.models import User
    from helpdesk.models import Queue, Ticket  # type: ignore[import-not-found]

    call_command("migrate", verbosity=0)
    User.objects.create_superuser("bench", "bench@example.com", "x")
    queue = Queue.objects.create(title="Queue", slug="queue", allow_public_submission=True)
    for number in range(TICKETS):
        Ticket.objects.create(title=f"{number}", queue=queue, submitter_email="maria@example.com", description="x")


if __name__ == "__main__":
    fill()
