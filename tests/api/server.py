"""`panshi serve` over the small bank on a loopback port, with a token of each role."""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

from panshi.protection.access.roles import ACTIONS, ROLES

PERSON = "tester-{}"


def home_with_tokens(folder):
    """Make a home with the small bank; gives a token per role, bound to a person of that role."""
    from panshi.node.home import Home
    from tests.web.small_bank import open_small_bank

    with open_small_bank(Home(path=folder), datetime.now(UTC)) as node:
        now = node.clock()
        tokens = {
            role: node.tokens.make(
                name=f"t-{role}",
                role=role,
                days=2,
                now=now,
                scopes=ACTIONS,
                person=PERSON.format(role),
            )
            for role in ROLES
        }
    accounts = "; ".join(f"a.invite({PERSON.format(role)!r}, [{str(role)!r}])" for role in ROLES)
    program = f"from panshi.node.accounts import accounts; a = accounts(); {accounts}"
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PANSHI_HOME": str(folder)},
        check=True,
    )
    return tokens


def serve(folder, **environment):
    """Start the server; gives its address and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "serve", "--port", str(port), "--json"],
        env={**os.environ, "PANSHI_HOME": str(folder), **environment},
        stdout=subprocess.DEVNULL,
    )
    for _ in range(900):
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}", process
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the server does not answer")
