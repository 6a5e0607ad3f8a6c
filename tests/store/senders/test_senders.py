"""What leaves the node is signed and goes only where it was allowed; a refusal is said."""

import hashlib
import hmac

import pytest

from panshi.errors import ForbiddenError, StoreError
from panshi.store.senders import Hook, Mail, MailServer, Post, send_mail, send_post
from panshi.store.senders.mail import Security
from panshi.store.senders.webhook import checked
from tests.simulators.mail_server import mailbox
from tests.simulators.webhook_receiver import receiver

MAIL = Mail(to="ana@example.org", subject="有事\r\nBcc: x@example.org", text="內容", key="ab12")


def server(port, **changes):
    return MailServer(
        host="127.0.0.1", port=port, sender="p@example.org", security=Security.NONE, **changes
    )


def test_a_mail_arrives_with_its_key_and_no_header_can_be_put_in():
    with mailbox() as box:
        send_mail(server(box.port), MAIL)
        (made,) = box.messages
    assert made["To"] == "ana@example.org"
    assert made["Message-ID"] == "<ab12@example.org>"
    assert made["Subject"] == "有事 Bcc: x@example.org"
    assert made["Bcc"] is None
    assert made.get_content().strip() == "內容"


def test_a_refusal_is_said():
    with mailbox() as box:
        box.refusing = True
        with pytest.raises(StoreError, match="did not take it"):
            send_mail(server(box.port), MAIL)


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(StoreError, match="did not take it"):
        send_mail(server(9), MAIL)


def test_mail_never_leaves_this_machine_unencrypted():
    with pytest.raises(StoreError, match="without encryption"):
        send_mail(
            MailServer(host="mail.example.org", sender="p@example.org", security=Security.NONE),
            MAIL,
        )


def test_secrets_are_in_no_text():
    assert "hunter2" not in repr(server(25, user="u", password="hunter2"))
    assert "hunter2" not in repr(Hook(name="soc", url="https://x/", secret="hunter2"))


def test_a_post_arrives_signed_over_its_time_and_body():
    with receiver() as there:
        place = f"127.0.0.1:{there.server_port}"
        hook = Hook(name="soc", url=f"http://{place}/in?a=1", secret="s" * 20)
        send_post(hook, Post(key="k1", body=b'{"a":1}', timestamp=1_800_000_000), [place])
        ((path, headers, body),) = there.posts
    assert path == "/in?a=1"
    assert body == b'{"a":1}'
    told = hmac.new(b"s" * 20, b"1800000000." + body, hashlib.sha256).hexdigest()
    assert headers["X-Panshi-Signature"] == f"v1={told}"
    assert headers["X-Panshi-Timestamp"] == "1800000000"
    assert headers["X-Panshi-Delivery"] == "k1"


def test_a_redirect_is_not_followed():
    with receiver() as there, receiver() as elsewhere:
        place = f"127.0.0.1:{there.server_port}"
        there.status = 307
        there.extra = {"Location": f"http://127.0.0.1:{elsewhere.server_port}/"}
        hook = Hook(name="soc", url=f"http://{place}/", secret="s" * 20)
        with pytest.raises(StoreError, match="307"):
            send_post(hook, Post(key="k", body=b"{}", timestamp=1), [place])
        assert elsewhere.posts == []


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/",
        "http://localhost:9/",
        "https://other.example.org/",
        "https://hooks.example.org:8443/",
        "https://hooks.example.org@169.254.169.254/",
        "https://u:p@hooks.example.org/",
        "http://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "//hooks.example.org/",
        "https://hooks.example.org.evil.example/",
        "https://hooks.example.org:99999/",
        "https://[::1",
        "",
    ],
)
def test_an_address_that_was_not_allowed_is_refused(url):
    with pytest.raises(ForbiddenError):
        checked(url, ["hooks.example.org"])


def test_an_allowed_host_passes_whatever_its_case():
    checked("https://Hooks.Example.org/x", ["hooks.example.org"])
