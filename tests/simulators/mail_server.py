"""A real SMTP server on loopback that keeps what it was handed, or refuses it (RFC 5321)."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default


class Mailbox(socketserver.ThreadingTCPServer):
    """Accepts mail until told to refuse."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages, self.refusing = [], False

    @property
    def port(self):
        return self.server_address[1]


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 mailbox")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"DATA"):
                if self.server.refusing:
                    self._say("451 not now")
                    continue
                self._say("354 go on")
                self.server.messages.append(message_from_bytes(self._content(), policy=default))
                self._say("250 kept")
            elif verb.startswith(b"QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _content(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mailbox():
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
