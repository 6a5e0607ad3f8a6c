"""A publisher of feeds over real HTTP that can be told to misbehave."""

import hashlib
import threading
import time
from collections import Counter
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FeedPublisher:
    """Serves `files` (path → bytes) with ETag, ranges and 304; `faults` says what goes wrong next.

    A fault is used once, in order: ("cut", bytes), ("status", code), ("longer", bytes),
    ("quiet", seconds), ("redirect", url), ("other", bytes): the file is another one from then on.
    """

    def __init__(self):
        self.files = {}
        self.headers = {}
        self.faults = []
        self.asked = []
        self.served = Counter()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def _handler(publisher):  # noqa: N805 -- the handler's own self is another
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                publisher.asked.append((self.path, dict(self.headers)))
                fault = publisher.faults.pop(0) if publisher.faults else ("none", None)
                publisher.answer(self, *fault)

        return Handler

    def answer(self, request, fault, how):
        if fault == "other":
            self.files[request.path] = how
        if fault in {"status", "redirect"}:
            request.send_response(how if fault == "status" else 302)
            if fault == "redirect":
                request.send_header("Location", how)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        body = self.files.get(request.path)
        if body is None:
            request.send_response(404)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        self._serve(request, body, fault, how)

    def _serve(self, request, body, fault, how):
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        wanted, start = request.headers, 0
        if wanted.get("If-None-Match") == etag:
            request.send_response(304)
            request.end_headers()
            return
        span = wanted.get("Range", "")
        if span and wanted.get("If-Range") == etag:
            start = int(span.removeprefix("bytes=").rstrip("-"))
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            request.send_response(200)
        piece = body[start:]
        self.served[request.path] += len(piece)
        request.send_header("Content-Length", str(len(piece) + (how if fault == "longer" else 0)))
        request.send_header("ETag", etag)
        request.send_header("Last-Modified", formatdate(1_782_900_000, usegmt=True))
        for name, value in self.headers.get(request.path, {}).items():
            request.send_header(name, value)
        request.end_headers()
        if fault == "quiet":
            for at in range(0, len(piece), 4):
                request.wfile.write(piece[at : at + 4])
                request.wfile.flush()
                time.sleep(how)
            return
        request.wfile.write(piece[:how] if fault == "cut" else piece)
        if fault in {"cut", "longer"}:
            request.wfile.flush()
            request.connection.shutdown(2)
            request.close_connection = True
