"""Passkeys, recovery codes, sessions, tokens: each walked in the browser with a virtual passkey."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Watched, with_authenticator

pytestmark = pytest.mark.e2e


@pytest.fixture
def newcomer(console, server, new_context):
    """Invite somebody, who enrols a passkey; gives the page, its device and the recovery codes."""
    made = []

    def invite(name):
        page = console().open("/accounts/")
        page.get_by_label("帳號名稱").fill(name)
        page.get_by_label("分析人員").last.check()
        page.get_by_role("button", name="產生一次性連結").click()
        link = page.locator(".note .mono").inner_text()
        watched = Watched(new_context(locale="zh-TW"), server["address"])
        device = with_authenticator(watched.page)
        page = watched.open(link)
        page.get_by_role("button", name="使用此連結登入").click()
        page.wait_for_url("**/account/passkeys/add/")
        page.get_by_role("button", name="建立通行密鑰").click()
        page.wait_for_url("**/account/codes/")
        codes = page.locator(".codes li").all_inner_texts()
        made.append(watched)
        return watched, device, [re.sub(r"\D", "", each) for each in codes]

    yield invite
    for watched in made:
        watched.clean()


def test_whoever_lost_the_passkey_comes_back_with_a_code(newcomer, server, new_context):
    # Given somebody with recovery codes, on a machine without their passkey
    _first, _device, codes = newcomer("rae")
    assert len(codes) == 10
    assert all(len(each) == 12 for each in codes)
    watched = Watched(new_context(locale="zh-TW"), server["address"])
    with_authenticator(watched.page)
    # When they sign in with a code
    page = watched.open("/account/login/")
    page.get_by_role("link", name=re.compile("備用碼登入")).click()
    watched.accessible()
    page.get_by_label("帳號").fill("rae")
    page.get_by_label("備用碼").fill(codes[3])
    page.get_by_role("button", name="登入").click()
    # Then they are led to a new passkey, which works
    page.wait_for_url("**/account/passkeys/add/")
    page.get_by_role("button", name="建立通行密鑰").click()
    page.wait_for_url(re.compile("/account/(?!passkeys/add)"))
    watched.open("/account/")
    expect(page.locator("section", has=page.locator("#h-pass")).locator("tbody tr")).to_have_count(
        2
    )
    expect(page.locator("section", has=page.locator("#h-codes"))).to_contain_text("還有 9 組")
    watched.accessible()
    watched.clean()


def test_passkeys_are_renamed_and_removed_after_confirming(newcomer):
    watched, _device, _codes = newcomer("pat")
    page = watched.open("/account/")
    page.get_by_role("link", name="改名").click()
    page.locator("input[name=name]").fill("辦公室筆電")
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/**")
    watched.open("/account/")
    expect(page.locator("section", has=page.locator("#h-pass"))).to_contain_text("辦公室筆電")
    page.get_by_role("link", name="移除").click()
    watched.accessible()


def test_a_session_elsewhere_is_ended_here(newcomer, server, new_context):
    # Given somebody signed in twice, the second time with a code
    watched, _device, codes = newcomer("ses")
    other = Watched(new_context(locale="en-GB"), server["address"])
    page = other.open("/account/recover/")
    page.get_by_label("Account").fill("ses")
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/passkeys/add/")
    # When the first ends the second
    page = watched.open("/account/")
    expect(page.locator("section", has=page.locator("#h-ses")).locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name=re.compile("結束 .* 的工作階段")).click()
    page.wait_for_url("**/account/")
    expect(page.locator("section", has=page.locator("#h-ses")).locator("tbody tr")).to_have_count(1)
    watched.accessible()
    # Then it is out
    other.open("/account/")
    assert "/account/login/" in other.page.url
    # And signing out everywhere ends the first too
    page.get_by_role("button", name="結束所有工作階段，包括這一個").click()
    page.wait_for_url("**/account/login/**")


def test_a_token_is_made_once_the_passkey_is_shown_again(newcomer):
    # Given somebody whose only proof so far was a one-time link
    watched, _device, _codes = newcomer("tok")
    page = watched.open("/account/tokens/")
    watched.accessible()
    page.get_by_label("名稱").fill("laptop")
    page.get_by_text("選擇動作").click()
    page.get_by_label("evidence.view").check()
    # When they make a token, the passkey is asked for, and the form goes on by itself
    page.get_by_role("button", name="產生權杖").click()
    page.wait_for_url("**/account/passkeys/again/**")
    watched.accessible()
    page.get_by_role("button", name="使用通行密鑰").click()
    page.wait_for_url("**/account/tokens/**")
    expect(page.locator(".note .mono")).to_contain_text("panshi_")
    expect(page.locator("tbody th")).to_have_text("tok:laptop")
    watched.accessible()
    # Then it is shown no second time
    watched.open("/account/tokens/")
    expect(page.locator(".note .mono")).to_have_count(0)
    page.get_by_role("button", name=re.compile("撤銷")).click()
    expect(page.locator("tbody")).to_have_count(0)
