"""The disclosure channel and the rewards in the console, and what anybody may reach of them."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from panshi.model.bodies.disclosure import (
    CaseStep,
    DisclosureAdvisory,
    DisclosureChannel,
    Intake,
)
from panshi.model.zone import day_of
from panshi.node.alliance.disclosure.cases import DisclosureDesk, all_cases
from panshi.node.alliance.disclosure.channel import keys, set_channel
from panshi.node.alliance.disclosure.intake import Told, receive
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.web import nodes
from tests.node.alliance.members_at_hub import member_of, prepared

pytestmark = pytest.mark.usefixtures("hub")


@pytest.fixture(scope="module")
def hub(bank, tmp_path_factory):  # noqa: ARG001 -- the console has to be set up first
    with Node.open(Home(path=tmp_path_factory.mktemp("hub"))) as node:
        prepared(node)
        member_of(node, "bank-017")
        set_channel(
            node,
            DisclosureChannel(
                accepting=True,
                base_url="https://f-isac.example",
                name="Demo F-ISAC",
                contacts=("mailto:report@f-isac.example",),
                expires=day_of(node.clock()) + timedelta(days=180),
                languages=("zh-TW", "en"),
                policy_url="",
                acknowledgments_url="",
                set_by="",
            ),
            actor="chen.yiru",
        )
        keys(node).make("openpgp", name="Demo <report@f-isac.example>")
        script = b"<script>alert(1)</script>"
        told = Told(headline="登入頁面 XSS", text=script.decode(), files=(("poc.html", script),))
        receive(node, told, intake=Intake.STAFF, actor="chen.yiru")
        nodes.hand_in(node)
        yield node
        nodes._handed_in.remove(node)


def reported(visitor, **more):
    form = {"headline": "登入頁面 XSS", "text": "<script>alert(1)</script> 可執行"} | more
    return visitor.post("/disclose/", form)


def link_of(response):
    return re.search(r"/disclose/VD-\d{4}-\d{3}/[\w-]+/", response.content.decode())[0]


def test_security_txt_is_signed_and_says_until_when_it_holds(visitor):
    found = visitor.get("/.well-known/security.txt")

    text = found.content.decode()
    assert found["content-type"].startswith("text/plain")
    assert text.startswith("-----BEGIN PGP SIGNED MESSAGE-----")
    for field in ("Contact: https://f-isac.example/disclose/", "Expires: ", "Encryption: ",
                  "Canonical: https://f-isac.example/.well-known/security.txt"):  # fmt: skip
        assert field in text
    assert "sandbox" in found["content-security-policy"]


def test_a_report_needs_no_account_and_gives_a_link_that_only_its_holder_has(visitor):
    # Given a report sent by the form, with a file
    file = SimpleUploadedFile("poc.html", b"<script>alert(1)</script>", content_type="text/html")
    taken = reported(visitor, file=file)

    # Then the page shows the link once, and the case stands behind it, its text escaped
    assert taken.status_code == 200
    link = link_of(taken)
    page = visitor.get(link)
    assert page.status_code == 200
    assert page["referrer-policy"] == "same-origin"
    assert visitor.post(link, {"text": "補充 <b>說明</b>"}).status_code == 302
    assert "補充 &lt;b&gt;說明" in visitor.get(link).content.decode()
    # And a guess leads nowhere
    assert visitor.get(link[:-4] + "xxx/").status_code == 404


def test_the_form_is_refused_without_its_token_too_large_or_empty(hub, visitor):
    before = len(all_cases(hub))
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)

    assert strict.post("/disclose/", {"headline": "x", "text": "y"}).status_code == 403
    assert reported(visitor, text=" ").status_code == 400
    assert reported(visitor, text="x" * 60_002).status_code == 400
    huge = visitor.generic("POST", "/disclose/", b"", headers={"content-length": str(10**9)})
    assert huge.status_code == 413
    assert len(all_cases(hub)) == before


def test_a_sender_is_stopped_after_a_few_reports(visitor):
    answers = [reported(visitor).status_code for _ in range(7)]

    assert 429 in answers


def test_the_desk_shows_a_case_and_never_runs_what_it_holds(hub, person):
    # Given a case with a file
    analyst = person("analyst")
    number = next(iter(all_cases(hub)))

    # Then queue and case are shown, the report escaped, its script never
    assert number in analyst.get("/disclosure/").content.decode()
    page = analyst.get(f"/disclosure/{number}/").content.decode()
    assert "<script>alert(1)" not in page
    # And a file comes out as bytes to keep
    digest = all_cases(hub)[number].report.attachments[0].sha256
    file = analyst.get(f"/disclosure/{number}/file/{digest}/")
    assert file["content-type"] == "application/octet-stream"
    assert file["content-disposition"].startswith("attachment")
    assert "sandbox" in file["content-security-policy"]


def test_publishing_takes_another_person_and_a_passkey_used_just_now(hub, person, with_passkey):
    # Given a case that is fixed, and an advisory written by one
    number = next(iter(all_cases(hub)))
    writer = DisclosureDesk(hub, actor="lin.kaiwen")
    writer.take(number, CaseStep.VALIDATE)
    writer.take(number, CaseStep.FIX, day=day_of(hub.clock()))
    sealed = writer.draft(number, advisory())
    public = Client(SERVER_NAME="localhost")
    assert public.get("/csaf/clear/index.txt").content == b""

    # When another publishes it with a fresh passkey
    chief = with_passkey(person("ciso"))
    chief.post(f"/disclosure/{number}/publish/", {"advisory": sealed})

    # Then everybody finds it where the lists say
    path = public.get("/csaf/clear/index.txt").content.decode().strip()
    assert public.get(f"/csaf/clear/{path}").json()["document"]["csaf_version"] == "2.1"
    for ending in (".sha256", ".sha512", ".asc"):
        assert public.get(f"/csaf/clear/{path}{ending}").status_code == 200
    metadata = public.get("/.well-known/csaf/provider-metadata.json").json()
    assert metadata["public_openpgp_keys"][0]["url"].endswith("/disclose/openpgp.asc")
    assert public.get("/csaf/clear/../../keys/origin").status_code == 404


def test_audit_reads_and_changes_nothing(hub, person):
    number = next(iter(all_cases(hub)))
    audit = person("internal_audit", "ciso")

    assert audit.get(f"/disclosure/{number}/").status_code == 200
    assert (
        audit.post(f"/disclosure/{number}/step/", {"step": "close", "why": "x"}).status_code == 403
    )


@pytest.mark.parametrize("page", ["/disclosure/addresses/", "/rewards/", "/rewards/bank-017/"])
@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_pages_answer_in_both_languages(person, page, language):
    client = person("analyst")

    found = client.get(page, headers={"accept-language": language})

    assert found.status_code == 200
    assert 'class="lead"' in found.content.decode()


def test_addresses_that_lead_inside_are_refused(hub, person):
    analyst = person("analyst")
    for host in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "localhost", "[::1]", "2130706433"):
        analyst.post(
            "/disclosure/addresses/step/",
            {"step": "declare", "member": "bank-017", "host": host, "port": "443"},
        )

    from panshi.node.alliance.disclosure.exposures import addresses

    assert not addresses(hub)


def advisory():
    return DisclosureAdvisory(
        headline="登入頁面跨站指令碼",
        summary="登入頁面未過濾輸入。",
        vendor="Demo Software",
        product="eBank Login",
        affected_version="4.1.0",
        fixed_version="4.1.1",
        purl="",
        cve="",
        cwe="",
        cwe_name="",
        cvss="",
        remediation="請更新。",
        language="zh-TW",
        written_by="lin.kaiwen",
    )
