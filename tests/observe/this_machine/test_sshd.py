"""The SSH server's configuration, read from its files as sshd_config(5) says."""

import pytest

from panshi.errors import PanshiError
from panshi.model.observation import Outcome
from panshi.observe.this_machine import sshd


def test_the_first_value_counts_includes_are_followed_and_match_is_left_out(only):
    body = only(sshd.look).body

    assert body.permit_root_login == "no"
    assert not body.password_authentication
    assert body.max_auth_tries == 3
    assert body.listening
    assert not body.x11_forwarding
    assert body.ciphers == ("aes256-gcm@openssh.com", "aes128-ctr")
    assert "1 Match block(s) not evaluated" in body.source


def test_defaults_hold_where_nothing_is_set(only, tree):
    (tree / "etc/ssh/sshd_config").write_text("# nothing\n")

    body = only(sshd.look).body

    assert body.permit_root_login == "prohibit-password"
    assert body.password_authentication
    assert not body.listening


def test_no_server_is_absent_and_not_a_good_configuration(only, tree):
    (tree / "usr/sbin/sshd").unlink()

    sight = only(sshd.look)

    assert (sight.outcome, sight.body) == (Outcome.ABSENT, None)


def test_files_that_include_each_other_end(machine, tree, now):
    (tree / "etc/ssh/sshd_config").write_text("Include sshd_config\n")

    with pytest.raises(PanshiError, match="files are included"):
        list(sshd.look(machine, now))
