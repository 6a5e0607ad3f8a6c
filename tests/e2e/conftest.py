"""The real console on a loopback port, driven by the machine's own Chromium.

Every page any test opens is watched: policy violations, requests to anywhere else, errors on the
console. A test that leaves one behind fails, whatever it was about.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.simulators.patience import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LISTENER = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push([event.violatedDirective, event.blockedURI, event.sample].join(' '));
});
"""


JUDGE = """
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
  .then((found) => found.violations.map(
    (each) => each.id + ': ' + each.nodes.map((node) => node.target).join(' ')))
"""


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    """`panshi serve` over the small bank; gives its address and the first sign-in link."""
    from panshi.node.home import Home
    from tests.simulators.supplied import supply
    from tests.simulators.two_site_bank import settle
    from tests.web.small_bank import open_small_bank

    home = tmp_path_factory.mktemp("home")
    with open_small_bank(Home(path=home), datetime.now(UTC)) as node:
        supply(node)
        settle(node)
    environment = {**os.environ, "PANSHI_HOME": str(home)}
    # What solves fault trees is compiled once, before a page waits for it.
    asked = ("continuity", "cutsets", "--estate", "two-sites", "--service", "service:pay")
    subprocess.run(
        [sys.executable, "-m", "panshi", *asked, "--json"],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "serve", "--port", str(port), "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(first_value(process.stdout))
    _wait(port)
    yield told | {"home": str(home)}
    process.terminate()
    process.wait(PATIENCE)


def free_ports(count):
    """Give the first of so many ports in a row that nobody uses."""
    for first in range(18_430, 28_000, count):
        probes = [socket.socket() for _ in range(count)]
        try:
            for port, probe in enumerate(probes, start=first):
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return first
    pytest.fail("no ports are free")


def first_value(stream):
    """Read lines until they make one JSON value."""
    text = ""
    for line in stream:
        text += line
        try:
            json.loads(text)
        except ValueError:
            continue
        return text
    pytest.fail(f"the server ended without saying where it is: {text!r}")


def _wait(port):
    for _ in range(10 * PATIENCE):
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="package")
def chromium():
    """A browser for the tests of this folder; its event loop ends with them."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    if not AXE.exists():
        pytest.skip("axe-core is fetched by `make setup`")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


SETTLED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"
"What the scripts of a page do at once has been done and drawn."


class Watched:
    """A page with what went wrong on it."""

    def __init__(self, context, address):
        self.address = address
        self.page = context.new_page()
        self.outside, self.errors = [], []
        self._asked = set()
        host = urlsplit(address).netloc
        # Functions of ours: the listener is marked, which a builtin method does not take.
        self.page.on("request", lambda request: self._asked.add(request))  # noqa: PLW0108
        self.page.on("requestfinished", lambda request: self._asked.discard(request))  # noqa: PLW0108
        self.page.on("requestfailed", lambda request: self._asked.discard(request))  # noqa: PLW0108
        self.page.on(
            "request",
            lambda request: (
                None
                if urlsplit(request.url).netloc in {host, ""}
                else self.outside.append(request.url)
            ),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.errors.append(message.text) if message.type in {"error", "warning"} else None
            ),
        )

    def open(self, path):
        """Go to a page of the console and wait until it is quiet."""
        self._asked.clear()
        self.page.goto(self.address + path if path.startswith("/") else path)
        self._wait_until_quiet()
        return self.page

    def in_theme(self, theme):
        """Show the page as it is in light or dark, without asking for it again."""
        self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)

    def fits(self, width):
        """Assert that the page as it is fits a screen of a width; then as it was before."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 844})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
        self.page.set_viewport_size(size)

    def _wait_until_quiet(self):
        """All a page asked for has come, and it had the time to act on it."""
        end = time.monotonic() + PATIENCE
        while True:
            waited = self._waits()
            self.page.evaluate(SETTLED)
            if not waited and not self._waits():
                return
            assert time.monotonic() < end, [each.url for each in self._asked]

    def _waits(self):
        """Whether something asked for has not come; streams of events never end."""
        return any(each.resource_type != "eventsource" for each in tuple(self._asked))

    def clean(self):
        """Assert that nothing went wrong so far."""
        assert self.page.evaluate("window.violations") == []
        assert self.outside == []
        assert self.errors == []

    def accessible(self):
        """Assert that axe finds nothing against WCAG 2.2 A and AA."""
        assert self.judged_by_axe() == []

    def judged_by_axe(self):
        """Run axe in a world of its own, where neither it nor the page can touch the other."""
        session = self.page.context.new_cdp_session(self.page)
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        here = {"contextId": world["executionContextId"], "returnByValue": True}
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8"), **here})
        answer = session.send(
            "Runtime.evaluate", {"expression": JUDGE, "awaitPromise": True, **here}
        )
        return answer["result"]["value"]


@pytest.fixture(scope="package")
def new_context(chromium):
    """Make browser contexts that listen for policy violations from the very start."""
    made = []

    def make(**options):
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 860}} | options)
        context.add_init_script(LISTENER)
        context.set_default_timeout(PATIENCE * 1000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


def with_authenticator(page):
    """Give a page a virtual passkey device that says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


@pytest.fixture(scope="package")
def signed_in(server, new_context):
    """Sign the first administrator in by the one-time link and enrol a passkey, once for all.

    Gives the session's cookies; the walk itself is asserted in `test_sign_in`.
    """
    context = new_context(locale="zh-TW")
    watched = Watched(context, server["address"])
    with_authenticator(watched.page)
    steps = []
    page = watched.open(server["first_sign_in"])
    watched.accessible()
    page.get_by_role("button", name="使用此連結登入").click()
    page.wait_for_url("**/account/passkeys/add/")
    watched.accessible()
    page.get_by_role("button", name="建立通行密鑰").click()
    page.wait_for_url("**/account/codes/")
    steps.append(page.locator(".codes li").count())
    watched.accessible()
    watched.clean()
    watched.open("/account/")
    page.get_by_role("button", name="登出").click()
    page.wait_for_url("**/account/login/**")
    watched.accessible()
    page.get_by_role("button", name="使用通行密鑰登入").click()
    page.wait_for_url(server["address"] + "/")
    watched.clean()
    _hold_every_duty(server["home"])
    return {"cookies": context.cookies(), "codes": steps[0]}


DUTIES = """
import django
django.setup()
from django.contrib.auth.models import Group, User
from panshi.protection.access.roles import Role
changing = [role for role in Role if role is not Role.INTERNAL_AUDIT]
User.objects.get(username="admin").groups.set(Group.objects.filter(name__in=changing))
"""


def _hold_every_duty(home):
    """Give the first administrator every role that may change something, to open every page."""
    environment = {
        **os.environ,
        "PANSHI_HOME": home,
        "DJANGO_SETTINGS_MODULE": "panshi.web.settings",
    }
    subprocess.run([sys.executable, "-c", DUTIES], env=environment, check=True)


@pytest.fixture
def console(signed_in, server, new_context):
    """Open the console as the signed-in administrator, in a language and in light or dark."""
    opened = []

    def make(language="zh-hant", theme="light", **options):
        context = new_context(**options)
        address = server["address"]
        chosen = {"panshi_theme": theme, "django_language": language}
        kept = [each for each in signed_in["cookies"] if each["name"] not in chosen]
        context.add_cookies(kept)
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in chosen.items()])
        opened.append(Watched(context, address))
        return opened[-1]

    yield make
    for watched in opened:
        watched.clean()
        watched.page.context.close()


SIGN_IN = """
import sys
import django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from tests.simulators.patience import PATIENCE
user, _ = User.objects.get_or_create(username=sys.argv[1])
user.groups.set(Group.objects.filter(name__in=sys.argv[2:]))
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""


@pytest.fixture
def console_of(server, new_context):
    """Open the console as somebody with one role; how people sign in is asserted elsewhere."""
    opened = []

    def make(role, language="zh-hant", **options):
        environment = {
            **os.environ,
            "PANSHI_HOME": server["home"],
            "DJANGO_SETTINGS_MODULE": "panshi.web.settings",
        }
        signed = subprocess.run(
            [sys.executable, "-c", SIGN_IN, f"{role}-{len(opened)}", role],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        context = new_context(**options)
        address = server["address"]
        chosen = {"panshi_session": signed.stdout.split()[-1], "django_language": language}
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in chosen.items()])
        opened.append(Watched(context, address))
        return opened[-1]

    yield make
    for watched in opened:
        watched.clean()
        watched.page.context.close()
