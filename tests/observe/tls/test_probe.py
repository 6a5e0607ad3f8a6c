"""The probe against real servers on loopback, and against peers that misbehave."""

import contextlib
import datetime as dt
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from panshi.errors import PanshiError
from panshi.observe.tls.endpoint import endpoint_body
from panshi.observe.tls.hello import Extension
from panshi.observe.tls.names import Version
from panshi.observe.tls.probe import Probe
from tests.simulators.patience import PATIENCE

EXPIRES = dt.datetime(2031, 5, 17, tzinfo=dt.UTC)
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "core.demo.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(EXPIRES - dt.timedelta(days=3650))
        .not_valid_after(EXPIRES)
        .sign(key, hashes.SHA384())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextlib.contextmanager
def serving(handle):
    """A server on loopback that hands each connection to `handle`, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def serve():
            while not stop.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    with connection:
                        connection.settimeout(PATIENCE)
                        if not stop.is_set():
                            handle(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            with contextlib.suppress(OSError):
                socket.create_connection(listening.getsockname(), timeout=PATIENCE).close()
            thread.join(timeout=PATIENCE)


def tls(certificate, **settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    for name, value in settings.items():
        setter = getattr(context, name)
        setter(value) if callable(setter) else setattr(context, name, value)

    def handle(connection):
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True):
            pass

    return serving(handle)


def look(port, **settings):
    return Probe(host="127.0.0.1", port=port, **settings).look()


def test_tls12_with_one_suite_is_seen_as_just_that(certificate):
    with tls(
        certificate,
        minimum_version=ssl.TLSVersion.TLSv1_2,
        maximum_version=ssl.TLSVersion.TLSv1_2,
        set_ciphers="ECDHE-ECDSA-AES256-GCM-SHA384",
    ) as port:
        offer = look(port)

    assert offer.suites == {Version.TLS12: ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",)}
    assert "secp256r1" in offer.groups
    assert endpoint_body("x:1", offer).forward_secrecy


def test_tls13_alone_shows_its_three_suites_and_no_hybrid_of_an_old_library(certificate):
    with tls(certificate, minimum_version=ssl.TLSVersion.TLSv1_3) as port:
        offer = look(port)

    assert offer.versions == {Version.TLS13}
    assert set(offer.suites[Version.TLS13]) >= {"TLS_AES_256_GCM_SHA384"}
    assert "x25519" in offer.groups


@pytest.mark.skipif(not ssl.HAS_TLSv1, reason="this Python's OpenSSL cannot serve TLS 1.0")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_version_is_found_beside_a_new_one(certificate):
    with tls(
        certificate,
        minimum_version=ssl.TLSVersion.TLSv1,
        set_ciphers="ALL:!aNULL:@SECLEVEL=0",
    ) as port:
        offer = look(port)

    assert offer.versions == {Version.TLS10, Version.TLS11, Version.TLS12, Version.TLS13}
    assert endpoint_body("x:1", offer).lowest_protocol == 1.0


def test_the_certificate_is_read_and_not_trusted_without_its_issuer(certificate):
    with tls(certificate) as port:
        seen = look(port).certificate

    assert seen.expires == EXPIRES.date()
    assert (seen.key_algorithm, seen.key_bits) == ("EC", 256)
    assert seen.signature == "ecdsa-with-SHA384"
    assert seen.trusted is not True


def test_a_hybrid_group_is_seen_by_what_the_server_would_take():
    # Given a peer that answers every hello of TLS 1.3 with the best group it was offered

    def handle(connection):
        hello = connection.recv(65536)
        offered = groups_of(hello)
        wanted = [group for group in (0x11EC, 0x001D) if group in offered]
        if b"\x03\x04" not in hello or not wanted or b"\x13\x01" not in hello:
            connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
            return
        extensions = b"\0\x2b\0\x02\x03\x04" + b"\0\x33\0\x02" + wanted[0].to_bytes(2)
        body = b"\x03\x03" + RETRY + b"\0\x13\x01\0" + len(extensions).to_bytes(2) + extensions
        message = b"\x02" + len(body).to_bytes(3) + body
        connection.sendall(b"\x16\x03\x03" + len(message).to_bytes(2) + message)

    # When it is looked at
    with serving(handle) as port:
        offer = look(port)

    # Then both groups are seen, the hybrid one first
    assert offer.groups == ("X25519MLKEM768", "x25519")
    assert endpoint_body("x:1", offer).hybrid_key_exchange


def groups_of(hello):
    at = hello.find(Extension.GROUPS.to_bytes(2), 50)
    length = int.from_bytes(hello[at + 4 : at + 6])
    raw = hello[at + 6 : at + 6 + length]
    return [int.from_bytes(raw[i : i + 2]) for i in range(0, len(raw), 2)]


@pytest.mark.parametrize("greeting", [b"SSH-2.0-demo\r\n", b"HTTP/1.0 400 Bad\r\n\r\n", b""])
def test_a_port_that_speaks_something_else_is_no_endpoint(greeting):
    def handle(connection):
        connection.recv(65536)
        connection.sendall(greeting)

    with serving(handle) as port:
        assert look(port) is None


def test_a_port_that_never_answers_is_left_after_the_patience():
    stop = threading.Event()
    with serving(lambda _connection: stop.wait(PATIENCE)) as port:
        try:
            assert look(port, patience=0.2) is None
        finally:
            stop.set()


def test_an_endpoint_that_goes_silent_half_way_is_no_offer():
    # Given a server that answers the first hello and then keeps silent
    count = 0
    stop = threading.Event()

    def handle(connection):
        nonlocal count
        count += 1
        connection.recv(65536)
        if count == 1:
            connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
        else:
            stop.wait(PATIENCE)

    # When it is looked at
    with serving(handle) as port:
        try:
            with pytest.raises(PanshiError) as caught:
                look(port, patience=1.0)  # enough for the first answer on a busy machine
        finally:
            stop.set()

    # Then the look has failed, and says where
    assert f"127.0.0.1:{port}" in str(caught.value)


def test_an_endpoint_that_refuses_every_hello_is_a_failed_look():
    def handle(connection):
        connection.recv(65536)
        connection.sendall(b"\x15\x03\x03\x00\x02\x02\x70")

    with serving(handle) as port, pytest.raises(PanshiError, match="refuses every hello"):
        look(port)


def test_endless_answers_end():
    def handle(connection):
        connection.recv(65536)
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"\x16\x03\x03\x40\x00" + b"\x02\xff\xff\xff" + b"\0" * 16380)

    with serving(handle) as port:
        assert look(port) is None


def test_a_closed_port_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(PanshiError, match="refuses connections"):
        look(port)
