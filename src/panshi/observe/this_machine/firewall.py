"""Look at the packet filter: does anything stop what comes in.

The rule set is listed with `nft` (JSON, libnftables-json(5)), else with `iptables-save`; both need
root. Where neither can list it the look fails: no rules seen is not no rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.device_state import HostFirewall
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.firewall/1"

_STOPS = frozenset({"drop", "reject"})


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield the rules of the first engine that lists them."""
    nft, iptables = machine.program("nft"), machine.program("iptables-save")
    if nft is not None:
        body = of_nftables(machine.run(nft, "--json", "list", "ruleset"))
    elif iptables is not None:
        body = of_iptables(machine.run(iptables))
    else:
        raise PanshiError(
            "neither nft nor iptables-save is installed, so that rules cannot be listed",
            remedy="apt-get install nftables",
        )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def of_nftables(said: str) -> HostFirewall:
    """Count chains and rules on incoming packets."""
    try:
        parts = json.loads(said)["nftables"]
        chains = [each["chain"] for each in parts if "chain" in each]
        inputs = {_key(each): each for each in chains if each.get("hook") == "input"}
        rules = [each["rule"] for each in parts if "rule" in each]
        mine = [each for each in rules if _key(each, "chain") in inputs]
        stops = any(_STOPS & statement.keys() for each in mine for statement in each["expr"])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise PanshiError("nft speaks another format than expected", place="nft") from error
    default = any(each.get("policy") == "drop" for each in inputs.values())
    return _body("nftables", len(inputs), len(mine), default=default, stops=stops)


def of_iptables(said: str) -> HostFirewall:
    """Count rules of the INPUT chain of the filter table."""
    lines = said.splitlines()
    start = lines.index("*filter") if "*filter" in lines else len(lines)
    table = lines[start : lines.index("COMMIT", start) if "COMMIT" in lines[start:] else None]
    rules = [line for line in table if line.startswith("-A INPUT ")]
    default = any(line.startswith(":INPUT DROP") for line in table)
    stops = any(line.split()[-1:] == ["DROP"] or "-j REJECT" in line for line in rules)
    return _body("iptables", int(bool(table)), len(rules), default=default, stops=stops)


def _body(engine: str, chains: int, rules: int, *, default: bool, stops: bool) -> HostFirewall:
    return HostFirewall(
        engine=engine,
        input_chains=chains,
        input_rules=rules,
        drops_by_default=default,
        filters_input=default or stops,
    )


def _key(part: dict[str, object], name: str = "name") -> tuple[object, ...]:
    return part["family"], part["table"], part[name]
