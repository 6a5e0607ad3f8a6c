"""The knowledge this node runs on: frameworks, crosswalks and parameters from the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from panshi.errors import UsageError
from panshi.governance.accountability.office import Offices, load_offices
from panshi.governance.exceptions.authority import AuthorityTable, load_authority
from panshi.governance.frameworks.documents import DocumentKind, load_documents
from panshi.governance.frameworks.issue import Issue
from panshi.governance.frameworks.lint import lint_files
from panshi.governance.frameworks.load import (
    load_framework,
    load_mappings,
    load_parameters,
)
from panshi.governance.frameworks.naming import control_named
from panshi.governance.indicators.definition import Indicator, load_indicators
from panshi.governance.norms.glossary import Glossary, load_glossary
from panshi.governance.parameters import control_specs
from panshi.model.control import Control, Framework
from panshi.model.control import Mapping as Crosswalk
from panshi.model.parameter import ParameterSpec
from panshi.store import library


@dataclass(frozen=True)
class Library:
    """Frameworks, crosswalks and parameters, parsed once when first asked for."""

    @cached_property
    def frameworks(self) -> Mapping[str, Framework]:
        """Every framework by its id."""
        loaded = (load_framework(raw, source=name) for name, raw in library.frameworks())
        return {framework.id: framework for framework in loaded}

    @cached_property
    def mappings(self) -> tuple[Crosswalk, ...]:
        """Every crosswalk pair."""
        return tuple(
            pair for name, raw in library.mappings() for pair in load_mappings(raw, source=name)
        )

    @cached_property
    def documents(self) -> Mapping[str, DocumentKind]:
        """Kinds of document that attestations rest on, by the word used in frameworks."""
        name, raw = library.documents()
        return load_documents(raw, source=name)

    @cached_property
    def offices(self) -> Offices:
        """The offices of an institution and what is asked of their holders."""
        name, raw = library.offices()
        return load_offices(raw, source=name)

    @cached_property
    def authority(self) -> AuthorityTable:
        """Who may approve which exception."""
        name, raw = library.authority()
        return load_authority(raw, source=name)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators that ship, before an institution changes them."""
        name, raw = library.indicators()
        return load_indicators(raw, source=name)

    @cached_property
    def glossary(self) -> Glossary:
        """What words of security mean, by which clauses of two texts are matched."""
        name, raw = library.glossary()
        return load_glossary(raw, source=name)

    @cached_property
    def parameters(self) -> tuple[ParameterSpec, ...]:
        """The governed thresholds with their defaults: general ones, then those of each check."""
        name, raw = library.parameters()
        general = load_parameters(raw, source=name)
        return (*general, *control_specs(self.frameworks.values()))

    def lint(self) -> tuple[Issue, ...]:
        """Give every fault in the shipped content, by file and line."""
        return lint_files(
            library.frameworks(), library.mappings(), library.parameters(), library.documents()
        )

    def framework(self, framework_id: str) -> Framework:
        """Give one framework, or say which there are."""
        found = self.frameworks.get(framework_id)
        if found is None:
            raise UsageError(
                f"there is no framework {framework_id!r}",
                remedy="frameworks: " + ", ".join(self.frameworks),
            )
        return found

    def control(self, key: str) -> Control:
        """Give one control by `<framework>/<control>`."""
        framework_id, _, control_id = key.partition("/")
        found = control_named(self.framework(framework_id), control_id)
        if found is None:
            raise UsageError(
                f"framework {framework_id} has no control {control_id!r}",
                remedy=f"`panshi framework show {framework_id}` lists them",
            )
        return found
