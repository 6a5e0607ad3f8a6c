"""What people say to each other about an object; it steers no judgement and may be erased."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("record.comment/1", "留言", "Comment", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Body):
    """Plain text by one person about one object."""

    about: str
    "Reference of the object, for example `control/zt36/1-1` or `asset/host:dc1-01`."
    text: str
    author: str
    mentions: tuple[str, ...] = ()
    "Accounts named in the text with an at sign, those that existed then."
