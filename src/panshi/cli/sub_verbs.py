"""Verbs of many parts: a table of sub-verbs, each a module of its own.

A sub-verb's module offers `arguments` and `run` as a verb's does, and is imported only when it is
called, so that the table costs nothing at start-up however long it grows.
"""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Mapping
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.main import Parser, load
from panshi.cli.output import Output


class SubParser(Parser):
    """A sub-verb's parser that is made, and declares its arguments, only when it is used."""

    def __init__(self, *, module: str = "", **parts: Any) -> None:  # noqa: ANN401 -- argparse's own
        self._module = module
        self._parts = parts

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever argparse keeps there
        """Make it when argparse asks for the first thing every parser has."""
        parts = self.__dict__.pop("_parts", None)
        if parts is None:
            raise AttributeError(name)
        super().__init__(**parts)
        return getattr(self, name)

    def complete(self) -> None:
        """Load the module and let it declare its arguments, once."""
        if self._module:
            module, self._module = self._module, ""
            self.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
            self.add_argument("--lang", choices=("zh", "zh-TW", "en"), default=argparse.SUPPRESS)
            load(module).arguments(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 -- argparse's own
        """Parse as usual, all arguments declared."""
        self.complete()
        return super().parse_known_args(args, namespace)


def declare(
    parser: argparse.ArgumentParser,
    table: Mapping[str, str],
    modules: str,
    *,
    required: bool = True,
) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    verbs = parser.add_subparsers(
        dest="subverb",
        required=required,
        metavar="ACTION",
        parser_class=SubParser,
        prog=parser.prog,  # otherwise argparse lays out a usage to find it, which takes long
    )
    for name, text in table.items():
        verbs.add_parser(name, help=text, description=text, module=_place(modules, name))


def call(args: argparse.Namespace, out: Output, modules: str) -> Exit:
    """Call the sub-verb."""
    return load(_place(modules, args.subverb)).run(args, out)


def _place(modules: str, name: str) -> str:
    return f"{modules}.{name.replace('-', '_')}{'_' if keyword.iskeyword(name) else ''}"
