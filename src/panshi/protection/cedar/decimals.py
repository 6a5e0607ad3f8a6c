"""Cedar's `decimal`: a signed number with up to four digits after the point, in 64 bits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from panshi.protection.cedar.faults import EvaluationError

DIGITS = 4
LIMIT = 2**63
FORM = re.compile(r"(-?)([0-9]+)\.([0-9]+)")


@dataclass(frozen=True, slots=True, order=True)
class Decimal:
    """A decimal number."""

    scaled: int
    "Its value times 10,000."

    @classmethod
    def parse(cls, text: str) -> Decimal:
        """Read `12.34`; digits on both sides of the point, at most four after it."""
        match = FORM.fullmatch(text)
        if match is None:
            raise EvaluationError(f"`{text}` is not a decimal, for example `12.3400`")
        sign, whole, fraction = match.groups()
        if len(fraction) > DIGITS:
            raise EvaluationError(f"`{text}` has more than {DIGITS} digits after the point")
        scaled = int(sign + whole[-30:] + fraction.ljust(DIGITS, "0"))
        if len(whole.lstrip("0")) > 20 or not -LIMIT <= scaled < LIMIT:  # noqa: PLR2004
            raise EvaluationError(f"decimal `{text}` is out of range")
        return cls(scaled)

    def __str__(self) -> str:
        """With four digits after the point, as Cedar prints it."""
        whole, fraction = divmod(abs(self.scaled), 10**DIGITS)
        return f"{'-' if self.scaled < 0 else ''}{whole}.{fraction:04d}"
