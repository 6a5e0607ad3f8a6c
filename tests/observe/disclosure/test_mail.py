"""Mail to the disclosure channel is taken apart within bounds, whatever comes."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.disclosure.mail import MOST_BYTES, MOST_FILES, read_mail
from panshi.store.disclosure_keys import DisclosureKeys


def closed(kind, _content):
    raise BadInputError(f"no {kind} key")


def message(text="內容", **more):
    made = EmailMessage()
    made["From"] = "A Researcher <r@example.org>"
    made["Subject"] = "XSS 於登入頁"
    made.set_content(text, **more)
    return made


def test_a_plain_message_gives_sender_subject_text_and_files():
    made = message()
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="../../shot.png")

    found = read_mail(made.as_bytes(), closed)

    assert (found.sender, found.sender_name) == ("r@example.org", "A Researcher")
    assert (found.subject, found.text, found.encrypted) == ("XSS 於登入頁", "內容", "")
    assert [name for name, _ in found.files] == ["../../shot.png"]


def test_of_html_only_the_words_are_left():
    made = message("<p>hello</p><script>alert(1)</script><img src='http://x/'>", subtype="html")

    found = read_mail(made.as_bytes(), closed)

    assert found.text == "hello"


def test_what_is_too_large_or_nested_too_deep_is_refused():
    with pytest.raises(BadInputError, match="larger"):
        read_mail(b"x" * (MOST_BYTES + 1), closed)
    deep = b"Content-Type: text/plain\n\nx"
    for number in range(40):
        boundary = f"b{number}".encode()
        deep = (
            b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n\n--' + boundary
            + b"\n" + deep + b"\n--" + boundary + b"--\n"
        )  # fmt: skip
    with pytest.raises(BadInputError, match="nested"):
        read_mail(b"From: a@b.c\nMIME-Version: 1.0\n" + deep, closed)
    with pytest.raises(BadInputError, match="parts"):
        read_mail(wide(100), closed)
    with pytest.raises(BadInputError, match="head"):
        read_mail(b"X: " + b"y" * 70_000 + b"\n\nz", closed)


def wide(many):
    body = b"".join(b"--b\nContent-Type: text/plain\n\nx\n" for _ in range(many))
    return b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n' + body + b"--b--\n"


def test_files_beyond_the_bound_are_left_out_and_told():
    made = message()
    for number in range(MOST_FILES + 2):
        made.add_attachment(b"x", maintype="a", subtype="b", filename=f"{number}.bin")

    found = read_mail(made.as_bytes(), closed)

    assert len(found.files) == MOST_FILES
    assert len(found.defects) == 2


@pytest.fixture
def keys(tmp_path):
    made = DisclosureKeys(tmp_path)
    made.make("openpgp", name="Demo <report@f-isac.example>")
    made.make("age")
    return made


def encrypted(kind, keys, content):
    import pyrage
    import pysequoia

    public = next(each.public for each in keys.newest() if each.kind == kind)
    if kind == "age":
        recipient = pyrage.x25519.Recipient.from_str(public)
        return pyrage.encrypt(content, [recipient], armored=True)
    return pysequoia.encrypt(content, [pysequoia.Cert.from_bytes(public.encode())])


@pytest.mark.parametrize("kind", ["openpgp", "age"])
def test_encrypted_mail_is_opened_inline(kind, keys):
    text = encrypted(kind, keys, "秘密內容".encode()).decode()

    found = read_mail(message(text).as_bytes(), keys.open)

    assert (found.text, found.encrypted) == ("秘密內容", kind)


def test_pgp_mime_is_opened_and_its_inner_parts_taken(keys):
    # Given a message with a file, wrapped as RFC 3156 says
    inner = message("內層")
    inner.add_attachment(b"poc", maintype="text", subtype="x-c", filename="poc.c")
    sealed = encrypted("openpgp", keys, inner.as_bytes())
    outer = (
        b"From: r@example.org\nSubject: ...\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\n\n'
        b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        b"--b\nContent-Type: application/octet-stream\n\n" + sealed + b"\n--b--\n"
    )

    found = read_mail(outer, keys.open)

    assert (found.text, found.subject, found.encrypted) == ("內層", "XSS 於登入頁", "openpgp")
    assert [name for name, _ in found.files] == ["poc.c"]


def test_what_is_encrypted_within_what_was_encrypted_stays_closed(keys):
    once = encrypted("age", keys, b"x").decode()
    twice = encrypted("openpgp", keys, message(once).as_bytes()).decode()

    found = read_mail(message(twice).as_bytes(), keys.open)

    assert found.encrypted == "openpgp"
    assert any("left closed" in each for each in found.defects)


def test_an_older_key_still_opens_and_a_foreign_one_does_not(keys, tmp_path):
    text = encrypted("openpgp", keys, b"before").decode()
    keys.make("openpgp", name="New <report@f-isac.example>")
    assert read_mail(message(text).as_bytes(), keys.open).text == "before"

    other = DisclosureKeys(tmp_path / "other")
    other.make("openpgp", name="Other <o@example.org>")
    with pytest.raises(BadInputError, match="no openpgp key"):
        read_mail(message(text).as_bytes(), other.open)
    broken = "-----BEGIN PGP MESSAGE-----\n\nnonsense\n-----END PGP MESSAGE-----"
    with pytest.raises(BadInputError):
        read_mail(message(broken).as_bytes(), keys.open)


@given(st.binary(max_size=3_000))
def test_any_bytes_are_a_letter_or_bad_input(raw):
    try:
        found = read_mail(raw, closed)
    except BadInputError:
        return
    assert len(found.text) <= 60_000
    assert found.subject.isprintable()
