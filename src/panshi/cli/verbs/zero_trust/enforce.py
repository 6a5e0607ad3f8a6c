"""`panshi zt enforce`: run the streaming enforcement point, or check its file."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output

CONFIGURATION = "panshi.pep.streaming.configuration"
SERVING = "panshi.pep.streaming.serving"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the file, and whether only to check it."""
    parser.add_argument("file", type=Path, help="listeners, routes and applications (YAML)")
    parser.add_argument("--check", action="store_true", help="read the file and do nothing")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Read the file, then serve until stopped."""
    settings = importlib.import_module(CONFIGURATION).read_enforcement(args.file)
    if args.check:
        _told(settings, out)
        return Exit.DONE

    def ready(listeners: tuple[tuple[str, int], ...]) -> None:
        out.answer(
            {"name": settings.name, "listeners": dict(listeners)},
            lambda: (
                out.pick(f"{name}：連接埠 {port}", f"{name}: port {port}")
                for name, port in listeners
            ),
        )
        out.stream.flush()

    importlib.import_module(SERVING).serve(settings, ready)
    return Exit.DONE


def _told(settings: Any, out: Output) -> None:  # noqa: ANN401 -- read by a module loaded when called
    rows = [
        {"listener": each.name, "host": route.host, "path": route.path, "system": route.system,
         "actions": dict(route.actions)}
        for each in settings.web
        for route in each.table.routes
    ]  # fmt: skip
    rows += [
        {"listener": each.name, "system": each.system, "actions": {"TCP": each.action}}
        for each in settings.tcp
    ]
    out.answer(
        {"name": settings.name, "routes": rows},
        lambda: (
            f"{row['listener']}  {row.get('host', '')}{row.get('path', '')}  "
            f"{row['system']}  {row['actions']}"
            for row in rows
        ),
    )
