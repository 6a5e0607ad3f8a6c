"""A passkey made in a real browser signs its owner in, no higher than they are known."""

import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from panshi.node.home import Home
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp import sign_in
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.original import COOKIE
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.pdp.sign_in.doors import ROUTES, SignIns
from panshi.pdp.sign_in.settings import load_settings
from panshi.protection.cedar import EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.enforcement.credential import session_id_of
from panshi.protection.zero_trust.sessions.nouns import Session
from panshi.store.passkeys import PasskeyRow, Passkeys

CHROMIUM = Path("/usr/bin/chromium")
REGISTER = """
async () => {
  const post = async (path, body) => (await fetch('/zt/passkey/' + path, {method: 'POST',
    headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})).json();
  const begun = await post('register/begin', {});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options.publicKey);
  const made = await navigator.credentials.create({publicKey});
  return post('register/finish', {ceremony: begun.ceremony, credential: made.toJSON()});
}
"""


def settings_of(port):
    raw = f"""
origin: http://localhost:{port}
providers:
  - {{id: bank, title: {{zh: 行員, en: staff}}, issuer: "https://id", client_id: c,
     user_claim: sub}}
"""
    return load_settings(raw.encode(), source="s", folder=Path())


async def add_authenticator(context, page):
    tools = await context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    told = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": told})


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_a_passkey_made_in_a_browser_signs_its_owner_in_again():
    from playwright.async_api import async_playwright

    async def scene(folder):
        live = Live(model=trust_model(), clock=time.time)
        point = DecisionPoint(
            policies=compile_policies("permit (principal, action, resource);", source="t"),
            entities=EntityStore.from_json([]),
            clock=time.time,
            live=live,
        )
        attach(live, point)
        server = Server(point, ROUTES)
        port = await server.listen("127.0.0.1", 0)
        home = Home(path=folder)
        home.prepare()
        sign_in.install(point, SignIns(home.path, settings_of(port)))
        word, now = "a" * 43, time.time()
        live.establish(
            Session(
                id=session_id_of(word), user=Uid("User", "account:amy"), assurance=2,
                authenticators=("pwd", "otp"), established_at=now, expires_at=now + 600,
                attributes={"issuer": "panshi:gateway"},
            )
        )  # fmt: skip
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=["--no-sandbox"]
            )
            context = await browser.new_context()
            page = await context.new_page()
            complaints = []
            page.on("console", lambda said: complaints.append(said.text))
            await add_authenticator(context, page)
            base = f"http://localhost:{port}"
            await context.add_cookies([{"name": COOKIE, "value": word, "url": base}])
            await page.goto(f"{base}/zt/sign-in?to=%2Fzt%2Fsign-in%3Fdone%3D1")
            assert await page.evaluate(REGISTER) == {"registered": True}
            live.establish(replace(live.register.sessions[session_id_of(word)], assurance=1))
            with pytest.raises(Exception, match=r"parse|undefined|null"):
                await page.evaluate(REGISTER)
            complaints.clear()

            await context.clear_cookies()
            await page.reload()
            await page.click("#passkey")
            await page.wait_for_url("**/zt/sign-in?done=1")
            cookies = {each["name"]: each for each in await context.cookies()}
            await browser.close()
        await server.stop(0.1)
        session = live.register.sessions[session_id_of(cookies[COOKIE]["value"])]
        assert (session.user.id, session.assurance) == ("account:amy", 3)
        assert cookies[COOKIE]["httpOnly"]
        assert not complaints

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(scene(Path(folder) / "home"))


def test_a_counter_that_does_not_go_on_is_noticed(tmp_path):
    keys = Passkeys(tmp_path)
    row = PasskeyRow(
        id=b"k", user="amy", handle=b"h", credential=b"c", counter=0, proofing=3, bound=True,
        made_at=0.0,
    )  # fmt: skip
    keys.keep(row)

    assert keys.used(b"k", 0)
    assert keys.used(b"k", 5)
    assert not keys.used(b"k", 5)
    assert not keys.used(b"k", 4)
    assert not keys.used(b"k", 0)
    assert not keys.used(b"unknown", 9)
    assert keys.of("amy")[0].counter == 5
