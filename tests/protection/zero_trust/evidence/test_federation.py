"""What sign-ins prove about the sources of identities of a system."""

from panshi.protection.zero_trust.evidence.federation import SeenSignIn, federations
from tests.protection.zero_trust.evidence.test_systems import record

BANK, PARTNER = "https://id.bank.example", "https://id.partner.example"
MAPPED = frozenset({BANK, PARTNER})


def seen(issuer=BANK, *, external=False, assurance=2):
    return SeenSignIn(issuer=issuer, external=external, assurance=assurance)


def proven(sign_ins, mapped=MAPPED, sessions=None):
    records = [record()._replace(session=each) for each in sessions or sign_ins]
    return federations(records, sign_ins, mapped=mapped)["core"]


def test_the_weakest_of_each_side_is_compared():
    found = proven({
        "s1": seen(assurance=3),
        "s2": seen(assurance=2),
        "s3": seen(PARTNER, external=True, assurance=2),
    })  # fmt: skip
    assert (found.sources, found.internal_level, found.external_level) == (2, 2, 2)
    assert found.mapped
    assert found.external_not_weaker


def test_one_weaker_outsider_is_enough():
    found = proven({"s1": seen(assurance=3), "s2": seen(external=True, assurance=2)})
    assert not found.external_not_weaker


def test_a_source_without_a_place_in_the_standard_is_told():
    assert not proven({"s1": seen("https://elsewhere.example")}).mapped
    assert not proven({"s1": seen("")}).mapped


def test_a_session_nobody_saw_signing_in_leaves_the_sources_open():
    found = proven({"s1": seen()}, sessions=["s1", "s2"])
    assert not found.mapped
    unseen = proven({}, sessions=["s9"])
    assert not unseen.mapped
    assert not unseen.external_not_weaker


def test_only_who_was_let_in_counts():
    denied = record(allowed=False)._replace(session="s2")
    found = federations(
        [record()._replace(session="s1"), denied],
        {"s1": seen(), "s2": seen(external=True, assurance=1)},
        mapped=MAPPED,
    )
    assert found["core"].external_not_weaker
    assert federations([record()], {}, mapped=MAPPED) == {}  # asked without a session
