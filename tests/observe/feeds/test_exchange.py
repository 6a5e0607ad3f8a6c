"""TLS and proxies: certificates and names are checked, a proxy is used only where configured."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from panshi.errors import StoreError
from panshi.observe.feeds.download import fetch_small
from panshi.observe.feeds.exchange import Way
from tests.simulators.feed_publisher import FeedPublisher
from tests.simulators.patience import PATIENCE

HOST = "feeds.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key with its own certificate for the host, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "feeds.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def publisher(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    running = FeedPublisher()
    running._server.socket = context.wrap_socket(running._server.socket, server_side=True)
    with running:
        running.files["/kev.json"] = b"{}"
        yield running


@contextmanager
def proxy(to, answer=b"HTTP/1.1 200 Connection established\r\n\r\n"):
    """A proxy that leads every CONNECT to one port; gives its address and what it was asked."""
    listener, asked = socket.create_server(("127.0.0.1", 0)), []

    def lead():
        try:
            client, _ = listener.accept()
        except OSError:
            return
        asked.append(client.recv(4_096))
        client.sendall(answer)
        with client, socket.create_connection(("127.0.0.1", to)) as server:
            threads = [
                threading.Thread(target=pump, args=pair, daemon=True)
                for pair in ((client, server), (server, client))
            ]
            for each in threads:
                each.start()
            for each in threads:
                each.join(PATIENCE)

    thread = threading.Thread(target=lead, daemon=True)
    thread.start()
    yield f"http://lin:se%20cret@127.0.0.1:{listener.getsockname()[1]}", asked
    listener.close()


def pump(one, other):
    try:
        while piece := one.recv(65_536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


def port(publisher):
    return int(publisher.url.rpartition(":")[2])


def test_a_publisher_is_reached_through_the_proxy_that_was_set(publisher, certificate):
    with proxy(port(publisher)) as (address, asked):
        way = Way(proxy=address, ca_file=str(certificate))
        raw, _edition = fetch_small(f"https://{HOST}/kev.json", way)
    assert raw == b"{}"
    assert asked[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic bGluOnNlIGNyZXQ=\r\n" in asked[0]
    assert "cret" not in repr(way)


def test_a_certificate_nobody_vouches_for_is_refused_and_not_tried_again(publisher):
    pauses = []
    with proxy(port(publisher)) as (address, _), pytest.raises(StoreError, match="not trusted"):
        fetch_small(f"https://{HOST}/kev.json", Way(proxy=address), pause=pauses.append)
    assert pauses == []
    assert publisher.asked == []


def test_a_certificate_of_another_name_is_refused(publisher, certificate):
    with proxy(port(publisher)) as (address, _), pytest.raises(StoreError, match="not trusted"):
        fetch_small("https://other.example/kev.json", Way(proxy=address, ca_file=str(certificate)))


def test_a_proxy_that_refuses_is_told(publisher, certificate):
    with proxy(port(publisher), b"HTTP/1.1 407 No\r\n\r\n") as (address, _):
        way = Way(proxy=address, ca_file=str(certificate), head_s=2.0)
        with pytest.raises(StoreError):
            fetch_small(f"https://{HOST}/kev.json", way, pause=lambda _seconds: None)


def test_the_environment_names_no_proxy(publisher, certificate, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    url = publisher.url.replace("http://127.0.0.1", "https://localhost") + "/kev.json"
    with pytest.raises(StoreError, match="not trusted"):  # reached, and of another name
        fetch_small(url, Way(ca_file=str(certificate)))
