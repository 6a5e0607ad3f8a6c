"""Every page, both languages, light and dark: no violation, no finding, no word to the outside.

Each page is seen in Chinese by light and in English in the dark, as it is served, and in one of
the other two looks, which differ from these in nothing but their colours. It fits a narrow screen.
"""

from datetime import UTC, datetime

import pytest

from tests.simulators.supplied import LOG_LIBRARY
from tests.web.small_bank import ACCOUNTS, ATTESTED, SYSTEMS, exception_number

pytestmark = pytest.mark.e2e

PAGES = (
    "/e/small-bank/",
    "/e/small-bank/?field=remote_work",
    "/e/small-bank/frameworks/",
    "/e/small-bank/frameworks/zt36/",
    "/e/small-bank/frameworks/emerging/?status=attested",
    "/e/small-bank/frameworks/zt36/?q=nothing-fits-this",
    "/e/small-bank/frameworks/emerging/coverage/",
    "/e/small-bank/controls/zt36/1-1/",
    "/e/small-bank/controls/zt36/5-4/",
    f"/e/small-bank/controls/{ATTESTED}/",
    "/e/small-bank/controls/blueprint/BP-08/",
    "/e/small-bank/assets/?kind=account",
    "/e/small-bank/assets/inventories/",
    "/e/small-bank/assets/history/",
    f"/e/small-bank/asset/{SYSTEMS[0]}/",
    f"/e/small-bank/asset/{ACCOUNTS[11]}/",
    "/e/small-bank/exceptions/",
    "/e/small-bank/exceptions/?state=void",
    f"/e/small-bank/exceptions/{exception_number(datetime.now(UTC))}/",
    "/e/small-bank/exceptions/request/?control=zt36/1-1",
    "/e/small-bank/attestations/",
    "/e/small-bank/attestations/?drawn=1",
    f"/e/small-bank/attestations/{ATTESTED}/",
    "/e/small-bank/attestations/make/",
    "/e/small-bank/scope/",
    "/e/small-bank/scope/facts/",
    "/e/small-bank/scope/fields/",
    "/e/small-bank/scope/fields/?of=cloud_access",
    "/e/small-bank/scope/scores/",
    "/e/small-bank/scope/choice/",
    "/e/small-bank/scope/roadmap/",
    f"/e/small-bank/scope/system/{SYSTEMS[0]}/",
    "/e/small-bank/path/",
    "/e/small-bank/path/?framework=emerging",
    "/e/small-bank/projects/",
    "/e/small-bank/projects/new/",
    "/e/small-bank/continuity/",
    "/e/small-bank/continuity/?scenario=earthquake",
    "/e/small-bank/continuity/layers/",
    "/e/small-bank/continuity/cut-sets/",
    "/e/small-bank/continuity/concentration/",
    "/e/small-bank/continuity/concentration/?kind=site",
    "/e/small-bank/continuity/drills/",
    "/e/small-bank/vault/",
    "/e/small-bank/reports/",
    "/e/small-bank/reports/board/",
    "/norms/",
    "/norms/overlap/",
    "/norms/overlap/?show=gap",
    "/norms/changes/?old=zt36&new=blueprint",
    "/norms/burden/",
    "/e/small-bank/norms/impact/",
    "/extraction/",
    "/deidentification/",
    "/evidence/",
    "/evidence/?kind=backup.restore_drill/1",
    "/observers/",
    "/parameters/",
    "/accounts/",
    "/account/",
    "/account/tokens/",
    "/tokens/",
    "/help/",
    "/",
    "/inbox/",
    "/inbox/?state=done",
    "/notices/",
    "/first-week/",
    "/search/?q=備份",
    "/search/?q=nothing-fits-this",
    "/activity/",
    "/estates/import/",
    "/e/small-bank/owners/",
    "/e/small-bank/owners/?mine=1",
    "/e/small-bank/unseen/",
    "/e/small-bank/unseen/?seen=partly&kind=account",
    "/e/small-bank/decisions/",
    "/e/small-bank/zero-trust/streams/",
    "/e/small-bank/supply-chain/feeds/",
    "/e/small-bank/supply-chain/feeds/?feed=kev",
    "/e/small-bank/continuity/impact/",
    "/e/small-bank/continuity/contradictions/",
    "/e/small-bank/supply-chain/vex/",
    "/e/small-bank/supply-chain/vex/propose/?vulnerability=CVE-2024-34069",
    "/e/small-bank/supply-chain/vex/received/",
    "/e/small-bank/intelligence/",
    "/e/small-bank/zero-trust/",
    "/e/small-bank/zero-trust/policies/",
    "/e/small-bank/zero-trust/policies/?state=waiting",
    "/e/small-bank/zero-trust/decisions/",
    "/e/small-bank/zero-trust/decisions/one/?user=staff-00&action=read&resource=core",
    "/e/small-bank/zero-trust/sessions/",
    "/e/small-bank/zero-trust/privileged/",
    "/e/small-bank/secure-development/",
    "/e/small-bank/secure-development/?by=samm&all=1",
    "/e/small-bank/secure-development/keys/",
    "/e/small-bank/secure-development/system/system:core/",
    "/e/small-bank/zero-trust/devices/",
    "/e/small-bank/supply-chain/",
    "/e/small-bank/supply-chain/advisories/",
    f"/e/small-bank/supply-chain/advisories/{LOG_LIBRARY}/",
    "/e/small-bank/supply-chain/suppliers/",
    "/e/small-bank/supply-chain/find/?q=log",
    "/e/small-bank/supply-chain/board/",
    "/e/small-bank/supply-chain/board/?overdue=1",
    "/e/small-bank/supply-chain/alerts/",
    f"/e/small-bank/supply-chain/system/{SYSTEMS[0]}/",
    f"/e/small-bank/supply-chain/system/{SYSTEMS[2]}/",
)


DRAWN = (
    "/",
    "/inbox/",
    "/evidence/",
    "/e/small-bank/",
    "/e/small-bank/path/",
    "/e/small-bank/continuity/",
    f"/e/small-bank/supply-chain/system/{SYSTEMS[0]}/",
)
"A page of each kind: home, lists, posture, plan, continuity, dependencies."

SOLVED = "/e/two-sites/continuity/cut-sets/service:pay/"
CONTINUITY = (
    "/e/two-sites/continuity/",
    "/e/two-sites/continuity/?scenario=earthquake",
    "/e/two-sites/continuity/impact/",
    "/e/two-sites/continuity/impact/service:pay/",
    "/e/two-sites/continuity/contradictions/",
    "/e/two-sites/continuity/layers/",
    "/e/two-sites/continuity/cut-sets/",
    f"{SOLVED}?solved=1",
    SOLVED,
    "/e/two-sites/continuity/concentration/",
    "/e/two-sites/continuity/concentration/?kind=supplier",
    "/e/two-sites/continuity/drills/",
    "/e/two-sites/vault/",
)
"Of a bank with services and recovery layers."


def solved_first(watched):
    """Wait once for what a process of its own solves; afterwards it is kept."""
    watched.page.goto(f"{watched.address}{SOLVED}?solved=1", timeout=240_000)


LOOKS = pytest.mark.parametrize(
    ("language", "theme", "other", "also"),
    [("zh-hant", "light", "dark", slice(0, None, 2)), ("en", "dark", "light", slice(1, None, 2))],
    ids=["zh-hant", "en"],
)
NARROW = 390


@LOOKS
def test_pages_on_continuity_are_clean_and_accessible(console, language, theme, other, also):
    watched = console(language, theme)
    solved_first(watched)
    looked_at(watched, CONTINUITY, theme, other, also)


@LOOKS
def test_every_page_is_clean_and_accessible(console, language, theme, other, also):
    looked_at(console(language, theme), PAGES, theme, other, also)


def looked_at(watched, pages, theme, other, also):
    """Judge pages as they are served, some of them in the other theme too, and all on a phone."""
    for path in pages:
        page = watched.open(path)
        assert page.locator("html").get_attribute("data-theme") == theme, path
        watched.accessible()
        if path in pages[also]:
            watched.in_theme(other)
            watched.accessible()
        watched.fits(NARROW)
        watched.clean()


def test_pages_drawn_on_a_narrow_screen_fit_it(console):
    # Given pages that are served to a narrow screen, not made narrow afterwards
    watched = console(viewport={"width": NARROW, "height": 844})
    for path in DRAWN:
        watched.open(path)
        watched.fits(NARROW)


def test_one_observation_is_clean_and_accessible(console):
    watched = console()
    page = watched.open("/evidence/?kind=backup.restore_drill/1")
    page.locator("#results td a.mono").first.click()
    page.wait_for_load_state("networkidle")
    watched.accessible()
