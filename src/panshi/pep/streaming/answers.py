"""What the enforcement point says itself: short, in two languages, and nothing of the inside."""

from __future__ import annotations

from panshi.pep.streaming.enforcer import Grant
from panshi.pep.streaming.head import own_answer
from panshi.pep.streaming.registry import Ending

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def denied(grant: Grant) -> bytes:
    """Say why not, and by which way one might."""
    text = f"{grant.reason_zh or '未獲許可。'}\n{grant.reason_en or 'Not allowed.'}\n"
    match grant.outcome:
        case "sign-in" | "step-up":
            return own_answer(401, text, *grant.headers)
        case _:
            return own_answer(403, text)


def taken_back(why: Ending) -> bytes:
    """Say that access was taken back before there was an answer."""
    return own_answer(403, f"{why.zh}\n{why.en}\n")


def not_mapped() -> bytes:
    """Say that nothing is here for anybody; also for what has no plain form."""
    return own_answer(403, "未獲許可。\nNot allowed.\n")


def malformed() -> bytes:
    """Refuse what is not plain HTTP/1.1."""
    return own_answer(400, "請求格式不符。\nNot a plain HTTP/1.1 request.\n")


def head_too_large() -> bytes:
    """Refuse a head beyond the limit."""
    return own_answer(431, "標頭過大。\nThe head is too large.\n")


def too_many() -> bytes:
    """Turn away what is beyond the limit of connections."""
    return own_answer(503, "連線數已達上限。\nToo many connections.\n", ("retry-after", "5"))


def unanswered() -> bytes:
    """Say that nobody could decide."""
    return own_answer(
        503, "目前無法判定存取權限。\nAccess cannot be decided now.\n", ("retry-after", "2")
    )


def no_application() -> bytes:
    """Say that the application does not answer."""
    return own_answer(502, "應用系統無回應。\nThe application does not answer.\n")
