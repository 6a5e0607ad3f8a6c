"""`panshi serve`: console and API in one process, on loopback unless told otherwise."""

from __future__ import annotations

import argparse
import importlib
import os
import socket

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded, open_node
from panshi.errors import StoreError
from panshi.node.home import Home
from panshi.node.keeping.serving import alone

APPLICATION = "panshi.api.asgi:application"
FIRST_RUN = "panshi.web.first_run"
LONGEST_STOP = 60
"Seconds for answers under way and a round that has begun; then it ends as if power had failed."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Address, port and workers."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=bounded(1, 65535), default=8420)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Open the state once, print where to look, serve until stopped."""
    with open_node() as node:
        home = node.home
    return serve(home, args.host, args.port, out)


def serve(home: Home, host: str, port: int, out: Output) -> Exit:
    """Serve one home; prints the address and, before the first sign-in, the one-time link."""
    _check_free(host, port)
    with alone(home.path, doing="serve"):
        return _served(home, host, port, out)


def _served(home: Home, host: str, port: int, out: Output) -> Exit:
    granian = importlib.import_module("granian")
    os.umask(0o077)
    here = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    address = os.environ.get("PANSHI_URL", "").rstrip("/") or here
    link = importlib.import_module(FIRST_RUN).one_time_link(home.path, address)
    shown = {"address": address, "first_sign_in": link}
    out.answer(
        shown,
        lambda: (
            out.pick(f"主控台：{address}/", f"console: {address}/"),
            *(
                (
                    out.pick(
                        f"首次登入（僅能使用一次）：{link}",
                        f"first sign-in (once): {link}",
                    ),
                )
                if link
                else ()
            ),
        ),
    )
    out.stream.flush()
    server = granian.Granian(
        APPLICATION,
        address=host,
        port=port,
        interface="asgi",
        workers=1,
        blocking_threads=None,
        log_enabled=True,
        websockets=False,
        workers_kill_timeout=LONGEST_STOP,
    )
    server.serve()
    return Exit.DONE


def _check_free(host: str, port: int) -> None:
    try:
        with socket.create_connection((host, port), timeout=1):
            pass
    except (ConnectionError, TimeoutError):
        return
    except OSError as error:
        raise StoreError(
            error.strerror or "no such address", place=host, remedy="choose another --host"
        ) from error
    raise StoreError(f"port {port} is in use", place=host, remedy="choose another --port")
