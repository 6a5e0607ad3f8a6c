"""One raw-ASGI application: the HTTP API, falling through to the console."""
