"""System, disks, firewall, start-up and screen: what cannot be told is not made up."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import PanshiError
from panshi.model.observation import Outcome
from panshi.observe.this_machine import boot, disks, firewall, screen, system
from panshi.observe.this_machine.machine import Machine


def one(look, machine, now):
    (sight,) = look(machine, now)
    return sight


def test_a_system_knows_how_long_it_is_mended(machine, now):
    body = one(system.look, machine, now).body

    assert (body.kernel, body.workstation) == ("6.1.0-13-amd64", True)
    assert (body.support_ends, body.supported) == (None, None), "the file does not say which system"


def test_the_end_of_support_decides(machine, now):
    place = machine.root / "etc/os-release"
    place.write_text('ID=debian\nVERSION_ID="12"\n')

    body = one(system.look, machine, now).body
    assert (body.support_ends, body.supported) == (date(2028, 6, 30), True)
    later = datetime(2029, 1, 1, tzinfo=UTC)
    assert one(system.look, machine, later).body.supported is False
    place.write_text("ID=fedora\nSUPPORT_END=2026-05-13\n")
    assert one(system.look, machine, now).body.supported is False
    place.write_text("ID=other\n")
    assert one(system.look, machine, now).body.supported is None


def test_start_up_is_told_as_far_as_the_kernel_shows_it(machine, now, tmp_path):
    body = one(boot.look, machine, now).body
    assert (body.uefi, body.secure_boot, body.tpm) == (False, False, True)

    firmware = machine.root / "sys/firmware/efi/efivars"
    firmware.mkdir(parents=True)
    assert one(boot.look, machine, now).body.secure_boot is None
    (firmware / boot._SECURE.rpartition("/")[2]).write_bytes(b"\x06\0\0\0\x01")
    assert one(boot.look, machine, now).body.secure_boot is True
    with pytest.raises(PanshiError, match="shows no devices"):
        one(boot.look, Machine(root=tmp_path / "none"), now)


def test_a_screen_lock_set_for_everybody_is_seen_and_a_server_has_none(machine, now):
    body = one(screen.look, machine, now).body
    assert (body.locks, body.idle_seconds, body.fixed) == (True, 600, True)

    (machine.root / "etc/dconf/db/local.d/00-bank").write_text("")
    with pytest.raises(PanshiError, match="for everybody"):
        one(screen.look, machine, now)
    (machine.root / "sys/class/dmi/id/chassis_type").write_text("23\n")
    assert one(screen.look, machine, now).outcome is Outcome.ABSENT


LSBLK = {
    "blockdevices": [
        {"name": "zram0", "type": "disk", "mountpoints": ["[SWAP]"]},
        {
            "name": "nvme0n1", "type": "disk", "mountpoints": [None],
            "children": [
                {"name": "nvme0n1p1", "type": "part", "mountpoints": ["/boot/efi"]},
                {"name": "nvme0n1p2", "type": "part", "mountpoints": ["/srv"]},
                {
                    "name": "nvme0n1p3", "type": "part", "mountpoints": [None],
                    "children": [
                        {
                            "name": "luks", "type": "crypt", "mountpoints": [None],
                            "children": [
                                {"name": "root", "type": "lvm", "mountpoints": ["/"]},
                                {"name": "swap", "type": "lvm", "mountpoints": ["[SWAP]"]},
                            ],
                        }
                    ],
                },
            ],
        },
    ]
}  # fmt: skip


def test_volumes_above_an_encrypted_device_are_encrypted_and_no_others():
    found = dict(disks.volumes_of(json.dumps(LSBLK)))

    assert found == {"nvme0n1p2": False, "root": True, "swap": True}


@given(st.one_of(st.text(max_size=50), st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["blockdevices", "name", "children", "mountpoints", "nftables", "chain"]),
        inner,
    ),
    max_leaves=12,
).map(json.dumps)))  # fmt: skip
def test_what_programs_say_is_read_or_refused(said):
    for read in (lambda: list(disks.volumes_of(said)), lambda: firewall.of_nftables(said)):
        try:
            read()
        except PanshiError as error:
            assert "another format" in error.problem  # noqa: PT017


def nft(policy, *rules):
    chain = {"family": "inet", "table": "f", "name": "in", "hook": "input", "policy": policy}
    own = {"family": "inet", "table": "f", "chain": "in"}
    other = own | {"chain": "elsewhere"}
    made = [{"chain": chain}, {"rule": other | {"expr": [{"drop": None}]}}]
    return json.dumps({"nftables": made + [{"rule": own | {"expr": list(each)}} for each in rules]})


@pytest.mark.parametrize(
    ("said", "default", "filters", "rules"),
    [
        (nft("drop"), True, True, 0),
        (nft("accept"), False, False, 0),
        (nft("accept", [{"accept": None}]), False, False, 1),
        (nft("accept", [{"match": {}}, {"reject": {}}]), False, True, 1),
        ('{"nftables": []}', False, False, 0),
    ],
)
def test_nftables_rules_on_incoming_packets(said, default, filters, rules):
    body = firewall.of_nftables(said)

    assert (body.drops_by_default, body.filters_input, body.input_rules) == (
        default,
        filters,
        rules,
    )


def test_iptables_rules_on_incoming_packets():
    head = "*filter\n:INPUT ACCEPT [1:1]\n"
    dropping = f"*nat\n:INPUT DROP [0:0]\nCOMMIT\n{head}-A INPUT -s 10.0.0.0/8 -j ACCEPT\n"
    dropping += "-A INPUT -j DROP\nCOMMIT\n"
    open_ = f"{head}-A INPUT -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n"

    assert firewall.of_iptables(dropping).filters_input
    assert not firewall.of_iptables(dropping).drops_by_default
    assert not firewall.of_iptables(open_).filters_input
    assert not firewall.of_iptables("").filters_input
