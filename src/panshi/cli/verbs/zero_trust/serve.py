"""`panshi zt serve`: the policy decision point, until stopped."""

from __future__ import annotations

import argparse
import importlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.errors import UsageError
from panshi.node.home import Home

SERVING = "panshi.pdp.serving"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what it decides by, where it listens, whom it lets in, what it remembers."""
    parser.add_argument("--policies", type=Path, metavar="DIR", help="folder of *.cedar files")
    parser.add_argument("--entities", type=Path, metavar="FILE", help="Cedar entities in JSON")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="Cedar schema")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=bounded(0, 65535), default=8421, help="0: any that is free")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE")
    parser.add_argument("--tls-key", type=Path, metavar="FILE")
    parser.add_argument(
        "--client-ca", type=Path, metavar="FILE", help="let in who has a certificate of it"
    )
    parser.add_argument(
        "--address", default="", metavar="URL", help="what callers know it by, for its metadata"
    )
    parser.add_argument("--log", type=Path, metavar="DIR", help="keep a chained log of decisions")
    parser.add_argument(
        "--sample", type=bounded(1, 1_000_000), default=1, metavar="N",
        help="keep one of N permits in the log; denials are always kept",
    )  # fmt: skip
    parser.add_argument(
        "--tokens", type=Path, metavar="DIR", help="let in who holds a token (`panshi zt token`)"
    )
    parser.add_argument(
        "--open", action="store_true", help="bar nobody, on whatever address it listens"
    )
    parser.add_argument(
        "--ttl", type=bounded(0, 86_400), default=0, metavar="S",
        help="seconds an answer may be relied on, unless its policies say (@ttl)",
    )  # fmt: skip
    parser.add_argument(
        "--routes", type=Path, metavar="FILE", help="paths and their systems, for proxies that ask"
    )
    parser.add_argument(
        "--ext-authz-port", type=bounded(0, 65535), metavar="N", help="answer Envoy by gRPC there"
    )
    parser.add_argument(
        "--fail-secure",
        choices=("forbid", "any", "off"),
        default="forbid",
        help="which policies deny when they cannot be evaluated (default: those that forbid)",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Serve; prints the address once it listens."""
    serving = importlib.import_module(SERVING)

    def announce(ready: Any) -> None:  # noqa: ANN401 -- serving.Ready, loaded by name
        told = asdict(ready)
        out.answer(told, lambda: (_line(told, out),))
        out.stream.flush()

    serving.serve(options(args, serving), announce, out.note)
    return Exit.DONE


def options(args: argparse.Namespace, serving: Any) -> Any:  # noqa: ANN401 -- loaded by name
    """Give the options in the decision point's own terms."""
    return serving.Options(
        host=args.host,
        port=args.port,
        policies=args.policies,
        entities=args.entities,
        schema=args.schema,
        tls_cert=args.tls_cert,
        tls_key=args.tls_key,
        client_ca=args.client_ca,
        address=args.address,
        log=args.log,
        sample=args.sample,
        tokens=args.tokens,
        nobody_barred=args.open,
        ttl=args.ttl,
        fail_secure=serving.FailSecure(args.fail_secure),
        routes=args.routes,
        home=None if args.policies is not None else _home(),
        ext_authz_port=args.ext_authz_port,
    )


def _home() -> Path:
    """Give the home, which must be there: without files everything comes from it."""
    home = Home.locate(os.environ)
    if not home.exists:
        raise UsageError(
            "neither policies nor a home", remedy="--policies DIR --entities FILE, or `panshi init`"
        )
    return home.path


def _line(told: dict[str, Any], out: Output) -> str:
    counted = f"{told['policies']:,}", f"{told['entities']:,}"
    return out.pick(
        f"決策點：{told['address']}（政策 {counted[0]} 條，實體 {counted[1]} 個）",
        f"decision point: {told['address']} ({counted[0]} policies, {counted[1]} entities)",
    )
