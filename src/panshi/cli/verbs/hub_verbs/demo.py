"""`panshi hub demo`: a hub and three members on this machine, and a compromise unfolding over them.

Four homes below one folder, four servers as processes of their own, on loopback. Members enrol
with keys, send signed tickets, give the extract they are warned by, and pull over TAXII; nothing
takes another way than a real member's. Ctrl-C ends every process; the homes stay.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.errors import StoreError, UsageError
from panshi.node import demo_sector
from panshi.node.alliance.hub import is_hub
from panshi.node.demo_sector import PARTS, SECURITIES, Part
from panshi.node.demo_sector_acting import (
    Acted,
    exposed,
    member_sends,
    say_dependence,
    seen_at_hub,
    take_in_members,
    tell_members,
)
from panshi.node.home import Home
from panshi.node.node import Node

HUB = "hub"
PORT = 8430
WAIT = 90.0
FOLDER = "PANSHI_SECTOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One server of the demo."""

    name: str
    address: str
    link: str
    "For the first sign-in, once."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where, and whether to stay."""
    parser.add_argument(
        "--port",
        type=bounded(1024, 65500),
        default=PORT,
        help="of the hub; members take the next three",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=None,
        help=f"for the four homes (default: {FOLDER} or ./.panshi-sector)",
    )
    parser.add_argument("--once", action="store_true", help="stop when the story is told")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Build what is missing, tell the story, say where to look, serve until stopped."""
    folder = args.folder or Path(os.environ.get(FOLDER) or ".panshi-sector")
    folder = folder.absolute()
    homes = {name: Home(path=folder / name) for name in (HUB, *(each.id for each in PARTS))}
    _check_folder(folder, homes)
    new = not homes[HUB].exists
    codes = _build(homes, out) if new else {}
    with _serving(homes, args.port, out) as served:
        if new:
            _tell(homes, served[HUB].address, codes, out)
        _answer(served, _standing(homes), folder, out)
        if not args.once:
            _stay(out)
    return Exit.DONE


def _check_folder(folder: Path, homes: dict[str, Home]) -> None:
    strange = folder.is_dir() and any(each.name not in homes for each in folder.iterdir())
    if strange:
        raise UsageError(
            "the folder holds something else", place=str(folder), remedy="name an empty one"
        )


def _build(homes: dict[str, Home], out: Output) -> dict[str, str]:
    out.note(out.pick("建立樞紐與三家會員（DEMO）…", "building the hub and three members (DEMO) …"))
    with Node.open(homes[HUB]) as node:
        codes = demo_sector.prepare_sector_hub(node)
    for part in PARTS:
        with Node.open(homes[part.id]) as node:
            demo_sector.prepare_sector_member(node, part)
    return codes


def _tell(homes: dict[str, Home], hub: str, codes: dict[str, str], out: Output) -> None:
    """Let the members enrol and the story unfold."""
    out.note(
        out.pick(
            "會員以金鑰報到，由第二人核准…",
            "members enrol with keys, a second person lets them in …",
        )
    )
    paths = {part.id: homes[part.id].path for part in PARTS}
    with Node.open(homes[HUB]) as node:
        take_in_members(node, hub, paths, codes)
        say_dependence(paths)
        for part, tickets in demo_sector.everyday_of_all(node.clock()):
            member_sends(paths[part.id], tickets)
            out.note(
                out.pick(
                    f"{part.name_zh}：{len(tickets)} 張日常事件單",
                    f"{part.name_en}: {len(tickets)} everyday tickets",
                )
            )
        for part, ticket in demo_sector.story(node.clock()):
            member_sends(paths[part.id], (ticket,))
            out.note(f"{_name(part, out)}: {ticket.title}")
        _wait(
            lambda: seen_at_hub(node).campaign > 0, out.pick("攻擊行動成形", "a campaign to form")
        )
        found = seen_at_hub(node)
        out.note(out.pick(f"樞紐：攻擊行動 {found.name}", f"hub: campaign {found.name}"))
        tell_members(node)
    with Node.open(homes[SECURITIES.id]) as node:
        told = exposed(node, hub, actor="demo")
        out.note(
            out.pick(
                f"{SECURITIES.name_zh}：取回情資，發現 {len(told)} 處曝險",
                f"{SECURITIES.name_en}: pulled intelligence and found {len(told)} exposures",
            )
        )


def _standing(homes: dict[str, Home]) -> Acted:
    with Node.open(homes[HUB]) as node:
        if not is_hub(node):
            raise StoreError("the hub's home is none", place=str(homes[HUB].path))
        return seen_at_hub(node)


def _name(part: Part, out: Output) -> str:
    return out.pick(part.name_zh, part.name_en)


def _answer(served: dict[str, Served], acted: Acted, folder: Path, out: Output) -> None:
    hub = served[HUB].address
    victim = f"{served[SECURITIES.id].address}/e/{SECURITIES.id}/intelligence/"
    answer = {
        "folder": str(folder),
        "hub": hub,
        "campaign": f"{hub}/hub/campaigns/{acted.campaign}/",
        "warnings": acted.warnings,
        "exposed": victim,
        "taxii": f"{hub}/taxii2/",
        "first_sign_in": {each.name: each.link for each in served.values() if each.link},
    }

    def lines() -> Iterator[str]:
        yield out.pick(f"樞紐主控台：{hub}/hub/", f"hub: {hub}/hub/")
        yield out.pick(
            f"攻擊行動 {acted.name}：{answer['campaign']}（預警 {acted.warnings} 則）",
            f"campaign {acted.name}: {answer['campaign']} ({acted.warnings} warnings)",
        )
        yield out.pick(
            f"發現自己曝險的會員：{victim}", f"a member that finds itself exposed: {victim}"
        )
        for each in served.values():
            if each.link:
                yield out.pick(
                    f"首次登入 {each.name}：{each.link}", f"first sign-in {each.name}: {each.link}"
                )

    out.answer(answer, lines)
    out.stream.flush()


def _stay(out: Output) -> None:
    out.note(out.pick("按 Ctrl-C 結束。", "Ctrl-C ends it."))
    while True:
        time.sleep(3600)


# -- servers -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Process:
    """A server that was started."""

    name: str
    port: int
    process: subprocess.Popen[str]
    log: Path


@contextmanager
def _serving(homes: dict[str, Home], first: int, out: Output) -> Iterator[dict[str, Served]]:
    """Run the servers as processes of their own until this is left; all start at once."""
    started: list[_Process] = []
    try:
        for port, (name, home) in enumerate(homes.items(), start=first):
            out.note(out.pick(f"啟動 {name}（埠 {port}）…", f"starting {name} on port {port} …"))
            started.append(_started(name, home.path, port))
        yield {each.name: _ready(each) for each in started}
    finally:
        for each in started:
            each.process.terminate()
        for each in started:
            try:
                each.process.wait(20)
            except subprocess.TimeoutExpired:
                each.process.kill()
                each.process.wait()


def _started(name: str, home: Path, port: int) -> _Process:
    verb = "hub" if name == HUB else "serve"
    environment = {**os.environ, "PANSHI_HOME": str(home), "PANSHI_URL": ""}
    environment.pop("PANSHI_DATABASE", None)
    log = home / "serve.log"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "panshi", verb, "--port", str(port), "--json"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            start_new_session=True,
        )
    return _Process(name=name, port=port, process=process, log=log)


def _ready(started: _Process) -> Served:
    """Wait until a server answers."""
    told = _first_value(started.process.stdout, str(started.log))
    _wait(lambda: _answers(started.port), started.name)
    return Served(name=started.name, address=told["address"], link=told.get("first_sign_in") or "")


def _first_value(stream: IO[str] | None, log: str) -> dict[str, str]:
    """Read lines until they make one JSON value."""
    text = ""
    for line in stream or ():
        text += line
        try:
            found: dict[str, str] = json.loads(text)
        except ValueError:
            continue
        if "error" in found:
            break
        return found
    raise StoreError("a server did not start", place=log, remedy="see its log, or another --port")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(there: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + WAIT
    while not there():
        if time.monotonic() > ends:
            raise StoreError(f"waited {WAIT:.0f} seconds in vain for: {what}")
        time.sleep(0.2)
