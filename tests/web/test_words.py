"""Everything that can be shown has a word in both languages."""

import re
from dataclasses import fields

from panshi.model.asset import AssetKind, RelationKind
from panshi.model.bodies import KINDS
from panshi.model.control import MachineClass, MappingRelation, Strength
from panshi.model.observation import Outcome
from panshi.web import proof_words, words
from panshi.web.body_labels import LABELS

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_field_of_every_body_has_a_chinese_label():
    named = {field.name for kind in KINDS.values() for field in fields(kind.body)}
    assert named <= set(LABELS), sorted(named - set(LABELS))


def test_every_kind_relation_and_outcome_has_its_pair():
    assert set(words.ASSET_KINDS) == set(AssetKind)
    assert set(words.RELATIONS) == set(RelationKind)
    assert set(words.OUTCOMES) == set(Outcome)
    assert set(words.STRENGTHS) == set(Strength)
    assert set(words.MACHINE) == set(MachineClass)
    assert set(words.MAPPINGS) == set(MappingRelation)


def test_english_halves_are_english():
    tables = (words.ASSET_KINDS, words.RELATIONS, words.OUTCOMES, words.STRENGTHS, words.MACHINE)
    tables += (proof_words.RULES, proof_words.WHY, proof_words.PARAMETERS, proof_words.STATES)
    for table in tables:
        for zh, en in table.values():
            assert not HAN.search(en)
            assert zh


def test_every_rule_and_parameter_of_a_real_proof_has_a_name(bank):
    def walk(proof):
        yield proof
        for child in proof.children:
            yield from walk(child)

    quiet = proof_words.QUIET | proof_words.PEOPLE
    for framework in bank.library.frameworks.values():
        for control in framework.controls:
            for proof in walk(bank.proof(control.key, "small-bank")):
                assert proof.rule in proof_words.RULES
                unnamed = set(proof.parameters) - set(proof_words.PARAMETERS) - quiet
                assert not unnamed, (proof.rule, unnamed)
