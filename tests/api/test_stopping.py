"""The server stops although pages are open: each holds a stream that would never end by itself."""

import asyncio
import http.client
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from panshi.api.events import Client, Stream
from panshi.node.home import Home
from panshi.protection.access.roles import Role
from tests.api.server import serve
from tests.e2e.conftest import SIGN_IN
from tests.web.small_bank import open_small_bank


def test_an_ended_stream_lets_everybody_go_and_nobody_in():
    async def walk():
        stream = Stream()
        client = Client("ana", (Role.CISO,))
        stream.clients.add(client)
        stream.end()
        return stream.full("ben"), await client.queue.get()

    assert asyncio.run(walk()) == (True, None)


@pytest.mark.slow
def test_a_server_with_an_open_page_stops_when_told_to(tmp_path):
    with open_small_bank(Home(path=tmp_path), datetime.now(UTC)):
        pass
    address, process = serve(tmp_path)
    environment = {"PANSHI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "panshi.web.settings"}
    signed = subprocess.run(
        [sys.executable, "-c", SIGN_IN, "ana", "ciso"],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    cookie = f"panshi_session={signed.stdout.split()[-1]}"
    listening = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    listening.request("GET", "/events/", headers={"Cookie": cookie})
    answer = listening.getresponse()
    assert answer.status == 200
    assert answer.readline() == b"retry: 5000\n"

    process.terminate()
    answer.read()  # to its end: a body that breaks off is an error

    # Below the time after which the server would end what does not end by itself.
    assert process.wait(50) == 0
