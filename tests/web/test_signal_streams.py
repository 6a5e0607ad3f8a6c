"""The page of shared signals: one sentence, feeds with what came, and who may change them."""

import pytest

from panshi.node.demo_signal_streams import seed_signal_streams
from panshi.store.signal_streams import FILE, FOLDER, SignalStreams

PAGE = "/e/small-bank/zero-trust/streams/"


@pytest.fixture
def seeded(bank):
    seed_signal_streams(bank)
    yield bank
    for path in (bank.home.path / FOLDER).glob(f"{FILE}*"):
        path.unlink()


def test_nothing_set_up_is_said_in_the_first_line(ciso):
    answer = ciso.get(PAGE)
    assert answer.status_code == 200
    assert '<p class="lead">尚未設定共享訊號' in answer.content.decode()


@pytest.mark.usefixtures("seeded")
def test_the_first_line_names_the_feed_that_fell_silent(ciso):
    text = ciso.get(PAGE).content.decode()
    assert "聽取 2 個來源，其中 1 個失聯或暫停（edr-demo）" in text
    assert "invalid_key" in text
    assert "siem-demo" in text


@pytest.mark.usefixtures("seeded")
def test_a_feed_shows_what_came_over_it(ciso):
    text = ciso.get(f"{PAGE}?feed=idp-demo").content.decode()
    assert "risc/account-disabled" in text
    assert "disabled wang.demo" in text
    assert "與本機構無關" in text


@pytest.mark.usefixtures("seeded")
def test_a_feed_that_does_not_exist_is_said_so(ciso):
    answer = ciso.get(f"{PAGE}?feed=<script>")
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("</head>")[1].split("<nav")[0]
    assert "沒有這個來源" in answer.content.decode()


def test_a_feed_is_paused_and_heard_again(ciso, seeded):
    pausing = {"feed": "idp-demo", "do": "pause", "why": "maintenance"}
    text = ciso.post(f"{PAGE}change/", pausing, follow=True).content.decode()
    assert "已暫停" in text
    with SignalStreams(seeded.home.path) as store:
        row = store.feed("idp-demo")
    assert (row.status, row.paused_by, row.reason) == ("paused", "operator", "maintenance")
    ciso.post(f"{PAGE}change/", {"feed": "idp-demo", "do": "resume"}, follow=True)
    with SignalStreams(seeded.home.path) as store:
        assert store.feed("idp-demo").status == "enabled"


@pytest.mark.usefixtures("seeded")
def test_what_cannot_be_done_is_said_on_the_page(ciso):
    asking = {"feed": "idp-demo", "do": "verify"}
    text = ciso.post(f"{PAGE}change/", asking, follow=True).content.decode()
    assert "no verification endpoint" in text
    missing = ciso.post(f"{PAGE}change/", {"feed": "nobody", "do": "pause"}, follow=True)
    assert "there is no feed" in missing.content.decode()


def test_audit_sees_it_and_changes_nothing(person, seeded):
    auditor = person("internal_audit")
    text = auditor.get(f"{PAGE}?feed=idp-demo").content.decode()
    assert "idp-demo" in text
    assert 'value="pause"' not in text
    answer = auditor.post(f"{PAGE}change/", {"feed": "idp-demo", "do": "pause"})
    assert answer.status_code == 403
    with SignalStreams(seeded.home.path) as store:
        assert store.feed("idp-demo").status == "enabled"
