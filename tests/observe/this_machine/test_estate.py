"""The machine as an estate: every asset its observations speak of."""

from datetime import UTC, datetime

from panshi.model.asset import AssetKind
from panshi.model.attributes import check_attributes
from panshi.observe.port import Look
from panshi.observe.this_machine import describe
from panshi.observe.this_machine.observer import ThisMachine


def test_the_estate_holds_host_endpoints_accounts_and_environments(machine, now):
    estate = describe(now, machine)

    assert estate.by_id["institution:this-machine"].name == "本機"
    assert estate.resolve("host:10.0.0.7") == "host:branch-07"
    assert estate.resolve("endpoint:10.0.0.7:443") == "endpoint:branch-07:443"
    assert estate.resolve("endpoint:[2001:db8::7]:2222") == "endpoint:branch-07:2222"
    assert [asset.id for asset in estate.by_kind[AssetKind.ENDPOINT]] == [
        "endpoint:branch-07:443",
        "endpoint:branch-07:2222",
        "endpoint:branch-07:3306",
    ]
    assert estate.by_id["host:branch-07"].attributes["os_version"] == "12"
    assert not estate.demo


def test_a_socket_on_loopback_has_no_address_from_outside(machine, now):
    assert describe(now, machine).by_id["endpoint:branch-07:3306"].identifiers == ()


def test_an_endpoint_says_what_is_sure_of_its_reach_and_protocol(machine, tree, now):
    (tree / "proc/412/comm").write_text("sshd\n")
    endpoints = {
        asset.attributes["port"]: asset.attributes
        for asset in describe(now, machine).by_kind[AssetKind.ENDPOINT]
    }

    assert endpoints[3306]["protocol"] == "ssh"
    assert endpoints[3306]["internet_facing"] is False
    assert endpoints[443]["protocol"] == "tcp"
    assert "internet_facing" not in endpoints[443]


def test_every_asset_keeps_to_the_schema(machine, now):
    assert [p for asset in describe(now, machine).assets for p in check_attributes(asset)] == []


def test_every_observation_speaks_of_an_asset_of_the_estate(machine, now):
    estate = describe(now, machine)

    for observation in ThisMachine(machine=machine).observe(Look(path=None, now=now)):
        assert estate.resolve(observation.subject), observation.subject


def test_an_empty_machine_still_is_an_estate(tmp_path, now):
    from panshi.observe.this_machine.machine import Machine

    estate = describe(now, Machine(root=tmp_path))

    assert [asset.id for asset in estate.assets] == [
        "institution:this-machine",
        "system:localhost",
        "host:localhost",
    ]


def test_the_machine_the_tests_run_on_is_an_estate():
    estate = describe(datetime.now(UTC))

    assert estate.by_kind[AssetKind.HOST]
    assert [p for asset in estate.assets for p in check_attributes(asset)] == []
