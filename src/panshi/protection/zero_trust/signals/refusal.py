"""Why a Security Event Token is not taken: the codes of RFC 8935 section 2.4 and of SSF 8.1.4.1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SetError(StrEnum):
    """The registered Security Event Token Error Codes, used by push and by poll alike."""

    INVALID_REQUEST = "invalid_request"
    INVALID_KEY = "invalid_key"
    INVALID_ISSUER = "invalid_issuer"
    INVALID_AUDIENCE = "invalid_audience"
    AUTHENTICATION_FAILED = "authentication_failed"
    ACCESS_DENIED = "access_denied"
    INVALID_STATE = "invalid_state"
    "SSF 1.0 section 8.1.4.1: a verification event with a state nobody asked for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is answered to whoever sent a token that is not taken."""

    code: SetError
    english: str
    chinese: str

    def description(self, *, chinese: bool) -> str:
        """Give the sentence in the language the sender reads."""
        return self.chinese if chinese else self.english


class RefusedError(Exception):
    """A token is not taken; carries why. Caught where tokens are judged, never shown as it is."""

    def __init__(self, code: SetError, english: str, chinese: str) -> None:
        """Keep code and both sentences."""
        self.refusal = Refusal(code=code, english=english, chinese=chinese)
        super().__init__(english)


def bad_request(english: str, chinese: str) -> RefusedError:
    """Say that the bytes are no token of the kind agreed on."""
    return RefusedError(SetError.INVALID_REQUEST, english, chinese)
