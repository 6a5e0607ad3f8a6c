"""Mail as small institutions write it, and as nobody should."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Attachment
from panshi.observe.tickets import Form, drafts
from panshi.report.tickets import tickets_xlsx

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
BODY = """各位好：

單號：2026-0001
標題: 網路銀行前置主機異常登入
嚴重程度：高
類別：入侵
發現時間：115/09/30 上午 9:58
入侵指標：203.0.113[.]7; hxxps://evil[.]example/a；奇怪的東西
攻擊手法：T1078、T1059.001
影響主機數：2
分享限制：TLP:AMBER+STRICT
事件說明：自 203.0.113[.]7 登入後
  執行編碼過的指令。
--
資安組 02-2345-6789
"""


def message(body=BODY, subject="通報", **options):
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "soc@bank.example"
    made["Date"] = "Wed, 30 Sep 2026 10:05:00 +0800"
    made["Message-ID"] = "<1@bank.example>"
    made.set_content(body, **options)
    return made


def read(tmp_path, raw):
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    return drafts(Form.MAIL, path, NOW)


def test_a_form_in_the_body_is_a_ticket(tmp_path):
    (draft,) = read(tmp_path, bytes(message()))
    assert draft["number"] == "2026-0001"
    assert draft["severity"] == "high"
    assert draft["category"] == "intrusions"
    assert draft["detected_at"] == "2026-09-30T09:58:00+08:00"
    assert draft["techniques"] == ["T1078", "T1059.001"]
    assert draft["indicators"] == [
        {"kind": "ipv4", "value": "203.0.113.7"},
        {"kind": "url", "value": "https://evil.example/a"},
    ]
    assert draft["impact"] == {"hosts": 2}
    assert draft["marking"] == {"tlp": "amber+strict"}
    # What nobody knows the kind of stays in the text; the signature is no part of it.
    assert draft["text"] == ("自 203.0.113[.]7 登入後\n執行編碼過的指令。\n入侵指標：奇怪的東西")


@pytest.mark.parametrize("charset", ["utf-8", "big5"])
def test_a_letter_without_a_form_is_one_ticket(tmp_path, charset):
    (draft,) = read(tmp_path, bytes(message("我們被釣魚了。", "釣魚信件", charset=charset)))
    assert (draft["title"], draft["text"]) == ("釣魚信件", "我們被釣魚了。")
    assert draft["number"].startswith("mail-")
    assert draft["reported_at"] == "2026-09-30T10:05:00+08:00"


def test_a_sender_whose_clock_is_ahead_told_it_now(tmp_path):
    made = message()
    made.replace_header("Date", "Wed, 30 Sep 2036 10:05:00 +0800")
    (draft,) = read(tmp_path, bytes(made))
    assert draft["reported_at"] == NOW.isoformat()


def test_a_spreadsheet_beside_the_letter_is_read_too(tmp_path):
    from tests.report.tickets.test_round_trips import TICKET

    made = message("請見附件。")
    made.add_attachment(
        tickets_xlsx((TICKET,)),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        filename="通報.xlsx",
    )
    (draft,) = read(tmp_path, bytes(made))
    assert draft["number"] == "2026-1"


def test_files_beside_the_letter_are_kept_by_digest_and_texts_with_their_words(tmp_path):
    made = message()
    made.add_attachment("連線紀錄 203.0.113.7", filename="../../log.txt")
    made.add_attachment(b"MZ\x00", maintype="application", subtype="octet-stream", filename="a.exe")
    (draft,) = read(tmp_path, bytes(made))
    kept = [Attachment(**each) for each in draft["attachments"]]
    assert [(each.name, each.size) for each in kept] == [("log.txt", 25), ("a.exe", 3)]
    assert kept[0].text == "連線紀錄 203.0.113.7"
    assert kept[1].text == ""


def test_a_page_is_read_without_its_scripts(tmp_path):
    made = message("x")
    made.set_content(
        "<style>p{}</style><p>標題：釣魚</p><p>單號：7</p><script>alert('單號：8')</script>",
        subtype="html",
    )
    (draft,) = read(tmp_path, bytes(made))
    assert (draft["title"], draft["number"]) == ("釣魚", "7")


def test_a_charset_that_is_none_harms_nothing(tmp_path):
    raw = b'Content-Type: text/plain; charset="u\0f-8"\n\n\xe5\x96\xae\xe8\x99\x9f: 7'
    (draft,) = read(tmp_path, raw)
    assert draft["title"]


@pytest.mark.parametrize(
    "page", ["<![" * 9_999, "<a" * 99_999, "<p>" * 9_999, "<!--", "&#1;<p>&#0;", ""]
)
def test_a_page_that_is_none_harms_nothing(tmp_path, page):
    made = message("x")
    made.set_content(page, subtype="html")
    (draft,) = read(tmp_path, bytes(made))
    assert draft["title"] == "通報"


def test_a_word_that_is_no_choice_is_told_with_its_line(tmp_path):
    with pytest.raises(BadInputError, match="嚴重程度") as refused:
        read(tmp_path, bytes(message("單號：1\n標題：x\n嚴重程度：超高\n")))
    assert refused.value.place == "mail line 3"


def nested(depth):
    made = message("內層")
    for _ in range(depth):
        outer = message("外層")
        outer.add_attachment(made)
        made = outer
    return bytes(made)


@pytest.mark.parametrize(
    "raw",
    [
        b"X: " + b"y" * 300_000,
        nested(12),
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 200 + b"--a--\n",
    ],
)
def test_a_letter_beyond_bounds_is_refused(tmp_path, raw):
    with pytest.raises(BadInputError):
        read(tmp_path, raw)


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=a\n",
        b"Content-Type: text/html; charset=big5\n",
        b"Content-Type: text/plain; charset=no-such\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"Content-Disposition: attachment; filename*=utf-8''%E9\n",
        b"Subject: =?utf-8?b?////?= =?x?q?=\n",
        b"Date: Wed, 99 Xyz 0000 99:99\n",
        b"\n",
        b"--a\n",
        b"--a--\n",
        "單號：1\n".encode(),
        "發現時間：115/99/99\n".encode(),
        b"<p>x<script>",
        b"<![x",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=20), max_size=14).map(b"".join))
def test_any_bytes_are_tickets_or_bad_input(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "any.eml"
    path.write_bytes(raw)
    try:
        assert drafts(Form.MAIL, path, NOW)
    except BadInputError:
        return
