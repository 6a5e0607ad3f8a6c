"""Ways in beside the passkey, one's sessions, and tokens: each works, is counted and sealed."""

import re

import pytest

from panshi.protection.access.roles import Role

PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def nobody_was_counted_yet():
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def holder(person):
    """Somebody with recovery codes; gives client and codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    client = person(Role.ANALYST)
    return client, RecoveryCodes.activate(client.user).get_unused_codes()


def recover(visitor, name, code):
    return visitor.post("/account/recover/", {"username": name, "code": code})


def test_a_recovery_code_signs_in_once_and_leads_to_a_new_passkey(holder, visitor, audit_trail):
    # Given somebody who lost every passkey
    client, codes = holder
    assert all(re.fullmatch(r"\d{12}", each) for each in codes)
    # When they write a code, with a space in it
    answer = recover(visitor, client.user.username, f"{codes[0][:6]} {codes[0][6:]}")
    # Then they are in, may enrol a passkey at once, and it is sealed
    assert answer["Location"] == "/account/passkeys/add/"
    assert visitor.get("/account/passkeys/add/").status_code == 200
    assert ("recovery_code.use", "console", True) in audit_trail(client.user.username)
    # And the same code opens nothing any more
    visitor.cookies.clear()
    assert recover(visitor, client.user.username, codes[0]).status_code == 403


def test_a_recovery_code_is_no_fresh_passkey(holder, visitor, with_passkey):
    client, codes = holder
    with_passkey(client, ago=9999)
    recover(visitor, client.user.username, codes[0])
    answer = visitor.post("/account/tokens/make/", {"name": "x", "role": "analyst", "days": "9"})
    assert answer["Location"].startswith("/account/passkeys/again/")


@pytest.mark.parametrize("name", ["", "nobody", "<b>"])
def test_an_unknown_account_looks_like_a_wrong_code(holder, visitor, name):
    client, codes = holder
    wrong = recover(visitor, client.user.username, "000000000000")
    unknown = recover(visitor, name, codes[0])
    assert wrong.status_code == unknown.status_code == 403
    strip = re.compile(rb'(value|nonce|content)="[^"]*"')
    assert strip.sub(b"", wrong.content) == strip.sub(b"", unknown.content)


def test_an_account_that_is_off_recovers_nothing(holder, visitor):
    client, codes = holder
    client.user.is_active = False
    client.user.save()
    assert recover(visitor, client.user.username, codes[0]).status_code == 403


def test_guessing_codes_is_stopped_even_for_the_right_one(holder, visitor):
    client, codes = holder
    for _ in range(5):
        recover(visitor, client.user.username, "000000000000")
    answer = recover(visitor, client.user.username, codes[0])
    assert answer.status_code == 429
    assert "五分鐘" in answer.content.decode()


@pytest.fixture
def first_administrator():
    from django.contrib.auth.models import Group, User

    before = User.objects.filter(groups__name=Role.ADMINISTRATOR).order_by("pk").first()
    user = before or User.objects.create_user("first-admin")
    user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR))
    user.is_active = True
    user.set_password(PASSWORD)
    user.save()
    yield user
    user.set_unusable_password()
    user.save()


def sign_in(visitor, user, password):
    form = {"login": user.username, "password": password}
    return visitor.post("/account/login/", form)


def test_the_first_administrator_s_password_is_a_way_in(first_administrator, visitor):
    page = visitor.get("/account/login/").content.decode()
    assert 'type="password"' in page
    assert sign_in(visitor, first_administrator, PASSWORD).status_code == 302
    assert visitor.get("/account/").status_code == 200


def test_guessing_the_password_is_stopped_and_sealed(first_administrator, visitor, audit_trail):
    for _ in range(5):
        sign_in(visitor, first_administrator, "wrong wrong wrong")
    # When the right one comes after that
    answer = sign_in(visitor, first_administrator, PASSWORD)
    # Then it is not tried
    assert answer.status_code in {200, 429}
    assert visitor.get("/account/").status_code == 302
    assert ("session.begin", "console", False) in audit_trail(first_administrator.username)


def test_names_somebody_made_up_fill_no_log(visitor, bank):
    size = bank.log.size()
    for number in range(8):
        visitor.post("/account/login/", {"login": f"made-up-{number}", "password": "x"})
    assert bank.log.size() - size <= 2


def test_one_session_ends_without_the_others(person):
    from allauth.usersessions.models import UserSession
    from django.test import Client

    # Given somebody signed in twice
    here = person(Role.ANALYST)
    there = Client(SERVER_NAME="localhost")
    there.force_login(here.user)
    assert here.get("/account/").status_code == there.get("/account/").status_code == 200
    # When the other session is ended here
    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/sessions/{other.pk}/end/")
    # Then it is out, and this one is not
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_signing_out_everywhere_ends_this_one_too(person):
    from django.test import Client

    here = person(Role.ANALYST)
    there = Client(SERVER_NAME="localhost")
    there.force_login(here.user)
    there.get("/account/")
    here.get("/account/")
    here.post("/account/sessions/end/")
    assert here.get("/account/").status_code == there.get("/account/").status_code == 302


def test_nobody_ends_another_s_session(person):
    from allauth.usersessions.models import UserSession

    mine, other = person(Role.ADMINISTRATOR), person(Role.ANALYST)
    other.get("/account/")
    session = UserSession.objects.get(session_key=other.session.session_key)
    assert mine.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert other.get("/account/").status_code == 200


def test_whoever_is_switched_off_is_out_at_once(person):
    administrator, other = person(Role.ADMINISTRATOR), person(Role.ANALYST)
    other.get("/account/")
    administrator.post(f"/accounts/{other.user.username}/roles/", {"do": "off"})
    assert other.get("/account/").status_code == 302


def test_one_makes_a_token_of_one_s_own_sees_it_once_and_revokes_it(person, with_passkey, bank):
    # Given an analyst with a fresh passkey
    client = with_passkey(person(Role.ANALYST))
    form = {"name": "laptop", "role": "analyst", "days": "30", "scopes": ["evidence.view"]}
    # When they make a token
    client.post("/account/tokens/make/", form)
    page = client.get("/account/tokens/").content.decode()
    clear = re.search(r"panshi_[\w-]+", page).group()
    # Then it acts as them with this scope, is shown no second time, and can be revoked
    name = f"{client.user.username}:laptop"
    held = bank.tokens.holder(clear, bank.clock())
    assert (held.name, held.person, held.scopes) == (name, client.user.username, ("evidence.view",))
    assert clear not in client.get("/account/tokens/").content.decode()
    client.post("/account/tokens/revoke/", {"token": name})
    assert bank.tokens.holder(clear, bank.clock()) is None


def test_nobody_makes_a_token_of_a_role_they_lack_or_revokes_another_s(person, with_passkey, bank):
    client = with_passkey(person(Role.ANALYST))
    answer = client.post("/account/tokens/make/", {"name": "x", "role": "ciso", "days": "9"})
    assert answer.status_code == 403
    bank.tokens.make(name="somebody-else", role="ciso", days=1, now=bank.clock())
    answer = client.post("/account/tokens/revoke/", {"token": "somebody-else"})
    assert answer.status_code == 400
    assert bank.tokens.get("somebody-else")
    bank.tokens.revoke("somebody-else")


def test_an_administrator_makes_rotates_and_revokes(person, with_passkey, bank, audit_trail):
    client = with_passkey(person(Role.ADMINISTRATOR))
    client.post("/tokens/make/", {"name": "siem", "role": "internal_audit", "days": "30"})
    first = re.search(r"panshi_[\w-]+", client.get("/tokens/").content.decode()).group()
    client.post("/tokens/rotate/", {"token": "siem"})
    second = re.search(r"panshi_[\w-]+", client.get("/tokens/").content.decode()).group()
    assert bank.tokens.holder(first, bank.clock()) is None
    assert bank.tokens.holder(second, bank.clock()).name == "siem"
    client.post("/tokens/revoke/", {"token": "siem"})
    assert bank.tokens.holder(second, bank.clock()) is None
    done = [each[0] for each in audit_trail(client.user.username)]
    assert {"token.make", "token.rotate", "token.revoke"} <= set(done)


@pytest.mark.parametrize("days", ["", "0", "-1", "99999", "ten", "٣"])
def test_a_token_lasts_a_sensible_time(person, with_passkey, days):
    client = with_passkey(person(Role.ADMINISTRATOR))
    answer = client.post("/tokens/make/", {"name": "y", "role": "analyst", "days": days})
    assert answer.status_code == 400
