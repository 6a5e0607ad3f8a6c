"""Every document an attestation may rest on has a name in both languages."""

from __future__ import annotations

from panshi.governance.frameworks.documents import load_documents
from panshi.governance.frameworks.lint_texts import faults_in_chinese
from panshi.governance.frameworks.load import load_framework
from panshi.store import library


def test_every_document_named_by_a_framework_is_known():
    # Given the kinds of document
    name, raw = library.documents()
    kinds = load_documents(raw, source=name)
    # Then each one a control asks for has a name in good Chinese
    for source, content in library.frameworks():
        for control in load_framework(content, source=source).controls:
            for kind in control.attesting.evidence if control.attesting else ():
                assert kinds[kind].title_en
                assert list(faults_in_chinese(kinds[kind].title_zh)) == []
