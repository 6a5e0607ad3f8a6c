"""What the node knows of its feeds each time one brought something, and advisories of its own."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

STATE = "feed.state/1"
ADVISORY = "record.own_advisory/1"


@observation_kind(STATE, "情資來源狀態", "State of a feed")
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState(Body):
    """A feed after an import, a sync or a bundle brought something."""

    feed: str
    feed_kind: str
    "`osv`, `kev`, `epss`, `csaf` or `own`."
    via: str
    "`import`, `sync`, `bundle` or `own`."
    source: str
    "Address or file it came from."
    newest: str
    "Time of its newest record; empty where it has none."
    age_hours: int
    "Age of what it says, when this was sealed."
    records: int
    "Records it holds now."
    new: int
    changed: int
    withdrawn: int
    refused: int
    refusals: tuple[str, ...] = ()
    "The first of those refused, each with its reason."
    sha256: str = ""
    "Of the file; empty where single records were fetched."
    sealed_by: str = ""
    "Who asked for it; the watch where nobody did."


@observation_kind(ADVISORY, "本機構弱點公告", "Own advisory", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAdvisory(Body):
    """An advisory the institution writes, changes or withdraws itself."""

    advisory: str
    "Its id."
    step: str
    "`publish` or `withdraw`."
    by: str
    record: str = ""
    "The OSV record as published; empty with `withdraw`."
    why: str = ""
