"""The registry of observers: one line per source, imported when it is first asked for.

An observer is named here as `module:attribute`; the attribute is an instance of a class that
fulfils `panshi.observe.port.Observer`. Nothing of a source is loaded until it is used, so that
the command line starts without lxml, openpyxl or ijson.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import cast

from panshi.errors import UsageError
from panshi.observe.port import Observer

TABLE: Mapping[str, str] = {
    "cyclonedx": "panshi.observe.cyclonedx:OBSERVER",
    "spdx": "panshi.observe.spdx:OBSERVER",
    "sarif": "panshi.observe.sarif:OBSERVER",
    "openscap": "panshi.observe.openscap:OBSERVER",
    "lynis": "panshi.observe.lynis:OBSERVER",
    "nmap": "panshi.observe.nmap:OBSERVER",
    "testssl": "panshi.observe.testssl:OBSERVER",
    "sslyze": "panshi.observe.sslyze:OBSERVER",
    "oscal": "panshi.observe.oscal_results:OBSERVER",
    "osquery": "panshi.observe.osquery.observer:OBSERVER",
    "zap": "panshi.observe.zap:OBSERVER",
    "trivy": "panshi.observe.trivy:OBSERVER",
    "grype": "panshi.observe.grype:OBSERVER",
    "prowler": "panshi.observe.prowler:OBSERVER",
    "garak": "panshi.observe.garak:OBSERVER",
    "entra": "panshi.observe.entra.observer:OBSERVER",
    "okta": "panshi.observe.okta.observer:OBSERVER",
    "wazuh": "panshi.observe.wazuh:OBSERVER",
    "attestation": "panshi.observe.secure_development.attestation:OBSERVER",
    "artifacts": "panshi.observe.secure_development.checksums:OBSERVER",
    "threat-model": "panshi.observe.secure_development.threat_model:OBSERVER",
    "junit": "panshi.observe.secure_development.test_results:OBSERVER",
    "coverage": "panshi.observe.secure_development.coverage:OBSERVER",
    "code-review": "panshi.observe.secure_development.code_reviews:OBSERVER",
    "list": "panshi.observe.lists.observer:OBSERVER",
    "this-machine": "panshi.observe.this_machine.observer:OBSERVER",
}
"Name on the command line → `module:attribute`, in the order shown to people."


class Sources(Mapping[str, Observer]):
    """The observers by name; looking one up imports its module."""

    def __init__(self, table: Mapping[str, str]) -> None:
        """Keep the table of dotted names; nothing is imported yet."""
        self._table = table

    def __getitem__(self, name: str) -> Observer:
        """Give the observer of that name, or raise `KeyError`."""
        module, _, attribute = self._table[name].partition(":")
        return cast("Observer", getattr(import_module(module), attribute))

    def __iter__(self) -> Iterator[str]:
        """Give the names, in the order shown to people."""
        return iter(self._table)

    def __len__(self) -> int:
        """Count the observers."""
        return len(self._table)


SOURCES: Mapping[str, Observer] = Sources(TABLE)


def source(name: str) -> Observer:
    """Give the observer of that name; say which there are where it is unknown."""
    try:
        return SOURCES[name]
    except KeyError as error:
        raise UsageError(
            f"there is no observer called {name!r}",
            remedy=f"choose one of: {', '.join(SOURCES)}",
        ) from error
