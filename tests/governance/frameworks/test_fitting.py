"""Comparisons are held against the types of bodies and attributes."""

from __future__ import annotations

import pytest

from panshi.governance.frameworks.fitting import Shape, misfit, of_asset, of_kind, weakest
from panshi.model.asset import AssetKind
from panshi.model.bodies import KINDS
from panshi.model.bodies.records import Claim
from panshi.model.predicate import Comparison, Condition


def test_types_of_a_body_are_reduced_to_shapes():
    fields = of_kind("tls.endpoint/1")
    assert fields["protocols"].shape is Shape.TEXTS
    assert fields["lowest_protocol"].shape is Shape.NUMBER
    assert fields["certificate_expires"].shape is Shape.DAY
    assert fields["certificate_expires"].optional
    assert fields["forward_secrecy"].shape is Shape.TRUTH


def test_attributes_bring_their_allowed_values():
    assert "IaaS" in of_asset(AssetKind.SYSTEM)["cloud_model"].values


@pytest.mark.parametrize(
    ("field", "comparison", "value", "fits"),
    [
        ("lowest_protocol", Comparison.AT_LEAST, 1.2, True),
        ("lowest_protocol", Comparison.CONTAINS, "1", False),
        ("lowest_protocol", Comparison.IS, "1.2", False),
        ("forward_secrecy", Comparison.IS, True, True),
        ("forward_secrecy", Comparison.IS, 1, False),
        ("forward_secrecy", Comparison.AT_LEAST, 1, False),
        ("protocols", Comparison.CONTAINS, "TLSv1.2", True),
        ("protocols", Comparison.IS, "TLSv1.2", False),
        ("certificate_expires", Comparison.DAYS_LEFT, 0, True),
        ("certificate_expires", Comparison.AT_MOST, 0, False),
        ("certificate_expires", Comparison.MISSING, True, True),
        ("key_algorithm", Comparison.ONE_OF, ("RSA",), True),
        ("weak_ciphers", Comparison.MISSING, True, False),
    ],
)
def test_a_comparison_that_can_never_hold_is_found(field, comparison, value, fits):
    condition = Condition(field=field, comparison=comparison, value=value)
    assert (misfit(condition, of_kind("tls.endpoint/1")[field]) == "") is fits


def test_every_kind_has_a_weakest_body():
    # Given every kind of observation
    for kind, spec in KINDS.items():
        # Then a body without a single good sign can be built
        assert isinstance(weakest(kind), spec.body)
    assert weakest("record.claim/1") == Claim(framework="", control="", owner="", share=0)
