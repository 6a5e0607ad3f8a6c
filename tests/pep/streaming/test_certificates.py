"""Mutual TLS to raw TCP: the certificate is the identity, and taking it back resets the stream."""

import asyncio
import ssl

import pytest
import trustme
import uvloop

from panshi.pep.streaming.configuration import read_enforcement
from panshi.pep.streaming.serving import start
from tests.simulators.application import SimulatedApplication
from tests.simulators.patience import PATIENCE
from tests.simulators.running_point import RunningPoint

SPIFFE = "spiffe://bank.test/ledger"


def material(folder):
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    server = ca.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(folder / "key.pem")
    server.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    return ca


def context(ca, certificate=None):
    found = ssl.create_default_context()
    ca.configure_trust(found)
    if certificate is not None:
        certificate.configure_cert(found)
    return found


def with_uri(ca, uri):
    """trustme issues no URIs; a certificate of its authority is built by hand."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(ca.cert_pem.bytes())
    signer = serialization.load_pem_private_key(ca.private_key_pem.bytes(), None)
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), critical=True
        )
        .sign(signer, hashes.SHA256())
    )
    pem = built.public_bytes(serialization.Encoding.PEM)
    raw = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return trustme.LeafCert(raw, pem, [])


def run(folder, test):
    async def whole(point, ca):
        application = SimulatedApplication()
        await application.start()
        (folder / "enforce.yaml").write_text(
            f"""
name: pep-tls
decision_point: http://127.0.0.1:{point.port}
tcp:
  - name: raw
    bind: 127.0.0.1:0
    proof: certificate
    tls: {{certificate: cert.pem, key: key.pem, client_ca: ca.pem}}
    system: core
    upstream: tcp://127.0.0.1:{application.tcp_port}
""",
            "utf-8",
        )
        running = await start(read_enforcement(folder / "enforce.yaml"))
        try:
            async with asyncio.timeout(PATIENCE):
                while not running.enforcer.up:  # noqa: ASYNC110 -- told by nobody
                    await asyncio.sleep(0.01)
            await test(point, ca, running.ports["raw"])
        finally:
            await running.stop()
            await application.stop()

    with RunningPoint() as point:
        uvloop.run(whole(point, material(folder)))


async def echo(port, tls):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    writer.write(b"hello")
    assert await asyncio.wait_for(reader.readexactly(5), PATIENCE) == b"hello"
    return reader, writer


def test_a_workload_is_known_by_its_spiffe_id_until_it_is_taken_back(tmp_path):
    async def test(point, ca, port):
        reader, _ = await echo(port, context(ca, with_uri(ca, SPIFFE)))
        left = {"user": SPIFFE, "source": "operations"}
        await asyncio.to_thread(point.ask, "POST", "/zt/v1/leavers", left)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)):
            await asyncio.wait_for(reader.readexactly(1), PATIENCE)

    run(tmp_path, test)


@pytest.mark.parametrize("uri", ["spiffe://bank.test/unknown", "https://bank.test/ledger"])
def test_a_workload_that_no_policy_knows_is_reset(tmp_path, uri):
    async def test(_point, ca, port):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)):
            await echo(port, context(ca, with_uri(ca, uri)))

    run(tmp_path, test)


def test_without_a_certificate_there_is_no_connection(tmp_path):
    async def test(_point, ca, port):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)):
            await echo(port, context(ca))
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)):
            await echo(port, context(ca, with_uri(trustme.CA(), SPIFFE)))

    run(tmp_path, test)


def test_a_person_s_certificate_leads_to_the_session_it_is_bound_to(tmp_path):
    async def test(point, ca, port):
        from cryptography import x509

        from panshi.protection.zero_trust.enforcement.credential import thumbprint_of

        mine = ca.issue_cert("amy.test")
        shown = x509.load_pem_x509_certificate(mine.cert_chain_pems[0].bytes())
        await asyncio.to_thread(point.sign_in, "amy", credential=thumbprint_of(shown))
        _, writer = await echo(port, context(ca, mine))
        writer.close()

    run(tmp_path, test)
