"""Listening sockets as the kernel tells them."""

import sys

import pytest

from panshi.errors import PanshiError
from panshi.model.bodies.network import Listener
from panshi.observe.this_machine import sockets

pytestmark = pytest.mark.skipif(
    sys.byteorder != "little", reason="the fixture's /proc/net is of a little-endian machine"
)


def test_listening_sockets_are_told_with_process_and_exposure(only):
    body = only(sockets.look).body

    assert body.sockets == (
        Listener(address="::", port=443, protocol="tcp"),
        Listener(address="0.0.0.0", port=2222, protocol="tcp"),
        Listener(address="127.0.0.1", port=3306, protocol="tcp", process="clamd"),
        Listener(address="10.0.0.7", port=514, protocol="udp"),
    )
    assert body.exposed == 3


def test_own_addresses_leave_out_loopback_and_link_local(machine):
    assert [str(each) for each in sockets.own_addresses(machine)] == ["10.0.0.7", "2001:db8::7"]


def test_only_loopback_and_own_addresses_are_contact_points(machine):
    # Given a socket bound to an address that is not this machine's
    foreign = Listener(address="203.0.113.9", port=8443, protocol="tcp")

    # When contact points are chosen
    points = dict(sockets.contact_points(machine, (*sockets.listeners(machine), foreign)))

    # Then wildcard sockets are asked over loopback and the foreign address is not asked
    assert points == {443: "::1", 2222: "127.0.0.1", 3306: "127.0.0.1"}


def test_without_proc_the_look_fails(machine, tree, now):
    (tree / "proc/net/tcp").unlink()

    with pytest.raises(PanshiError, match="cannot be read"):
        list(sockets.look(machine, now))
