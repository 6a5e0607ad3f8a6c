"""Settings of an identity provider: refused where they could not be trusted, secret kept secret."""

import pytest

from panshi.errors import BadInputError, StoreError, UsageError
from panshi.node import oidc
from panshi.node.oidc import Oidc
from panshi.node.oidc_check import check

ISSUER = "https://login.bank.example/realms/staff"


def settings(**more):
    return Oidc(**{"issuer": ISSUER, "client_id": "panshi"} | more)


def test_what_was_saved_is_loaded_and_nobody_else_reads_the_secret(tmp_path):
    saved = settings(roles={"soc": ("analyst",)})
    oidc.save(tmp_path, saved, "hush")
    assert oidc.load(tmp_path, {}) == saved
    assert oidc.secret(tmp_path, {}) == "hush"
    for name in (oidc.SETTINGS, oidc.SECRET):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_secret_others_may_read_is_refused(tmp_path):
    oidc.save(tmp_path, settings(), "hush")
    (tmp_path / oidc.SECRET).chmod(0o640)
    with pytest.raises(StoreError, match="others may read"):
        oidc.secret(tmp_path, {})


def test_the_environment_names_other_files(tmp_path):
    oidc.save(tmp_path, settings(), "hush")
    other = tmp_path / "secret"
    other.write_text("from the vault\n")
    other.chmod(0o600)
    told = {
        oidc.SETTINGS_VARIABLE: str(tmp_path / oidc.SETTINGS),
        oidc.SECRET_VARIABLE: str(other),
    }
    assert oidc.load(tmp_path / "elsewhere", told) == settings()
    assert oidc.secret(tmp_path / "elsewhere", told) == "from the vault"


def test_without_settings_there_is_no_provider(tmp_path):
    assert oidc.load(tmp_path, {}) is None
    assert oidc.secret(tmp_path, {}) == ""
    with pytest.raises(UsageError):
        oidc.remove(tmp_path)


def test_a_public_client_keeps_no_older_secret(tmp_path):
    oidc.save(tmp_path, settings(), "hush")
    oidc.save(tmp_path, settings(), "")
    assert oidc.secret(tmp_path, {}) == ""
    oidc.remove(tmp_path)
    assert oidc.load(tmp_path, {}) is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"issuer": "https://x.example"}', '{"issuer": 5, "client_id": "a"}']
)
def test_damaged_settings_are_said_to_be(tmp_path, content):
    oidc.save(tmp_path, settings(), "")
    (tmp_path / oidc.SETTINGS).write_text(content)
    with pytest.raises(BadInputError, match="identity provider"):
        oidc.load(tmp_path, {})


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://login.bank.example"},
        {"issuer": "https://"},
        {"issuer": "ftp://login.bank.example"},
        {"issuer": "https://user:word@login.bank.example"},
        {"client_id": " "},
        {"roles": {"soc": ("emperor",)}},
        {"scopes": ("profile",)},
    ],
)
def test_what_could_not_be_trusted_is_refused(wrong):
    with pytest.raises(BadInputError):
        settings(**wrong)


def test_groups_decide_the_roles_they_govern():
    told = settings(roles={"soc": ("analyst",), "chiefs": ("ciso", "approver")})
    assert told.roles_of(("soc", "unknown")) == {"analyst"}
    assert told.roles_of(()) == frozenset()
    assert told.governed == {"analyst", "ciso", "approver"}


def test_one_subject_of_two_issuers_is_two_people():
    other = settings(issuer="https://login.other.example")
    assert settings().subject("42") != other.subject("42")
    assert settings().subject("42") == settings().subject("42")


def test_a_provider_that_is_not_there_does_not_fit():
    found = check(settings(issuer="http://127.0.0.1:9"))
    assert [(each.what, each.ok) for each in found] == [("discovery", False)]
