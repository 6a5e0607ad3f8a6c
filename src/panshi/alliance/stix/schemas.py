"""The official JSON schemas of STIX 2.1, compiled once for each type when first asked for.

They are compiled into native matchers whose regular expressions run in linear time; the ones in
the official schemas would otherwise let a type of forty letters occupy a processor for years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from panshi.errors import ContentError

if TYPE_CHECKING:
    import jsonschema_rs

SCHEME = "stix:"
DOMAIN_CORE = "core"
OBSERVABLE_CORE = "cyber-observable-core"
MARKING = "marking-definition"
NO_TYPES = frozenset(
    """
    binary core cyber-observable-core dictionary extension external-reference granular-marking
    hashes-type hex identifier kill-chain-phase properties timestamp url-regex
    """.split()  # noqa: SIM905 -- reads best as words
)
"Schemas of parts."
OBSERVABLES = frozenset(
    """
    artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr
    ipv6-addr mac-addr mutex network-traffic process software url user-account
    windows-registry-key x509-certificate
    """.split()  # noqa: SIM905 -- reads best as words
)


class Schemas:
    """Compiled schemas, by the name of a type."""

    def __init__(self, raw: bytes, *, source: str) -> None:
        """Take the packaged schemas."""
        try:
            self._plain: Mapping[str, Any] = yaml.load(raw, yaml.CSafeLoader)
        except yaml.YAMLError as error:
            raise ContentError(f"no YAML: {error}", place=source) from error
        self._compiled: dict[str, jsonschema_rs.Validator] = {}

    def of(self, value: Mapping[str, Any]) -> jsonschema_rs.Validator:
        """Give the schema that judges an object: its type's, else that of what it looks like."""
        named = value.get("type")
        if isinstance(named, str) and named in self._plain and named not in NO_TYPES:
            return self._named(named)
        observable = "id" in value and "created" not in value and "modified" not in value
        return self._named(OBSERVABLE_CORE if observable else DOMAIN_CORE)

    def contained(self, value: Mapping[str, Any]) -> jsonschema_rs.Validator:
        """Give the schema that judges an observable within observed data."""
        named = value.get("type")
        known = isinstance(named, str) and named in self._plain and named not in NO_TYPES
        return self._named(str(named) if known else OBSERVABLE_CORE)

    def _named(self, name: str) -> jsonschema_rs.Validator:
        found = self._compiled.get(name)
        if found is None:
            import jsonschema_rs  # noqa: PLC0415 -- only validation needs it

            found = self._compiled[name] = jsonschema_rs.validator_for(
                self._plain[name],
                retriever=self._retrieved,
                pattern_options=jsonschema_rs.RegexOptions(),
                validate_formats=True,
            )
        return found

    def _retrieved(self, address: str) -> Any:  # noqa: ANN401 -- the library's own
        return self._plain[address.removeprefix(SCHEME)]
