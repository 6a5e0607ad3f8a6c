"""`panshi zt bastion …`: run the SSH bastion; see what is open; verify and list recordings."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import everywhere, open_node
from panshi.errors import IntegrityError, MissingError
from panshi.model.bodies.privileged import RECORDING, BastionRecording
from panshi.node.home import Home
from panshi.node.node import Node

ROOM = "panshi.pep"
_LONGEST_TOKEN = 4096


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    served = verbs.add_parser("serve", help="listen; HOME/zero_trust/bastion.yaml says for whom")
    served.add_argument("--pdp", required=True, metavar="URL", help="the decision point")
    served.add_argument("--token-file", type=Path, help="token with zt.sessions and zt.enforce")
    served.add_argument("--host", default="127.0.0.1")
    served.add_argument("--port", type=int, default=2222)
    verbs.add_parser("key", help="the bastion's host key, for known_hosts")
    verbs.add_parser("live", help="what is open now")
    verbs.add_parser("recordings", help="every recording that was sealed, newest first")
    checked = verbs.add_parser("verify", help="hash a recording anew beside what was sealed")
    checked.add_argument("recording", help="its name, as listed")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step."""
    home = Home.locate(os.environ).path
    if args.action == "live":
        return _live(home, out)
    with open_node() as node:
        match args.action:
            case "serve":
                _serve(node, args, out)
            case "key":
                key = _module("bastion.serving").host_key(home).export_public_key().decode()
                out.answer({"host_key": key.strip()}, lambda: (key.strip(),))
            case "verify":
                _verify(node, args.recording, out)
            case _:
                _recordings(node, out)
    return Exit.DONE


def _serve(node: Node, args: argparse.Namespace, out: Output) -> None:
    settings = _module("bastion.configuration").read_settings(node.home.path)
    asking = _module("asking")
    token = ""
    if args.token_file is not None:
        token = read_whole(args.token_file, _LONGEST_TOKEN).decode().strip()
    address = asking.Address.of(args.pdp, token=token)

    async def whole() -> None:
        stopped = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, stopped.set)
        bastion = _module("bastion.serving").Bastion(
            node, settings, asking.Channel(address), clock=time.time
        )
        acceptor = await bastion.serve(args.host, args.port)
        port = acceptor.get_port()
        out.answer({"host": args.host, "port": port}, lambda: (f"ssh -p {port} …@{args.host}",))
        out.stream.flush()
        await stopped.wait()
        acceptor.close()
        await bastion.close()

    asyncio.run(whole())


def _live(home: Path, out: Output) -> Exit:
    rows: list[dict[str, Any]] = []
    with suppress(OSError):
        rows = json.loads((home / "zero_trust" / "bastion.live.json").read_text("utf-8"))
    columns = ("person", "target", "way", "grant", "address", "recording")
    out.answer(rows, lambda: table(columns, ([row[each] for each in columns] for row in rows)))
    return Exit.DONE


def _recordings(node: Node, out: Output) -> None:
    bodies = [each for each in map(_body, node.log.records(RECORDING)) if each is not None]
    bodies.reverse()
    columns = ("recording", "person", "target", "way", "grant", "ended_by")
    out.answer(
        [asdict(each) for each in bodies],
        lambda: table(columns, ([getattr(each, name) for name in columns] for each in bodies)),
    )


def _verify(node: Node, name: str, out: Output) -> None:
    found = (_body(each) for each in node.log.records(RECORDING) if each.observation.facet == name)
    sealed = next(found, None)
    if sealed is None:
        raise MissingError(f"no recording {name[:80]!r} was sealed", remedy="zt bastion recordings")
    recording = _module("bastion.recording")
    path = node.home.path / recording.FOLDER / Path(sealed.recording).name
    head, digest, chunks = recording.verified(path)
    if (head, digest, chunks) != (sealed.chain_head, sealed.sha256, sealed.chunks):
        raise IntegrityError("the recording is not the one that was sealed", place=name)
    told = {"recording": name, "chunks": chunks, "chain_head": head, "sha256": digest, "ok": True}
    out.answer(told, lambda: (out.pick(f"{name}：與封存相符", f"{name}: as it was sealed"),))


def _body(sealed: Any) -> BastionRecording | None:  # noqa: ANN401 -- a sealed observation
    body = sealed.observation.body
    return body if isinstance(body, BastionRecording) else None


def _module(name: str) -> Any:  # noqa: ANN401 -- a room the command line loads and never imports
    return importlib.import_module(f"{ROOM}.{name}")
