"""The glossary that ships, and how concepts are found."""

import pytest

from panshi.errors import ContentError
from panshi.governance.norms.glossary import load_glossary
from panshi.node.library import Library

GLOSSARY = Library().glossary


def test_a_concept_is_found_in_either_language():
    assert "backup" in GLOSSARY.concepts("重要資料應定期備份")
    assert "backup" in GLOSSARY.concepts("Data are backed up regularly.")


def test_longer_terms_come_first():
    found = GLOSSARY.concepts("虛擬私有網路")
    assert found["remote-access"] == 1
    assert "network" not in found


def test_every_concept_has_terms_in_both_languages_and_its_own_id():
    assert len(GLOSSARY.by_id) == len(GLOSSARY.entries) > 100
    assert all(entry.zh and entry.en and entry.topic for entry in GLOSSARY.entries)


def test_every_concept_is_found_by_its_own_first_terms():
    for entry in GLOSSARY.entries:
        assert entry.id in GLOSSARY.concepts(entry.zh[0]), entry
        assert entry.id in GLOSSARY.concepts(entry.en[0]), entry


def test_the_same_id_twice_is_refused():
    line = b"  - {id: a, topic: t, zh: [x], en: [y]}\n"
    with pytest.raises(ContentError, match="twice"):
        load_glossary(b"concepts:\n" + line + line, source="glossary.yaml")
