"""A real HTTP listener on loopback that keeps what was posted, and answers what it is told to."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        for name, value in self.server.extra.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments):
        """Keep the tests' output quiet."""


@contextmanager
def receiver():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.posts, server.status, server.extra = [], 200, {}
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
