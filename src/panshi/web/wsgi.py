"""The console as a WSGI application; brings its small database up to date before it answers."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.web.settings")

application = get_wsgi_application()

from panshi.web.first_run import prepare  # noqa: E402 -- models exist only from here on

prepare()
