"""TXT records that prove who owns a name."""

from __future__ import annotations

import dns.exception
import dns.resolver

from panshi.errors import BadInputError

SECONDS = 6.0
MOST = 50
LABEL = "_panshi-exposure"


def texts_of(host: str, resolver: dns.resolver.Resolver | None = None) -> tuple[str, ...]:
    """Give the TXT records below the label; empty where there are none."""
    asking = resolver or dns.resolver.Resolver()
    try:
        answer = asking.resolve(f"{LABEL}.{host}.", "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException as error:
        raise BadInputError(
            f"the name servers of {host[:80]} do not answer", remedy="try again later"
        ) from error
    found = (b"".join(each.strings).decode("utf-8", "replace") for each in answer)
    return tuple(found)[:MOST]
