"""Accountability, indicators, reviews and statements in the browser, with a year of data."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from tests.simulators.governed import open_governed
from tests.simulators.patience import PATIENCE
from tests.web.small_bank import BANK

pytestmark = pytest.mark.e2e

E = f"/e/{BANK}"
PAGES = (
    f"{E}/indicators/",
    f"{E}/indicators/?standing=off_target",
    f"{E}/indicators/phishing-resistant/",
    f"{E}/offices/",
    f"{E}/reviews/",
    f"{E}/reviews/2026Q3/",
    f"{E}/reviews/2025Q4/",
    f"{E}/actions/2025Q4-1/",
    f"{E}/statements/",
    f"{E}/statements/2025/",
    f"{E}/statements/draft/?year=2025",
    f"{E}/board-reports/",
    f"{E}/board-reports/2025/",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`panshi serve` over the governed institution."""
    home = tmp_path_factory.mktemp("governed")
    node, _clock = open_governed(home)
    node.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "serve", "--port", str(port), "--json"],
        env={**os.environ, "PANSHI_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    text = ""
    for line in process.stdout:
        text += line
        try:
            told = json.loads(text)
            break
        except ValueError:
            continue
    for _ in range(10 * PATIENCE):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield told | {"home": str(home)}
    process.terminate()
    process.wait(PATIENCE)


@pytest.mark.parametrize(
    ("language", "theme", "other"), [("zh-hant", "light", "dark"), ("en", "dark", "light")]
)
def test_every_page_is_clean_and_accessible_and_fits(console_of, server, language, theme, other):
    watched = console_of("ciso", language)
    cookie = {"name": "panshi_theme", "value": theme, "url": server["address"]}
    watched.page.context.add_cookies([cookie])
    for path in PAGES:
        watched.open(path)
        assert watched.judged_by_axe() == [], path
        watched.in_theme(other)
        assert watched.judged_by_axe() == [], path
        watched.fits(390)
        watched.clean()


def test_a_statement_is_judged_again_where_one_stands(console_of):
    page = console_of("ciso", "en").open(f"{E}/statements/2025/")
    page.get_by_role("link", name="Judge again and compare").click()
    page.locator("#verified .proof-steps").wait_for()
    assert page.locator("#verified").inner_text().count("✓") == 2
