"""Subject identifiers: RFC 9493 section 3 and SSF 1.0 section 3; matching 8.1.3.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.signals import subjects
from panshi.protection.zero_trust.signals.refusal import RefusedError, SetError
from panshi.protection.zero_trust.signals.subjects import of_members, simple

GOOD = [
    ({"format": "account", "uri": "acct:amy@bank.example"}, "3.2.1"),
    ({"format": "email", "email": "amy@bank.example"}, "3.2.2"),
    ({"format": "iss_sub", "iss": "https://i.example", "sub": "145234573"}, "3.2.3"),
    ({"format": "opaque", "id": "11112222333344445555"}, "3.2.4"),
    ({"format": "phone_number", "phone_number": "+12065550100"}, "3.2.5"),
    ({"format": "did", "url": "did:example:123456/did/url/path?versionId=1"}, "3.2.6"),
    ({"format": "uri", "uri": "https://user.example/"}, "3.2.7"),
    ({"format": "uri", "uri": "urn:uuid:4e851e98-83c4-4743-a5da-150ecb53042f"}, "3.2.7"),
    ({"format": "jwt_id", "iss": "https://i.example", "jti": "B70BA622"}, "SSF 3.5.1"),
    ({"format": "saml_assertion_id", "issuer": "https://i", "assertion_id": "_8"}, "SSF 3.5.2"),
    ({"format": "ip-addresses", "ip-addresses": ["10.29.37.75"]}, "SSF 3.5.3"),
]


@pytest.mark.parametrize(("value", "clause"), GOOD, ids=[clause for _, clause in GOOD])
def test_every_format_is_read_and_written(value, clause):
    found = subjects.read(value)
    assert subjects.write(found) == value, clause
    assert found.aliases[0].known


def test_aliases_name_one_principal_whatever_their_order():  # RFC 9493 3.2.8
    first = {"format": "email", "email": "amy@bank.example"}
    second = {"format": "opaque", "id": "7"}
    one = subjects.read({"format": "aliases", "identifiers": [first, second]})
    other = subjects.read({"format": "aliases", "identifiers": [second, first]})
    assert one == other
    assert subjects.matches(one, simple("opaque", "7"))
    assert subjects.read(subjects.write(one)) == one


@pytest.mark.parametrize("name", subjects.MEMBERS)
def test_every_member_of_a_complex_subject_is_read(name):  # SSF 3.3
    value = {"format": "complex", name: {"format": "opaque", "id": "1"}}
    assert subjects.read(value).member(name) == simple("opaque", "1")
    assert subjects.write(subjects.read(value)) == value


def test_the_form_of_the_drafts_is_still_read():
    value = {"user": {"format": "opaque", "id": "1"}}
    assert subjects.read(value) == of_members(user=simple("opaque", "1"))


def test_a_format_nobody_knows_matches_only_itself():  # SSF 3.4
    value = {"format": "catalog_item", "catalog_id": "c0384/winter/2354122"}
    found = subjects.read(value)
    assert not found.aliases[0].known
    assert subjects.matches(found, subjects.read(value))
    assert not subjects.matches(found, subjects.read(value | {"catalog_id": "x"}))
    assert subjects.write(found) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        "amy",
        [],
        {},
        {"format": ""},
        {"format": 7},
        {"email": "amy@bank.example"},
        {"format": "email"},
        {"format": "email", "email": 7},
        {"format": "email", "email": "amy"},
        {"format": "account", "uri": "amy@bank.example"},
        {"format": "phone_number", "phone_number": "0912345678"},
        {"format": "did", "url": "https://x"},
        {"format": "uri", "uri": "no uri"},
        {"format": "iss_sub", "iss": "https://i"},
        {"format": "opaque", "id": " "},
        {"format": "opaque", "id": "x" * 3_000},
        {"format": "aliases"},
        {"format": "aliases", "identifiers": []},
        {"format": "aliases", "identifiers": ["amy"]},
        {"format": "aliases", "identifiers": [{"format": "opaque", "id": "1"}] * 33},
        {
            "format": "aliases",
            "identifiers": [
                {"format": "aliases", "identifiers": [{"format": "opaque", "id": "1"}]}
            ],
        },
        {"format": "ip-addresses", "ip-addresses": "10.0.0.1"},
        {"format": "complex"},
        {"format": "complex", "user": "amy"},
        {
            "format": "complex",
            "user": {"format": "complex", "user": {"format": "opaque", "id": "1"}},
        },
        {"format": "complex", **{f"m{n}": {"format": "opaque", "id": "1"} for n in range(17)}},
    ],
)
def test_malformed_subjects_are_no_request(value):
    with pytest.raises(RefusedError) as caught:
        subjects.read(value)
    assert caught.value.refusal.code is SetError.INVALID_REQUEST


def test_a_member_left_out_is_a_wildcard():  # SSF 8.1.3.1, its three examples
    tenant = simple("opaque", "a38")
    jdoe = simple("email", "jdoe@example.com")
    assert subjects.matches(of_members(tenant=tenant), of_members(tenant=tenant, user=jdoe))
    device = simple("ip-addresses", "10.29.37.75")
    assert subjects.matches(of_members(user=jdoe, device=device), of_members(user=jdoe))
    one, other = simple("did", "did:example:123456"), simple("did", "did:example:9999999")
    assert not subjects.matches(
        of_members(user=jdoe, group=one), of_members(user=jdoe, group=other)
    )
    assert not subjects.matches(jdoe, of_members(user=jdoe))


def test_addresses_and_numbers_are_compared_as_they_are_used():
    assert subjects.read({"format": "email", "email": "Amy@Bank.Example"}) == simple(
        "email", "amy@bank.example"
    )
    number = {"format": "phone_number", "phone_number": "+1 (206) 555-0100"}
    assert subjects.read(number) == simple("phone_number", "+12065550100")


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20
).filter(str.strip)
simples = st.builds(lambda one: simple("opaque", one), words) | st.builds(
    lambda one, two: simple("iss_sub", one, two), words, words
)


@given(
    simples
    | st.dictionaries(st.sampled_from(subjects.MEMBERS), simples, min_size=1).map(
        lambda members: of_members(**members)
    )
)
def test_what_is_written_is_read_again_and_matches_itself(subject):
    assert subjects.read(subjects.write(subject)) == subject
    assert subjects.matches(subject, subject)


@given(
    st.dictionaries(st.sampled_from(subjects.MEMBERS), simples, min_size=1),
    st.dictionaries(st.sampled_from(subjects.MEMBERS), simples, min_size=1),
)
def test_matching_knows_no_direction(one, other):
    first, second = of_members(**one), of_members(**other)
    assert subjects.matches(first, second) == subjects.matches(second, first)
