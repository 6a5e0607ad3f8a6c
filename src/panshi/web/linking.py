"""Plain text with links: ids of what exists become links, everything else stays text."""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from panshi.model.asset import AssetId
from panshi.model.observation import ObservationId
from panshi.node.objects import ObjectKind, reference
from panshi.web.nodes import node
from panshi.web.objects import address_of

PART = re.compile(
    r"(?P<observation>\b[0-9a-f]{32}\b)"
    r"|(?P<mention>(?<![\w.@+-])[@＠][\w.@+-]{2,64})"
    r"|(?P<named>\b[a-z][a-z0-9_]*[/:][\w.()/-]+)"
)
MOST = 50
"Links in one text."


def linked(text: str, estate_id: str, mentions: tuple[str, ...] = ()) -> SafeString:
    """Give a text with the ids in it as links, line by line."""
    lines = [_line(each, estate_id, mentions) for each in text.split("\n")]
    return format_html_join(mark_safe("<br>"), "{}", ((each,) for each in lines))


def _line(text: str, estate_id: str, mentions: tuple[str, ...]) -> SafeString:
    parts: list[SafeString] = []
    reached = 0
    for found in list(PART.finditer(text))[:MOST]:
        parts.append(format_html("{}", text[reached : found.start()]))
        parts.append(_part(found, estate_id, mentions))
        reached = found.end()
    parts.append(format_html("{}", text[reached:]))
    return format_html_join("", "{}", ((each,) for each in parts))


def _part(found: re.Match[str], estate_id: str, mentions: tuple[str, ...]) -> SafeString:
    word = found.group()
    if found["mention"]:
        known = word[1:].rstrip(".") in mentions
        return format_html('<b class="mention">{}</b>' if known else "{}", word)
    about = _about(found, estate_id)
    url = address_of(about, estate_id) if about else ""
    return (
        format_html('<a class="mono" href="{}">{}</a>', url, word)
        if url
        else format_html("{}", word)
    )


def _about(found: re.Match[str], estate_id: str) -> str:
    """Give the reference of what a word names; empty where nothing has that name."""
    if found["observation"]:
        known = node().log.get(ObservationId(found["observation"]))
        return reference(ObjectKind.OBSERVATION, found["observation"]) if known else ""
    word = found["named"]
    framework, slash, control = word.partition("/")
    if slash and framework in node().library.frameworks:
        exists = control in node().library.frameworks[framework].by_id
        return reference(ObjectKind.CONTROL, word) if exists else ""
    if estate_id and AssetId(word) in node().estate(estate_id).by_id:
        return reference(ObjectKind.ASSET, word)
    return ""
