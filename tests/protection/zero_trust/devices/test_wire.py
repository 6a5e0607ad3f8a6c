"""Bytes of any kind are read or refused, never an error of another kind."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.devices.facts import REASON_WORDS, Reason
from panshi.protection.zero_trust.devices.public import parse_public
from panshi.protection.zero_trust.devices.quote import parse_quote, parse_signature
from panshi.protection.zero_trust.devices.wire import LARGEST, MalformedError

QUOTE_HEAD = bytes.fromhex("ff5443478018")
RSA_HEAD = bytes.fromhex("0001000b00050072")
ECC_HEAD = bytes.fromhex("0023000b00050072")


@pytest.mark.parametrize("read", [parse_public, parse_quote, parse_signature])
@given(
    head=st.sampled_from([b"", QUOTE_HEAD, RSA_HEAD, ECC_HEAD, b"\x00\x14\x00\x0b"]),
    rest=st.binary(max_size=600),
)
def test_whatever_comes_is_read_or_refused(read, head, rest):
    with suppress(MalformedError):
        assert read(head + rest) is not None


@pytest.mark.parametrize("read", [parse_public, parse_quote, parse_signature])
def test_more_than_a_tpm_sends_is_refused(read):
    with pytest.raises(MalformedError, match="at most"):
        read(bytes(LARGEST + 1))


def test_every_reason_has_its_words_in_both_languages():
    assert set(REASON_WORDS) == set(Reason)
    assert all(zh and en for zh, en in REASON_WORDS.values())
