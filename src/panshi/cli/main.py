"""`panshi VERB …`: parse, call, render, exit.

The table below names each verb, its module and one line of help; a verb's module is imported
only when it is called, so that `panshi --help` and every single verb start fast.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NoReturn, Protocol

from panshi import __version__
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.errors import PanshiError, UsageError

VERBS = {
    "demo": "build the demo bank, observe this machine, assess both, serve the console",
    "init": "make the state directory, its signing key and an empty evidence log",
    "serve": "serve console and API on loopback",
    "observe": "look at a file or at this machine and seal what was seen",
    "watch": "observe what arrives in folders and buckets by itself",
    "evidence": "list, show, prove, verify, checkpoint and redact evidence",
    "estate": "import, export, list and compare estates",
    "framework": "list, show, lint and export frameworks; how each control is judged",
    "assess": "judge the controls of a framework from evidence",
    "notify": "set mail and webhooks; show what went out, what waits, what is dead",
    "search": "find controls, assets, records and comments by part of what they say",
    "unseen": "name what nobody has looked at: assets, silent sources, unfed controls",
    "report": "write the board pack and other reports as PDF, DOCX, XLSX or JSON",
    "record": "claim a share, or sign that a control does not apply",
    "attest": "answer for controls no tool can see, countersign, look again at a draw",
    "exception": "ask for, review, decide, end and list exceptions of controls",
    "indicator": "indicators with target, trend and forecast; freeze quarters, change definitions",
    "review": "hold the quarterly review: agenda, decisions, actions, minutes",
    "office": "who answers for what: appoint by two, list, end; the CISO's report to the board",
    "statement": "draft, sign, show and verify the yearly statement",
    "plan": "the cheapest path to a stage, what it rests on, what each NT$1 million buys",
    "project": "list, show, import, export projects that raise controls",
    "parameter": "show and change the governed thresholds",
    "backup": "write a whole home into one file while it runs",
    "restore": "check a backup whole and put it in the home's place",
    "upgrade": "bring a home of an earlier release up to this one",
    "move": "carry log and estates to another database",
    "identity": "set up sign-in through the organisation's identity provider",
    "token": "make and revoke tokens for the API",
    "sbom": "what software is made of; put versions in the order of their ecosystem",
    "secure-dev": "how software is made: SSDF, SAMM, ASVS from evidence; verify provenance",
    "feeds": "advisories, known exploitation, scores: bring them, ask for them, how old they are",
    "vex": "what a vulnerability does here: propose, approve, receive, trust, export statements",
    "intel": "intelligence: validate STIX, share it in TAXII collections, MISP in and out",
    "soc": "joint SOC: incident tickets become one picture, members are warned",
    "hub": "serve as a hub of joint defence; its members, their keys and quotas",
    "member": "this node as a member of a hub: keys, enrolment, tokens",
    "disclosure": "vulnerabilities told from outside, coordinated until they are published",
    "continuity": "what fails together, how long it lasts, which layers would help",
    "vault": "core data encrypted, split over places, sealed, restored, scrubbed",
    "zt": "zero trust: decide, enforce, follow live sessions and take trust back",
}


class Verb(Protocol):
    """What a verb's module offers."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its arguments."""
        ...

    def run(self, args: argparse.Namespace, out: Output) -> Exit:
        """Do it and answer."""
        ...


class Layout(argparse.HelpFormatter):
    """The layout of help; argparse makes one per argument, so it must not be dear."""

    def __init__(self, prog: str) -> None:
        """Ask for the terminal's width without what else `shutil` loads."""
        super().__init__(prog, width=_columns() - 2)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints go the way of every other error: a sentence, or one JSON value."""

    def __init__(self, **parts: Any) -> None:  # noqa: ANN401 -- argparse's own
        """Lay out help as Panshi does, unless another layout is asked for."""
        super().__init__(**{"formatter_class": Layout, **parts})

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing a usage block and leaving."""
        raise UsageError(message, remedy=f"{self.prog} --help")


LEAVES_AT_ONCE = ("sbom", "match")
"A gate every build waits for: taking the interpreter down costs it a tenth of its time."


def command() -> NoReturn:
    """Be the command `panshi`."""
    gc.disable()  # until the verb begins: all that is made before stays
    code = main()
    if tuple(sys.argv[1:3]) == LEAVES_AT_ONCE:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the only place that turns exceptions into exit codes."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _never_fail_to_print()
    out = Output(json="--json" in arguments, chinese=_language(arguments) == "zh")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except PanshiError as error:
        return _refuse(error, out)
    except KeyboardInterrupt:
        out.note("interrupted; nothing that was acknowledged is lost")
        return Exit.INCOMPLETE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:
        if os.environ.get("PANSHI_DEBUG"):
            raise
        return _refuse(_fault(error), out)
    return code


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in VERBS:
        _top_parser().parse_args(arguments or ["--help"])
        return Exit.USAGE
    name = arguments[0]
    verb = load(f"panshi.cli.verbs.{name.replace('-', '_')}")
    parser = Parser(prog=f"panshi {name}", description=VERBS[name])
    _common(parser)
    verb.arguments(parser)
    parse = parser.parse_intermixed_args if name == "observe" else parser.parse_args
    args = parse(arguments[1:])
    if not gc.isenabled():
        gc.freeze()  # nobody ever looks through what was made to begin
        gc.enable()
    return verb.run(args, Output(json=args.json, chinese=args.lang.startswith("zh")))


def load(module: str) -> Verb:
    """Import a verb's module; the collector waits meanwhile, since what loading makes stays."""
    collected = gc.isenabled()
    gc.disable()
    try:
        verb: Verb = importlib.import_module(module)
    finally:
        if collected:
            gc.enable()
    return verb


def _fault(error: Exception) -> PanshiError:
    """Turn what nobody foresaw into one sentence; PANSHI_DEBUG shows where it happened."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return PanshiError(
        f"{type(error).__name__}: {told}", remedy="set PANSHI_DEBUG=1 to see where; report it"
    )


def _columns() -> int:
    """Give the width of the terminal, as `shutil.get_terminal_size` would."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    terminal = sys.__stdout__
    try:
        return (os.get_terminal_size(terminal.fileno()).columns if terminal else 0) or 80
    except (ValueError, OSError):  # closed, or no terminal
        return 80


def _never_fail_to_print() -> None:
    """Write what a terminal's alphabet lacks as escapes instead of stopping half way."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _language(arguments: Sequence[str]) -> str:
    """Give the language asked for, before the arguments are parsed."""
    named = [after for before, after in pairwise(arguments) if before == "--lang"]
    named += [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    wanted = named[-1] if named else os.environ.get("PANSHI_LANG") or os.environ.get("LANG", "")
    return "zh" if wanted.startswith("zh") else "en"


def _refuse(error: PanshiError, out: Output) -> Exit:
    if out.json:
        problem = {
            "problem": error.problem,
            "place": error.place,
            "remedy": error.remedy,
        }
        out.answer({"error": problem}, lambda: ())
    out.note(f"panshi: {error}")
    return Exit(error.exit_code)


def _top_parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:<10} {text}" for name, text in VERBS.items())
    parser = Parser(
        prog="panshi",
        description="Measure, prove and exercise cyber resilience from evidence.",
        epilog=f"verbs:\n{lines}\n\n`panshi VERB --help` tells more of a verb.\n"
        "State rests below PANSHI_HOME.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"panshi {__version__}")
    parser.add_argument("verb", choices=VERBS, metavar="VERB")
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer with one JSON value")
    parser.add_argument(
        "--lang",
        choices=("zh", "zh-TW", "en"),
        default=_language(()),
        help="language of the answer (default: from PANSHI_LANG or LANG)",
    )


if __name__ == "__main__":
    sys.exit(main())
