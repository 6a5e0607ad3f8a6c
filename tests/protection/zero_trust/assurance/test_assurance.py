"""What a sign-in counts for, what an action asks for, and how sources stand beside one another."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.node.zero_trust.assurance_content import assurance_table, load_assurance
from panshi.protection.zero_trust.assurance.federation import SeenUser, federation
from panshi.protection.zero_trust.assurance.mapping import (
    AcrRule,
    AuthenticatorFact,
    Population,
    Provider,
    SignIn,
    Text,
    reached,
)
from panshi.protection.zero_trust.assurance.required import required, sufficient
from panshi.store import library

TABLE = assurance_table()
WORD = Text(zh="約定", en="agreed")
BANK = Provider(
    id="bank", issuer="https://id.bank", title=WORD, population=Population.INTERNAL, proofing=3,
    why=WORD, acr=(AcrRule(value="phrh", level=4, phishing_resistant=True),),
)  # fmt: skip
PARTNER = replace(
    BANK, id="partner", issuer="https://id.partner", population=Population.EXTERNAL, acr=()
)
MAPPING = replace(TABLE.mapping, providers=(*TABLE.mapping.providers, BANK, PARTNER))
PASSKEY = {AuthenticatorFact.PASSKEY, AuthenticatorFact.USER_VERIFIED}
HARDWARE = {*PASSKEY, AuthenticatorFact.HARDWARE_BOUND, AuthenticatorFact.ATTESTED}
METHODS = [
    "pwd", "otp", "mfa", "hwk", "swk", "sc", "pin", "fpt", "face", "sms", "tel", "kba", "pop", "x",
]  # fmt: skip


def level(issuer="https://id.bank", **parts):
    return reached(SignIn(issuer=issuer, **parts), MAPPING)


@pytest.mark.parametrize(
    ("amr", "expected", "resistant"),
    [
        ((), 1, False),
        (("something-new",), 1, False),
        (("pwd",), 1, False),
        (("pwd", "otp"), 2, False),
        (("pwd", "sms", "mfa"), 2, False),
        (("mfa",), 2, False),
        (("swk", "mfa"), 2, False),
        (("hwk",), 2, True),
        (("hwk", "pin"), 3, True),
        (("hwk", "mfa"), 3, True),
        (("sc", "pin"), 3, True),
    ],
)
def test_methods_count_for_a_level(amr, expected, resistant):
    found = level(amr=amr)

    assert (found.level, found.phishing_resistant) == (expected, resistant)
    assert all(each.zh and each.en for each in found.because)


def test_only_an_attested_authenticator_in_hardware_reaches_level_4():
    gateway = "panshi:gateway"

    assert level(gateway, facts=frozenset(HARDWARE)).level == 4
    for without in HARDWARE - {AuthenticatorFact.PASSKEY}:
        assert level(gateway, facts=frozenset(HARDWARE - {without})).level < 4
    assert level(gateway, facts=frozenset({AuthenticatorFact.PASSKEY})).level == 2


def test_proofing_caps_what_the_way_of_signing_in_reaches():
    found = level(acr="phrh")

    assert (found.authentication, found.proofing, found.level) == (4, 3, 3)


def test_an_acr_nobody_agreed_on_counts_for_nothing():
    assert level("https://id.partner", acr="phrh").level == 1


def test_a_provider_nobody_mapped_is_not_believed():
    found = level("https://elsewhere", amr=("hwk", "pin"))

    assert (found.level, found.phishing_resistant, found.provider) == (1, False, "")


@given(
    amr=st.sets(st.sampled_from(METHODS)),
    more=st.sets(st.sampled_from(METHODS)),
    issuer=st.sampled_from(["https://id.bank", "https://elsewhere"]),
)
def test_naming_more_methods_never_lowers_the_level(amr, more, issuer):
    fewer = level(issuer, amr=tuple(amr))
    many = level(issuer, amr=tuple(amr | more))

    assert 1 <= fewer.level <= many.level <= 4


SYSTEM = {"criticality": "low", "environment": "test", "personal_data": False}


def test_the_risk_of_action_and_system_asks_for_a_level():
    rows = TABLE.required

    assert required("read", SYSTEM, rows).level == 1
    assert required("read", SYSTEM | {"environment": "production"}, rows).level == 2
    assert required("read", SYSTEM | {"personal_data": True}, rows).level == 2
    assert required("read", SYSTEM | {"criticality": "high"}, rows).level == 3
    assert required("administer", SYSTEM, rows).level == 3
    assert required("transfer", SYSTEM, rows).level == 3
    top = required("administer", SYSTEM | {"criticality": "high"}, rows)
    assert (top.level, [row.id for row in top.because]) == (4, ["privileged-on-important"])


def test_what_nobody_knows_of_a_system_never_lowers_what_is_asked():
    found = required("administer", {}, TABLE.required)

    assert found.level == 4
    assert found.not_known == ("criticality",)


@given(known=st.sets(st.sampled_from(sorted(SYSTEM))), action=st.sampled_from(["read", "operate"]))
def test_knowing_less_asks_for_no_less(known, action):
    partly = {name: SYSTEM[name] for name in known}

    asked = required(action, SYSTEM, TABLE.required).level
    assert required(action, partly, TABLE.required).level >= asked


def test_what_is_not_enough_says_what_to_ask_for():
    asked = required("administer", SYSTEM, TABLE.required)

    short = sufficient(level(amr=("pwd", "otp")), asked)
    assert (short.enough, short.step_up) == (False, "urn:panshi:loa:3")
    assert sufficient(level(amr=("hwk", "pin")), asked).enough


def seen(user, issuer, *amr, external=False):
    return SeenUser(user=user, external=external, issuer=issuer, assurance=level(issuer, amr=amr))


def test_external_users_below_internal_ones_are_named():
    found = federation(
        [
            seen("amy", "https://id.bank", "hwk", "pin"),
            seen("bob", "https://id.bank", "pwd", "otp"),
            seen("vendor", "https://id.partner", "pwd", external=True),
            seen("guest", "https://elsewhere", "hwk", "pin", external=True),
        ],
        MAPPING,
    )

    assert found.external_not_weaker is False
    assert found.weaker == ("guest", "vendor")
    assert (found.internal_level, found.external_level) == (2, 1)
    assert not found.mapped
    assert found.unmapped == ("https://elsewhere",)


def test_equal_mechanisms_under_one_standard_pass():
    found = federation(
        [
            seen("amy", "https://id.bank", "hwk", "pin"),
            seen("vendor", "https://id.partner", "hwk", "pin", external=True),
        ],
        MAPPING,
    )

    assert found.mapped
    assert found.external_not_weaker is True
    assert not found.misplaced


def test_an_outsider_in_the_directory_of_staff_is_named():
    found = federation([seen("x", "https://id.bank", "hwk", "pin", external=True)], MAPPING)

    assert found.misplaced == ("x",)
    assert found.external_not_weaker is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    level: 4\n    phish", "    level: 5\n    phish", "out of range"),
        ("proofing: 4", "proofing: true", "not a whole number"),
        ("    all_of: [pwd, otp]\n    level: 2", "    all_of: [pwd, otp]\n    level: 4", "weaker"),
        ("population: internal", "population: everyone", "everyone"),
    ],
)
def test_a_bent_table_is_refused_with_its_line(old, new, problem):
    name, raw = library.zero_trust("assurance.yaml")
    bent = raw.decode().replace(old, new, 1).encode()

    with pytest.raises(ContentError, match=problem) as refused:
        load_assurance(bent, source=name)
    assert refused.value.place.startswith(f"{name}:")
