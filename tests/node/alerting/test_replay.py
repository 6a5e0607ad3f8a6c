"""The advisories' own history, published batch after batch while `panshi sbom watch` runs.

What is expected is worked out here, slowly and by other means: explicit versions and plain numbers.
"""

import hashlib
import hmac
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.estate import Estate
from panshi.node.alerting.raising import follow
from panshi.node.alerting.settings import AlertSettings, set_alerting
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.notify.settings import NotifySettings, save
from panshi.node.supply_chain.feeds import NewPlace, add_place
from panshi.node.supply_chain.portfolio import ingest
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.store.senders import Hook
from tests.simulators.feed_publisher import FeedPublisher
from tests.simulators.webhook_receiver import _Handler, receiver

DATA = Path(__file__).parents[4] / "shared" / "data" / "osv"
SYSTEMS = 40
COMPONENTS = 60
RECORDS = {"PyPI": 2_400, "Go": 1_200}
BATCHES = 16
PAUSE_S = 4
"Between two batches: places are asked every ten seconds, so each asking finds some."
WITHIN_S = 60.0
SECRET = "a secret of the test"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="no advisories at ../shared/data/osv"),
]


def numbers(version):
    parts = version.removeprefix("v").split(".")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    return tuple(map(int, parts))


def normal(ecosystem, name):
    if ecosystem != "PyPI":
        return name.casefold()
    for sign in "_.":
        name = name.replace(sign, "-")
    while "--" in name:
        name = name.replace("--", "-")
    return name.lower()


def reaches(affected, version):
    """Tell whether a version of three plain numbers is affected."""
    if version in affected.get("versions", ()):
        return True
    at = numbers(version)
    for span in affected.get("ranges", ()):
        if span["type"] == "GIT":
            continue
        inside, events = False, []
        for event in span["events"]:
            ((kind, bound),) = event.items()
            events.append(((0, 0, 0) if bound == "0" else numbers(bound), kind))
        for place, kind in sorted(events):
            if kind == "introduced" and at >= place:
                inside = True
            elif (kind == "fixed" and at >= place) or (kind == "last_affected" and at > place):
                inside = False
        if inside:
            return True
    return False


def history(ecosystem):
    """Give records in the order they were published, leaving out what is not plainly ordered."""
    with zipfile.ZipFile(DATA / ecosystem / "all.zip") as pack:
        records = [json.loads(pack.read(name)) for name in pack.namelist()]
    plain = [each for each in records if not each.get("withdrawn") and is_plain(each, ecosystem)]
    plain.sort(key=lambda each: (each["modified"], each["id"]))
    step = max(1, len(plain) // RECORDS[ecosystem])
    return plain[::step][: RECORDS[ecosystem]]


def is_plain(record, ecosystem):
    affected = record.get("affected", ())
    return bool(affected) and all(
        each["package"]["ecosystem"] == ecosystem
        and each["package"]["name"] not in {"stdlib", "toolchain"}
        and (each.get("versions") or bounds_of(each))
        and all(bound == "0" or numbers(bound) for bound in bounds_of(each))
        for each in affected
    )


def bounds_of(affected):
    return [
        bound
        for span in affected.get("ranges", ())
        if span["type"] != "GIT"
        for event in span["events"]
        for bound in event.values()
    ]


def portfolio(records):
    """Give components per system: versions that advisories name, and others beside them."""
    chance = random.Random(20261121)
    pool = []
    for ecosystem, listed in records.items():
        for record in listed:
            for each in record["affected"]:
                for bound in (*bounds_of(each), "1.2.3"):
                    at = numbers(bound)
                    if at is None:
                        continue
                    pool += (
                        (ecosystem, each["package"]["name"], ".".join(map(str, version)))
                        for version in (at, (at[0], at[1], max(at[2] - 1, 0)))
                    )
    return {
        f"system:s{number:02}": sorted(set(chance.sample(pool, COMPONENTS)))
        for number in range(SYSTEMS)
    }


def groups_of(records):
    """Give the group each name belongs to."""
    leader = {}

    def find(name):
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for listed in records.values():
        for record in listed:
            for alias in record.get("aliases", ()):
                leader[find(alias)] = find(record["id"])
    return find


def bill(components):
    letters = {"PyPI": "pypi", "Go": "golang"}
    listed = []
    for ecosystem, name, version in components:
        prefix = "v" if ecosystem == "Go" else ""
        purl = f"pkg:{letters[ecosystem]}/{name}@{prefix}{version}"
        listed.append({"type": "library", "name": name, "version": version, "purl": purl})
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    return json.dumps(head | {"components": listed}).encode()


def estate():
    institution = Asset(
        id=AssetId("institution:replay"), kind=AssetKind.INSTITUTION, name="重播銀行",
        attributes={"sector": "bank"},
    )  # fmt: skip
    service = Asset(
        id=AssetId("service:pay"),
        kind=AssetKind.SERVICE,
        name="支付",
        attributes={"critical": True},
    )
    systems = [
        Asset(
            id=AssetId(f"system:s{n:02}"), kind=AssetKind.SYSTEM, name=f"系統 {n}",
            attributes={"internet_facing": n % 2 == 0},
        )
        for n in range(SYSTEMS)
    ]  # fmt: skip
    return Estate(
        id="replay", name_zh="重播銀行", name_en="Replay bank", version=1,
        as_of=datetime(2026, 1, 1, tzinfo=UTC), assets=(institution, service, *systems),
        relations=tuple(
            Relation(kind=RelationKind.DEPENDS_ON, source=service.id, target=each.id)
            for each in systems[::3]
        ),
    )  # fmt: skip


class Bucket:
    """What the OSV bucket shows after each batch, and when each record was published."""

    def __init__(self, publisher):
        self.publisher = publisher
        self.shown = defaultdict(dict)
        self.at = {}

    def publish(self, ecosystem, records):
        shown = self.shown[ecosystem]
        for record in records:
            shown[record["id"]] = record
            raw = json.dumps(record).encode()
            self.publisher.files[f"/{ecosystem}/{record['id']}.json"] = raw
        self.publisher.files[f"/{ecosystem}/all.zip"] = packed(shown.values())
        rows = sorted(((each["modified"], name) for name, each in shown.items()), reverse=True)
        lines = "".join(f"{at},{name}\n" for at, name in rows)
        self.publisher.files[f"/{ecosystem}/modified_id.csv"] = lines.encode()
        now = time.time()
        self.at.update((record["id"], now) for record in records)


def packed(records):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as pack:
        for each in records:
            pack.writestr(f"{each['id']}.json", json.dumps(each))
    return made.getvalue()


@contextmanager
def watching(home):
    started = subprocess.Popen(
        [sys.executable, "-m", "panshi", "sbom", "watch", "--every", "2s", "--json"],
        env={**os.environ, "PANSHI_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def prepared(home, publisher, hook, systems):
    with Node.open(Home.locate({"PANSHI_HOME": str(home)})) as node:
        node.commit_estate(estate(), by="test")
        host = hook.rpartition("/")[0].removeprefix("http://")
        save(
            node.home.path,
            NotifySettings(
                hooks=(Hook(name="soc", url=hook, secret=SECRET),), allowed_hosts=(host,)
            ),
        )
        set_alerting(node, AlertSettings(webhooks=("soc",), at_once=tuple(Ssvc)), actor="test")
        for ecosystem in RECORDS:
            place = NewPlace(
                name=f"osv/{ecosystem}", url=f"{publisher.url}/{ecosystem}/", every_seconds=10
            )
            add_place(node, place, actor="test")
        for name, components in systems.items():
            ingest(node, bill(components), system=name, actor="test")
        follow(node)


def expected(records, systems, find):
    """Give every finding there must be, with the ids of the advisories that open it."""
    by_package = defaultdict(list)
    for ecosystem, listed in records.items():
        for record in listed:
            for each in record["affected"]:
                by_package[ecosystem, normal(ecosystem, each["package"]["name"])].append(
                    (record["id"], each)
                )
    found = defaultdict(set)
    for system, components in systems.items():
        for ecosystem, name, version in components:
            key = (ecosystem, normal(ecosystem, name))
            for advisory, each in by_package[key]:
                if reaches(each, version):
                    found[system, key, find(advisory)].add(advisory)
    return found


def package_of(purl):
    kind, _, rest = purl.removeprefix("pkg:").partition("/")
    ecosystem = {"pypi": "PyPI", "golang": "Go"}[kind]
    return ecosystem, normal(ecosystem, rest.rpartition("@")[0].replace("%2F", "/"))


def told(posts, find):
    """Read what the receiver got: every opening, with the moment it first arrived."""
    openings, arrived, keys = Counter(), {}, set()
    for at, headers, body in posts:
        message = json.loads(body)
        stamp = headers["X-Panshi-Timestamp"].encode()
        mac = hmac.new(SECRET.encode(), stamp + b"." + body, hashlib.sha256).hexdigest()
        assert headers["X-Panshi-Signature"] == f"v1={mac}"
        if headers["X-Panshi-Delivery"] in keys:
            continue
        keys.add(headers["X-Panshi-Delivery"])
        if message["what"] != "opened":
            continue
        for each in message["findings"]:
            name = (each["system"], package_of(each["purl"]), find(message["vulnerability"]))
            openings[name] += 1
            arrived.setdefault(name, at)
    return openings, arrived


def test_every_publication_is_told_in_a_minute_once(tmp_path, monkeypatch):
    # Given the records of two ecosystems in the order of their history, a portfolio of forty
    # systems, and a receiver that notes when each message came,
    records = {ecosystem: history(ecosystem) for ecosystem in RECORDS}
    systems, find = portfolio(records), groups_of(records)
    wanted = expected(records, systems, find)
    assert len(wanted) > 500
    posts = []

    def noted(handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        posts.append((time.time(), dict(handler.headers), body))
        handler.send_response(200)
        handler.end_headers()

    monkeypatch.setattr(_Handler, "do_POST", noted)
    home = tmp_path / "home"
    with FeedPublisher() as publisher, receiver() as server:
        bucket = Bucket(publisher)
        batches = {}
        for ecosystem, listed in records.items():
            size = -(-len(listed) // BATCHES)
            batches[ecosystem] = [listed[n : n + size] for n in range(0, len(listed), size)]
            bucket.publish(ecosystem, batches[ecosystem].pop(0))
        prepared(home, publisher, f"http://127.0.0.1:{server.server_port}/hook", systems)
        bucket.at = dict.fromkeys(bucket.at, time.time())
        # when batch after batch is published while the watch runs, and it is killed half way,
        half = BATCHES // 2
        with watching(home) as first:
            for turn in range(half):
                _publish(bucket, batches, turn)
            _publish(bucket, batches, half)
            time.sleep(1.5)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with watching(home):
            for turn in range(half + 1, BATCHES):
                _publish(bucket, batches, turn)
            until = time.time() + 2 * WITHIN_S
            while time.time() < until and len(told(posts, find)[0]) < len(wanted):
                time.sleep(1)
    openings, arrived = told(posts, find)
    # then none is missed, none is told twice,
    assert not set(wanted) - set(openings)
    assert not set(openings) - set(wanted)
    assert {name: count for name, count in openings.items() if count > 1} == {}
    # and each came within a minute of the publication that opened it.
    late = sorted(
        arrived[name] - min(bucket.at[advisory] for advisory in wanted[name]) for name in wanted
    )
    print(  # noqa: T201 -- the figure of the run
        f"{len(wanted)} findings: median {late[len(late) // 2]:.1f} s,"
        f" p99 {late[int(len(late) * 0.99)]:.1f} s, latest {late[-1]:.1f} s"
    )
    assert late[-1] <= WITHIN_S


def _publish(bucket, batches, turn):
    for ecosystem, waiting in batches.items():
        if turn < len(waiting):
            bucket.publish(ecosystem, waiting[turn])
    time.sleep(PAUSE_S)
