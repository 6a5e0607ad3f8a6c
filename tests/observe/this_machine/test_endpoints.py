"""TLS endpoints of this machine; the probe itself is tested in tests/observe/tls."""

import contextlib
import socket
import threading

from panshi.model.observation import Outcome
from panshi.observe.this_machine import endpoints
from panshi.observe.this_machine.machine import Machine


def test_a_foreign_root_has_no_sockets_to_ask(machine, now):
    assert list(endpoints.look(machine, now)) == []


def test_a_port_that_refuses_every_hello_is_a_failed_look_with_the_endpoint_as_subject():
    # Given a peer on loopback that answers every hello with an alert
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(b"\x15\x03\x03\x00\x02\x02\x70")

        threading.Thread(target=serve, daemon=True).start()

        # When it is asked
        sight = endpoints._ask(Machine(), "127.0.0.1", port)

    # Then the sight says that it could not be looked at, and why
    assert sight.outcome is Outcome.FAILED
    assert sight.subject == f"endpoint:{Machine().hostname}:{port}"
    assert "refuses every hello" in sight.reason
