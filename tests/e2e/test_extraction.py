"""A pasted text in the browser: reasons marked, replacements reviewed, both without a finding."""

import pytest

pytestmark = pytest.mark.e2e

TEXT = (
    "114年3月5日，駭客以 PowerShell 自 hxxp://203.0.113[.]25/a 下載後門程式。\n"
    "通報人：王大明，電話 02-2345-6789，約 3,200 名客戶受影響，利用 CVE-2024-3094。"
)


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_a_text_is_pasted_and_shown(console, language):
    view = console(language)
    for path in ("/extraction/", "/deidentification/"):
        view.open(path)
        view.page.fill("main textarea[name=text]", TEXT)
        view.page.click("main form.stack button")
        view.page.wait_for_load_state()
        assert view.page.locator("mark, ins").count()
        view.clean()
        view.accessible()
