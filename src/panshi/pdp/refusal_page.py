"""The page of a refusal: one sentence in two languages, and the decision's number.

It names no policy, no system and no attribute: whoever is refused learns nothing about what is
behind.
"""

from __future__ import annotations

from html import escape

from panshi.pdp.inquiry import Finding, Outcome

_TITLES = {
    Outcome.ALLOWED: ("已許可", "Allowed"),
    Outcome.SIGN_IN: ("請先登入", "Sign in"),
    Outcome.STEP_UP: ("需要更強的身分鑑別", "A stronger sign-in is needed"),
    Outcome.DENIED: ("未獲許可", "Not allowed"),
}


def page(finding: Finding, *, html: bool) -> bytes:
    """Set the page, as HTML or as text."""
    zh, en = _TITLES[finding.outcome]
    number = f"決策編號 Decision: {finding.decision}" if finding.decision else ""
    lines = [each for each in (finding.reason_zh, finding.reason_en, number) if each]
    if not html:
        return "\n".join((f"{zh} {en}", *lines, "")).encode()
    body = "".join(f"<p>{escape(each)}</p>" for each in lines)
    return (
        '<!doctype html><html lang="zh-Hant-TW"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{zh} {en}</title><main><h1>{zh}</h1>"
        f'<p lang="en">{en}</p>{body}</main></html>'
    ).encode()
