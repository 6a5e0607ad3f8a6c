"""From the printed link to a passkey, out again, and in with the passkey alone."""

import pytest

pytestmark = pytest.mark.e2e


def test_the_link_leads_to_a_passkey_and_the_passkey_signs_in(signed_in):
    # The walk is the fixture's: link, passkey, recovery codes, sign-out, sign-in by passkey
    assert signed_in["codes"] == 10


@pytest.mark.usefixtures("signed_in")
def test_the_link_works_no_second_time(server, new_context):
    page = new_context(locale="zh-TW").new_page()
    answer = page.goto(server["first_sign_in"])
    assert answer.status == 410
    assert "連結無效" in page.content()


def test_whoever_is_not_signed_in_sees_the_sign_in_only(server, new_context):
    page = new_context(locale="en-GB").new_page()
    page.goto(server["address"] + "/evidence/")
    assert "/account/login/" in page.url
    assert page.get_by_role("button", name="Sign in with a passkey").is_visible()
