"""Hellos as bytes: what a server reads from ours and what we read from its answer."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.observe.tls.hello import (
    Chosen,
    NotTls,
    Refused,
    client_hello,
    read_answer,
)
from panshi.observe.tls.names import Version

RANDOM = bytes(range(32))
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def record(kind, content, version=b"\x03\x03"):
    return bytes((kind,)) + version + len(content).to_bytes(2) + content


def message(kind, body):
    return bytes((kind,)) + len(body).to_bytes(3) + body


def server_hello(code, suite, *extensions):
    parts = b"".join(
        kind.to_bytes(2) + len(value).to_bytes(2) + value for kind, value in extensions
    )
    body = code.to_bytes(2) + RETRY + b"\0" + suite.to_bytes(2) + b"\0"
    return message(2, body + len(parts).to_bytes(2) + parts)


def test_a_real_server_understands_the_hello():
    # Given a TLS server without a network
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_bio(incoming, outgoing, server_side=True)

    # When it reads our hello and has no certificate for it
    incoming.write(client_hello(Version.TLS12, (0xC02F,), groups=(0x1D,), random=RANDOM))
    with pytest.raises(ssl.SSLError):
        server.do_handshake()

    # Then it answers in kind: handshake_failure
    assert read_answer(outgoing.read()) == Refused(alert=40)


def test_a_hello_retry_request_tells_suite_and_group_of_tls13():
    answer = record(
        22,
        server_hello(0x0303, 0x1302, (43, b"\x03\x04"), (51, b"\x11\xec")),
    )

    assert read_answer(answer) == Chosen(version=Version.TLS13, suite=0x1302, group=0x11EC)


def test_the_group_of_tls12_comes_with_the_server_key_exchange():
    hello = server_hello(0x0303, 0xC02F)
    rest = message(11, b"\0" * 40) + message(12, b"\x03\x00\x17" + b"\0" * 70)

    first = read_answer(record(22, hello))
    assert first == Chosen(version=Version.TLS12, suite=0xC02F, complete=False)
    assert read_answer(record(22, hello) + record(22, rest)) == Chosen(
        version=Version.TLS12, suite=0xC02F, group=0x17
    )


def test_messages_may_be_cut_into_records_anywhere():
    stream = server_hello(0x0303, 0xC02F) + message(14, b"")
    for at in range(1, len(stream)):
        answer = read_answer(record(22, stream[:at]) + record(22, stream[at:]))
        assert answer == Chosen(version=Version.TLS12, suite=0xC02F)


def test_too_few_bytes_ask_for_more():
    whole = record(22, server_hello(0x0303, 0xC02F))

    assert read_answer(b"") is None
    assert read_answer(whole[:3]) is None
    assert read_answer(whole[:-1]) is None


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"220 mail ready\r\n"]
)
def test_other_protocols_are_no_tls(greeting):
    assert isinstance(read_answer(greeting), NotTls)


def test_an_echo_of_our_own_hello_is_no_answer():
    hello = client_hello(Version.TLS13, (0x1301,), groups=(0x1D,), random=RANDOM)

    assert isinstance(read_answer(hello), NotTls)


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\x16\x03\x03", b"\x16\x03\x03\x00\x40\x02"])
)
def test_any_bytes_are_read_without_an_error(tail, head):
    answer = read_answer(head + tail)

    assert answer is None or isinstance(answer, Chosen | Refused | NotTls)
