"""Look at the TLS endpoints of this machine: every listening TCP port is offered a handshake.

Only loopback and the machine's own addresses are contacted. A port that speaks no TLS is no
endpoint and no error; one that speaks TLS and cannot be looked at to the end is a failed look.
Services that turn to TLS on request (STARTTLS) are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.observation import Outcome
from panshi.observe.this_machine.machine import Machine, Sight
from panshi.observe.this_machine.sockets import contact_points, listeners
from panshi.observe.tls.endpoint import KIND, endpoint_body
from panshi.observe.tls.probe import Probe

_AT_ONCE = 8
_MOST_PORTS = 200


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Ask each port once, several at a time."""
    if not machine.live:
        return
    contacts = dict(contact_points(machine, listeners(machine)))
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as workers:
        ports = sorted(contacts)[:_MOST_PORTS]
        for sight in workers.map(lambda port: _ask(machine, contacts[port], port), ports):
            if sight is not None:
                yield sight


def _ask(machine: Machine, address: str, port: int) -> Sight | None:
    subject = f"endpoint:{machine.hostname}:{port}"
    probe = Probe(host=address, port=port)
    try:
        try:
            offer = probe.look()
        except PanshiError:  # some servers speak to those who name them only
            probe.name = machine.hostname
            offer = probe.look()
    except PanshiError as error:
        return Sight(kind=KIND, subject=subject, outcome=Outcome.FAILED, reason=str(error))
    if offer is None:
        return None
    shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return Sight(kind=KIND, subject=subject, body=endpoint_body(shown, offer))
