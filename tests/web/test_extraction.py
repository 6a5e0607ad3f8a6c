"""The pages 情資擷取 and 去識別化: spans shown, decisions sealed, a review before sharing."""

from panshi.model.bodies.extraction import DECISION, DEIDENTIFIED

TEXT = "通報人：王大明。駭客以 PowerShell 自 hxxp://203.0.113[.]25/a 下載 <b>後門</b>。"


def test_a_pasted_text_is_shown_with_its_reasons(person):
    client = person("analyst")

    page = client.post("/extraction/", {"text": TEXT}, headers={"accept-language": "zh-TW"})

    shown = page.content.decode()
    assert page.status_code == 200
    assert '<mark class="span-technique" title="T1059.001">PowerShell</mark>' in shown
    assert "http://203.0.113.25/a" in shown
    assert "<b>後門" not in shown


def test_the_empty_page_says_what_it_is_for(person):
    page = person("analyst").get("/extraction/").content.decode()

    assert 'class="lead"' in page
    assert "soc learn" in page


def test_a_decision_is_sealed_without_names(person, bank):
    client = person("analyst")

    client.post(
        "/extraction/decide/",
        {
            "technique": "T1059.001",
            "passage": "王大明先生執行",
            "decision": "reject",
            "score": "0.5",
        },
    )

    body = list(bank.log.records(DECISION))[-1].observation.body
    assert (body.technique, body.accepted) == ("T1059.001", False)
    assert body.decided_by == client.user.username
    assert "王大明" not in body.passage


def test_a_review_is_sealed_and_the_text_given(person, bank):
    client = person("analyst")

    preview = client.post("/deidentification/", {"text": TEXT}).content.decode()
    assert "王大明" in preview
    shared = client.post("/deidentification/share/", {"text": TEXT, "purpose": "分享"})

    assert "王大明" not in shared.content.decode()
    body = list(bank.log.records(DEIDENTIFIED))[-1].observation.body
    assert body.replaced == ("person: 1",)
    assert body.reviewed_by == client.user.username


def test_what_was_let_stand_stands(person):
    page = person("analyst").post("/deidentification/", {"text": TEXT, "keep": "王大明"})

    assert "人員-" not in page.content.decode()


def test_audit_reads_and_changes_nothing(person):
    client = person("internal_audit")

    assert client.post("/extraction/", {"text": TEXT}).status_code == 200
    decision = {"technique": "T1059.001", "passage": "x", "decision": "accept"}
    assert client.post("/extraction/decide/", decision).status_code == 403
    assert (
        client.post("/deidentification/share/", {"text": TEXT, "purpose": "x"}).status_code == 403
    )


def test_a_reader_of_the_board_does_not_read_texts(person):
    assert person("board_reader").get("/extraction/").status_code == 403
