"""The STIX patterning language (STIX 2.1, part 9): read within bounds, without backtracking.

One pass makes tokens, one pass parses them; both are linear in the length of the pattern, however
hostile it is. What is compared is given back, so that its names can be checked and its values
found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from panshi.errors import BadInputError

MAX_LENGTH = 100_000
MAX_DEPTH = 50
"Parentheses within parentheses."

_TOKENS = re.compile(
    r"(?P<skip>[ \t\r\n\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|//[^\r\n]*)"
    r"|(?P<comment>/\*)"
    r"|(?P<time>t'\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])"
    r":[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?Z')"
    r"|(?P<hex>h'(?:[0-9A-Fa-f]{2})*')"
    r"|(?P<binary>b'(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)')"
    r"|(?P<string>'(?:[^'\\]|\\['\\])*')"
    r"|(?P<float>[+-]?\d*\.\d+)"
    r"|(?P<int>[+-]?(?:0|[1-9]\d*))"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<sign>==|=|!=|<>|<=|<|>=|>|[:.,()\[\]*])",
    re.ASCII,
)
_KEYWORDS = frozenset(
    """
    AND OR NOT FOLLOWEDBY LIKE MATCHES ISSUPERSET ISSUBSET EXISTS LAST IN START STOP SECONDS
    true false WITHIN REPEATS TIMES
    """.split()  # noqa: SIM905 -- reads best as words
)
_PLAIN = (
    r"{0}[a-z][a-z0-9-]*):{0}[a-z_][a-z0-9_]*){0}(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|'[^'\\]*'))*)"
    r" = '{0}[^'\\]*)'"
)
"A comparison as nearly all are: one path, one text without escapes."
_USUAL = re.compile(rf"\[{_PLAIN.format('(?:')}(?: (?:AND|OR) {_PLAIN.format('(?:')})*\]")
_STEPS = re.compile(r"\.(?:([A-Za-z_][A-Za-z0-9_]*)|'([^'\\]*)')")
_ONE = re.compile(_PLAIN.format("("))
_EQUALITY = frozenset({"=", "==", "!=", "<>"})
_ORDER = frozenset({"<", "<=", ">", ">="})
_TEXTUAL = frozenset({"LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"})
_ORDERABLE = frozenset({"int", "float", "string", "binary", "hex", "time"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test within a pattern."""

    type: str
    path: tuple[str, ...]
    "Names and `[n]`; the first is the property."
    operator: str
    values: tuple[str, ...]
    "Texts of the literals, strings without their quotes; empty for EXISTS."
    negated: bool = False


type _Token = tuple[str, str, int]


def comparisons(pattern: str) -> tuple[Comparison, ...]:
    """Parse a pattern; refuse what is none, saying where it stops being one."""
    if len(pattern) > MAX_LENGTH:
        raise BadInputError(f"the pattern is longer than {MAX_LENGTH:,} characters")
    if _USUAL.fullmatch(pattern):
        found = tuple(_plain(*each) for each in _ONE.findall(pattern, 1))
        if not any(_KEYWORDS.intersection((each.type, *each.path)) for each in found):
            return found
    return _Parser(_tokens(pattern)).parsed()


def _plain(kind: str, name: str, rest: str, value: str) -> Comparison:
    """Give a comparison as nearly all are; a quoted step may hold anything but a quote."""
    path = (name, *(bare or quoted for bare, quoted in _STEPS.findall(rest))) if rest else (name,)
    return Comparison(kind, path, "=", (value,))


def _tokens(pattern: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(pattern):
        fit = _TOKENS.match(pattern, at)
        if fit is None:
            raise _fault(at, pattern[at])
        kind, text, start = str(fit.lastgroup), fit.group(), at
        at = fit.end()
        if kind == "comment":
            end = pattern.find("*/", at)
            if end < 0:
                raise _fault(start, text)
            at = end + 2
        elif kind == "word":
            named = "name" if "-" not in text else "type"
            found.append((text if text in _KEYWORDS else named, text, start))
        elif kind == "sign":
            found.append((text, text, start))
        elif kind != "skip":
            found.append((kind, text, start))
    found.append(("end", "the end", len(pattern)))
    return found


def _fault(at: int, text: str) -> BadInputError:
    return BadInputError(
        f"the pattern cannot be read at character {at + 1}: {text[:40]!r}",
        remedy="STIX 2.1, part 9",
    )


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._found: list[Comparison] = []

    def parsed(self) -> tuple[Comparison, ...]:
        self._observations()
        self._take("end")
        return tuple(self._found)

    # -- observation expressions -------------------------------------------------------------

    def _observations(self) -> None:
        # FOLLOWEDBY, OR and AND bind in that order; for what is valid they are alike.
        self._observation()
        while self._next in {"FOLLOWEDBY", "OR", "AND"}:
            self._at += 1
            self._observation()

    def _observation(self) -> None:
        single = self._next == "["
        if single:
            self._at += 1
            self._comparison()
            self._take("]")
        else:
            self._within_parentheses(self._observations)
        used: set[str] = set()
        while self._next in {"START", "WITHIN", "REPEATS"}:
            word = self._take(self._next)
            if single and word in used:
                raise self._unexpected(back=1)
            used.add(word)
            self._qualifier(word)

    def _qualifier(self, word: str) -> None:
        if word == "START":
            self._take("time")
            self._take("STOP")
            self._take("time")
        elif word == "WITHIN":
            self._positive({"int", "float"})
            self._take("SECONDS")
        else:
            self._positive({"int"})
            self._take("TIMES")

    def _positive(self, kinds: set[str]) -> None:
        if self._next not in kinds or self._text.startswith("-"):
            raise self._unexpected()
        self._at += 1

    # -- comparison expressions ----------------------------------------------------------------

    def _comparison(self) -> None:
        self._test()
        while self._next in {"AND", "OR"}:
            self._at += 1
            self._test()

    def _test(self) -> None:
        if self._next == "(":
            self._within_parentheses(self._comparison)
        elif self._next == "EXISTS":
            self._at += 1
            kind, path = self._path()
            self._found.append(Comparison(kind, path, "EXISTS", ()))
        else:
            kind, path = self._path()
            negated = self._next == "NOT"
            self._at += negated
            operator = self._next
            self._at += 1
            values = self._values(operator)
            self._found.append(Comparison(kind, path, operator, values, negated))

    def _values(self, operator: str) -> tuple[str, ...]:
        if operator in _EQUALITY:
            return (self._literal(boolean=True),)
        if operator in _ORDER:
            return (self._literal(boolean=False),)
        if operator in _TEXTUAL:
            return (self._take("string")[1:-1],)
        if operator == "IN":
            return self._set()
        raise self._unexpected(back=1)

    def _set(self) -> tuple[str, ...]:
        self._take("(")
        values: list[str] = []
        while self._next != ")":
            if values:
                self._take(",")
            values.append(self._literal(boolean=True))
        self._take(")")
        return tuple(values)

    def _literal(self, *, boolean: bool) -> str:
        kind, text = self._next, self._text
        if kind not in _ORDERABLE and not (boolean and kind in {"true", "false"}):
            raise self._unexpected()
        self._at += 1
        return text[1:-1] if kind == "string" else text

    def _path(self) -> tuple[str, tuple[str, ...]]:
        if self._next not in {"name", "type"}:
            raise self._unexpected()
        kind = self._take(self._next)
        self._take(":")
        path = [self._step()]
        while self._next in {".", "["}:
            if self._take(self._next) == ".":
                path.append(self._step())
                continue
            if self._next not in {"int", "*"}:
                raise self._unexpected()
            path.append(f"[{self._take(self._next)}]")
            self._take("]")
        return kind, tuple(path)

    def _step(self) -> str:
        return self._take("string")[1:-1] if self._next == "string" else self._take("name")

    # -- tokens ----------------------------------------------------------------------------------

    @property
    def _next(self) -> str:
        return self._tokens[self._at][0]

    @property
    def _text(self) -> str:
        return self._tokens[self._at][1]

    def _take(self, kind: str) -> str:
        if self._tokens[self._at][0] != kind:
            raise self._unexpected()
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _unexpected(self, *, back: int = 0) -> BadInputError:
        _kind, text, at = self._tokens[min(self._at, len(self._tokens)) - back]
        return _fault(at, text)

    def _within_parentheses(self, what: object) -> None:
        self._take("(")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadInputError(f"the pattern nests deeper than {MAX_DEPTH} parentheses")
        if callable(what):
            what()
        self._depth -= 1
        self._take(")")
