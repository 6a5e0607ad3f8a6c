"""Clients that others wrote, against a really served hub: taxii2-client and stix2."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
import stix2
from taxii2client.v21 import Server, as_pages

from panshi.node.alliance.hub import prepare_hub
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.patience import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("hub")
    with Node.open(Home(path=home)) as node:
        prepare_hub(node, actor="lin.yating", name="Hub")
        clear = node.tokens.make(name="t", role="analyst", days=1, now=datetime.now(UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "hub", "--port", str(port)],
        env={**os.environ, "PANSHI_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(10 * PATIENCE):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield Server(f"http://127.0.0.1:{port}/taxii2/", user="x", password=clear)
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def sharing(server):
    return next(each for each in server.default.collections if "sharing" in each.title)


def indicator(number):
    return stix2.Indicator(
        name=f"i{number}",
        pattern=f"[ipv4-addr:value = '198.51.100.{number}']",
        pattern_type="stix",
        object_marking_refs=[stix2.TLP_GREEN],
    )


def test_taxii2_client_adds_pages_and_removes(server, sharing):
    made = [json.loads(indicator(n).serialize()) for n in range(12)]
    status = sharing.add_objects({"objects": made})
    assert (status.status, status.success_count) == ("complete", 12)
    assert server.default.get_status(status.id).total_count == 12
    pages = [page["objects"] for page in as_pages(sharing.get_objects, per_request=5)]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [each for page in pages for each in page] == made
    assert len(sharing.get_manifest()["objects"]) == 12
    assert sharing.get_object(made[3]["id"])["objects"] == [made[3]]
    assert len(sharing.object_versions(made[3]["id"])["versions"]) == 1
    for each in made:
        sharing.delete_object(each["id"])
    assert sharing.get_objects() == {}


def test_stix2_reads_and_writes_the_collection_as_any_other(sharing):
    source, sink = stix2.TAXIICollectionSource(sharing), stix2.TAXIICollectionSink(sharing)
    first = indicator(1)
    sink.add(first)
    sink.add(stix2.Bundle(stix2.IPv4Address(value="198.51.100.9")))
    assert source.get(first.id) == first
    newer = first.new_version(name="newer")
    sink.add(newer)
    assert source.get(first.id).name == "newer"
    assert {each.name for each in source.all_versions(first.id)} == {"i1", "newer"}
    found = source.query([stix2.Filter("type", "=", "ipv4-addr")])
    assert [each.value for each in found] == ["198.51.100.9"]
