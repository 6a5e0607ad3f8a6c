"""What each type of package prescribes for its parts (purl-spec, `types/`).

A type that is not named here takes its parts as they are. Only what could name no package at all is
refused: a component with a missing or surplus namespace is still a component that may be reached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Presence(StrEnum):
    """Whether a type knows namespaces."""

    OPTIONAL = "optional"
    REQUIRED = "required"
    PROHIBITED = "prohibited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One type's prescriptions."""

    lower: frozenset[str] = frozenset()
    "parts in which case does not matter: namespace, name, version"
    namespace: Presence = Presence.OPTIONAL
    qualifiers: tuple[str, ...] = ()
    "qualifiers that must be there"
    name: re.Pattern[str] | None = None
    version: re.Pattern[str] | None = None
    open_name: bool = False
    "slashes in the name stay slashes"


BOTH = frozenset({"namespace", "name"})
NAMESPACE = frozenset({"namespace"})
NAME = frozenset({"name"})
ANYTHING = Rule()

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "alpm": Rule(lower=BOTH),
        "apk": Rule(lower=BOTH),
        "bitbucket": Rule(lower=BOTH),
        "bitnami": Rule(lower=NAME),
        "brew": Rule(lower=BOTH),
        "chrome-extension": Rule(
            namespace=Presence.PROHIBITED,
            name=re.compile(r"[a-p]{32}"),
            version=re.compile(r"[0-9]+(?:\.[0-9]+){0,3}"),
        ),
        "composer": Rule(lower=BOTH),
        "cpan": Rule(name=re.compile(r"(?:(?!::).)+")),
        "deb": Rule(lower=BOTH),
        "git": Rule(lower=BOTH, open_name=True),
        "github": Rule(lower=BOTH),
        "golang": Rule(lower=BOTH),
        "hex": Rule(lower=BOTH),
        "huggingface": Rule(lower=frozenset({"version"})),
        "julia": Rule(namespace=Presence.PROHIBITED, qualifiers=("uuid",)),
        "luarocks": Rule(lower=BOTH),
        "npm": Rule(lower=BOTH),
        "oci": Rule(lower=NAME),
        "otp": Rule(lower=NAME, namespace=Presence.PROHIBITED),
        "pub": Rule(lower=NAME),
        "pypi": Rule(lower=NAME),
        "qpkg": Rule(lower=NAMESPACE),
        "rpm": Rule(lower=NAMESPACE),
        "swid": Rule(qualifiers=("tag_id",)),
        "swift": Rule(namespace=Presence.REQUIRED),
        "vcpkg": Rule(lower=NAME, namespace=Presence.PROHIBITED),
        "vscode-extension": Rule(lower=BOTH, namespace=Presence.REQUIRED),
    }
)
"""By type."""


def rule(kind: str) -> Rule:
    """Give the rule of a type."""
    return RULES.get(kind, ANYTHING)


def name_of(kind: str, name: str, qualifiers: Mapping[str, str]) -> str:
    """Bring a name into its type's form where more than case is meant."""
    if kind == "pypi":
        return name.replace("_", "-")
    if kind == "mlflow" and "databricks" in qualifiers.get("repository_url", ""):
        return name.lower()
    return name
