"""Sockets that end at once or wait for each other."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from contextlib import suppress

from panshi.errors import BadInputError
from panshi.pep.streaming.configuration import Tls

HIGH_WATER = 256 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)


def cut(transport: asyncio.Transport) -> None:
    """Reset a connection: what waits in our buffers or the kernel's reaches nobody any more."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in {socket.AF_INET, socket.AF_INET6}:
        with suppress(OSError):  # closed already
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


def waiting(transport: asyncio.Transport) -> bool:
    """Whether something said before has not left yet."""
    return bool(transport.get_write_buffer_size())


def address_of(transport: asyncio.Transport) -> str:
    """Give the peer's address."""
    name = transport.get_extra_info("peername")
    return str(name[0]) if isinstance(name, tuple) else ""


def certificate_of(transport: asyncio.Transport) -> str | None:
    """Give the verified certificate of a client, in PEM."""
    tls = transport.get_extra_info("ssl_object")
    raw = tls.getpeercert(binary_form=True) if tls is not None else None
    return ssl.DER_cert_to_PEM_cert(raw) if raw else None


def server_context(tls: Tls | None, *, demand: bool) -> ssl.SSLContext | None:
    """Build a listener's TLS; `demand`: no client without a certificate."""
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        if tls.client_ca is not None:
            context.load_verify_locations(tls.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED if demand else ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as error:
        raise BadInputError(
            f"TLS material cannot be used: {error}", place=str(tls.certificate)
        ) from error
    return context
