"""Local accounts: what passwd, shadow and group say, without a hash leaving."""

from panshi.observe.this_machine.accounts import Password, accounts


def test_accounts_tell_shell_password_and_rights(machine):
    found = {each.name: each for each in accounts(machine)}

    assert list(found) == ["root", "daemon", "lin", "chen", "guest", "toor"]
    assert [name for name, each in found.items() if each.login] == [
        *("root", "lin", "chen", "guest", "toor"),
    ]
    assert found["lin"].password is Password.SET
    assert found["guest"].password is Password.EMPTY
    assert found["root"].password is Password.LOCKED
    assert [name for name, each in found.items() if each.administrator] == ["root", "chen", "toor"]
    assert found["chen"].expires.isoformat() == "2024-10-04"


def test_an_unreadable_shadow_leaves_passwords_unknown(machine, tree):
    (tree / "etc/shadow").unlink()
    (tree / "etc/shadow").mkdir()

    assert {each.password for each in accounts(machine)} == {Password.UNKNOWN}


def test_no_hash_is_kept(machine):
    assert "$y$" not in repr(accounts(machine))
