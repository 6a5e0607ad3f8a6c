"""The zero-trust wizard in the browser: one question answered for all, seen, taken back."""

import pytest

pytestmark = pytest.mark.e2e
SCOPE = "/e/small-bank/scope/"


@pytest.mark.parametrize(("language", "theme"), [("zh-hant", "light"), ("en", "dark")])
def test_the_wizard_is_clean_and_accessible(console, language, theme):
    watched = console(language, theme)
    for step in ("", "facts/", "fields/", "fields/?of=cloud_access", "scores/", "choice/"):
        watched.open(SCOPE + step)
        watched.accessible()
        watched.clean()


def test_a_question_is_answered_for_a_group_and_taken_back(console):
    # Given the first question of the wizard
    watched = console()
    page = watched.open(f"{SCOPE}facts/?fact=remote_staff_access")
    before = page.locator("p.lead").inner_text()

    # When it is answered for every system that fits
    page.get_by_label("是", exact=True).check()
    page.get_by_label("回答符合篩選的全部").check()
    with page.expect_navigation():
        page.get_by_role("button", name="回答並封存").click()

    # Then the page says so, and the systems are in the field of remote work
    assert "回答已封存" in page.locator(".messages").inner_text()
    watched.accessible()
    field = watched.open(f"{SCOPE}fields/?of=remote_work&standing=in")
    assert field.locator("tbody tr").count() > 0
    watched.accessible()
    watched.open(f"{SCOPE}roadmap/")
    watched.accessible()

    # And taking it back restores what was known
    page = watched.open(f"{SCOPE}facts/?fact=remote_staff_access")
    with page.expect_navigation():
        page.get_by_role("button", name="收回").first.click()
    page = watched.open(f"{SCOPE}facts/")
    assert page.locator("p.lead").inner_text() == before


def test_the_wizard_fits_a_narrow_screen(console):
    watched = console(viewport={"width": 390, "height": 844})
    for step in ("", "facts/", "fields/", "scores/", "choice/", "roadmap/"):
        page = watched.open(SCOPE + step)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, step
