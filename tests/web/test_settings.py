"""What browsers are told, what rests on disk, and what the sign-in allows."""

import base64
import hashlib
import re
import stat
from pathlib import Path

import pytest
from django.conf import settings

VENDOR = Path("src/panshi/web/static/vendor")

POLICY = {
    "default-src": "'none'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx",
}


def policy_of(answer):
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_the_policy_is_strict_and_its_nonce_is_of_one_page_only(ciso):
    # When two pages are asked for
    first, second = policy_of(ciso.get("/help/")), policy_of(ciso.get("/help/"))
    # Then each has the strict policy with a nonce of its own and nothing unsafe
    for policy in (first, second):
        nonce = policy.pop("script-src").removeprefix("'self' ")
        assert re.fullmatch(r"'nonce-[\w+/=-]{16,}'", nonce)
        assert policy.pop("style-src") == f"'self' {settings.CYTOSCAPE_STYLE}"
        assert policy == POLICY
    assert (
        ciso.get("/help/")["Content-Security-Policy"]
        != ciso.get("/help/")["Content-Security-Policy"]
    )


def test_the_one_style_allowed_is_the_one_cytoscape_injects():
    path = VENDOR / "cytoscape" / "cytoscape.min.js"
    if not path.exists():
        pytest.skip("browser assets are fetched by `make setup`")
    # Given the style Cytoscape puts into the page
    script = path.read_text(encoding="utf-8")
    name = re.search(r'"(__________cytoscape_container)"', script)[1]
    rest = re.search(r'\.textContent="\."\+\w+\+"([^"]*)"', script)[1]
    # When it is hashed as browsers do
    digest = hashlib.sha256(f".{name}{rest}".encode()).digest()
    # Then it is the one in the policy
    assert f"'sha256-{base64.b64encode(digest).decode()}'" == settings.CYTOSCAPE_STYLE


def test_pages_are_kept_by_no_cache_and_framed_by_nobody(ciso):
    answer = ciso.get("/evidence/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_secret_rests_in_a_file_of_its_owner():
    path = settings.HOME.path / "keys" / "console.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="ascii").strip() == settings.SECRET_KEY


def test_health_tells_nothing_but_that_it_answers(visitor):
    assert visitor.get("/health/").json() == {"status": "ok"}


def test_templates_hold_no_inline_style_and_no_inline_script():
    for path in Path("src/panshi/web/templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", text), path
        for script in re.findall(r"<script\b[^>]*>", text):
            assert 'nonce="{{ csp_nonce }}"' in script, path
        for tag in re.findall(r"<[^<>]*\shx-get[^<>]*>", text):
            assert 'hx-nonce="{{ csp_nonce }}"' in tag, path


def test_the_sheet_stays_within_its_budget():
    lines = Path("src/panshi/web/static/panshi/panshi.css").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 500
