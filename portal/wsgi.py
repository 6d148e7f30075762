"""The application for a WSGI server: `granian --interface wsgi portal.wsgi:app`."""

from portal import create_app

app = create_app()
