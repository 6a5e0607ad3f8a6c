"""The officers' master secret as SLIP-39 mnemonics (SatoshiLabs improvement proposal 39).

One group, `threshold` of `members` shares; fewer tell nothing about the secret. Splitting draws
its own randomness inside shamir-mnemonic, the reference implementation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from panshi.errors import BadInputError, UsageError

ITERATION_EXPONENT = 1
"20,000 rounds of PBKDF2; the secret is random, so the passphrase is no more than a second lock."


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many of how many officers open the vault."""

    threshold: int
    members: int

    def __post_init__(self) -> None:
        """Refuse what SLIP-39 cannot express or what one officer alone could open."""
        if not 2 <= self.threshold <= self.members <= 16:  # noqa: PLR2004 -- the limit of SLIP-39
            raise UsageError(
                f"{self.threshold} of {self.members} officers does not fit together",
                remedy="choose 2 ≤ threshold ≤ members ≤ 16",
            )

    @classmethod
    def parse(cls, text: str) -> Quorum:
        """Read `3/5`."""
        threshold, slash, members = text.partition("/")
        if not (slash and threshold.isdecimal() and members.isdecimal()):
            raise UsageError(f"{text!r} is no quorum", remedy="write it as 3/5")
        return cls(threshold=int(threshold), members=int(members))


def split(master: bytes, quorum: Quorum, passphrase: str = "") -> tuple[str, ...]:
    """Split the master secret into one mnemonic per officer."""
    from shamir_mnemonic import generate_mnemonics  # noqa: PLC0415 -- start-up: reads its word list

    (group,) = generate_mnemonics(
        1,
        [(quorum.threshold, quorum.members)],
        master,
        passphrase=passphrase.encode("ascii"),
        iteration_exponent=ITERATION_EXPONENT,
    )
    return tuple(group)


def combine(mnemonics: Iterable[str], passphrase: str = "") -> bytes:
    """Recover the master secret from enough mnemonics; more than enough do no harm."""
    from shamir_mnemonic import combine_mnemonics  # noqa: PLC0415 -- start-up, as above
    from shamir_mnemonic.share import Share  # noqa: PLC0415 -- start-up, as above
    from shamir_mnemonic.utils import MnemonicError  # noqa: PLC0415 -- start-up, as above

    given = list(dict.fromkeys(" ".join(each.split()) for each in mnemonics if each.strip()))
    try:
        thresholds = {
            (each.identifier, each.group_count, each.member_threshold)
            for each in map(Share.from_mnemonic, given)
        }
        match tuple(thresholds):
            case ((_, 1, threshold),):
                chosen = given[:threshold]
            case _:  # of several groups or sets: the library judges
                chosen = given
        master: bytes = combine_mnemonics(chosen, passphrase.encode("ascii"))
    except (MnemonicError, ValueError) as error:
        raise BadInputError(
            f"the shares do not fit together: {error}",
            remedy="bring as many shares of one epoch as the threshold says",
        ) from error
    return master
