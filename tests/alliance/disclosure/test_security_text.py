"""security.txt says what RFC 9116 asks for, and a channel that could not is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from panshi.alliance.disclosure.security_text import (
    channel_defect,
    expiry_of,
    security_text,
    told_of,
)
from panshi.errors import BadInputError
from panshi.model.bodies.disclosure import DisclosureChannel

TODAY = date(2026, 10, 1)
CHANNEL = DisclosureChannel(
    accepting=True,
    base_url="https://f-isac.example",
    name="Demo F-ISAC",
    contacts=("mailto:report@f-isac.example", "tel:+886-2-1234-5678"),
    expires=date(2027, 3, 1),
    languages=("zh-TW", "en"),
    policy_url="https://f-isac.example/policy",
    acknowledgments_url="",
    set_by="chen.yiru",
)


def test_the_file_holds_what_the_standard_asks_for_once_each():
    told = told_of(security_text(CHANNEL, key_url="https://f-isac.example/disclose/openpgp.asc"))

    assert told["contact"][0] == "https://f-isac.example/disclose/"
    assert len(told["contact"]) == 3
    assert told["expires"] == ("2027-03-01T00:00:00Z",)
    assert told["preferred-languages"] == ("zh-TW, en",)
    assert told["canonical"] == ("https://f-isac.example/.well-known/security.txt",)
    assert expiry_of(told) == datetime(2027, 3, 1, tzinfo=UTC)
    assert channel_defect(CHANNEL, TODAY) == ""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"base_url": "http://f-isac.example"}, "https"),
        ({"base_url": "https://f-isac.example/path"}, "without a path"),
        ({"contacts": ()}, "at least one"),
        ({"contacts": ("report@f-isac.example",)}, "mailto"),
        ({"contacts": ("mailto:a@b.example\nExpires: 2099-01-01T00:00:00Z",)}, "line break"),
        ({"expires": TODAY}, "expires after today"),
        ({"expires": date(2028, 10, 1)}, "within"),
    ],
)
def test_what_would_mislead_reporters_is_refused(change, problem):
    assert problem in channel_defect(replace(CHANNEL, **change), TODAY)


@pytest.mark.parametrize("text", ["", "Contact: x", "Expires: soon", "Expires:"])
def test_a_text_without_an_end_says_so(text):
    with pytest.raises(BadInputError):
        expiry_of(told_of(text))
