"""Random Cedar policies, entities and requests that use the whole language, errors included.

Everything is drawn from one random source, so a seed gives the same case again, and Hypothesis
can shrink a case by handing in a source of its own. Most expressions are well typed; some are
wrong on purpose, attributes are missing, entities unknown, constants malformed, sums too large.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from panshi.protection.cedar import Link, Uid

TYPES = ("User", "Group", "Bank::System")
IDS = ("a", "b", "c", "a b", 'q"\\', "é磐\n", "")
ACTIONS = ("view", "edit", "use", "all things")
KINDS = ("long", "bool", "string", "entity", "strings", "longs", "entities", "record")
EXTENSIONS = ("decimal", "ip", "datetime", "duration")
NAMES = ("n", "m", "flag", "name", "boss", "tags", "sizes", "friends", "more", "x y", "ext", "at")
STRINGS = ("a", "b", "ab", "a*b", "", "磐石", "10.0.0.1", "1.5", "2024-01-01", "true", 'x"\\y\n')
LONGS = (0, 1, 2, 3, 5, -1, 10, 100, 2**63 - 1, -(2**63), 2**62, 3_000_000_000)
CONSTANTS = {
    "decimal": ("1.5", "1.50", "-0.1", "0.0", "922337203685477.5807", "1", "1.23456", "x", "-1.0"),
    "ip": (
        *("10.0.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "fe80::/10", "224.0.0.5", "FF02::1"),
        *("10.0.0.1/33", "::ffff:1.2.3.4", "01.2.3.4", "1.2.3", "10.1.0.0/16", "0.0.0.0/0", "::/0"),
        *("127.0.0.0/7", "1.2.3.4/08", "10.0.0.1/32"),
    ),
    "datetime": (
        *("2024-01-01", "2024-02-29", "2023-02-29", "2024-01-01T08:30:00Z", "1969-12-31T23:59:59Z"),
        *("2024-01-01T08:30:00.123Z", "2024-01-01T16:30:00+0800", "2024-01-01T00:00:00-2400"),
        *("0000-01-01", "9999-12-31T23:59:59.999-2359", "2024-13-01", "2024-1-1", "x"),
        "2024-01-01T24:00:00Z",
    ),
    "duration": (
        *("1d", "24h", "1d2h3m4s5ms", "-1h", "0ms", "1ms", "90m", "1h1d", "", "-", "1.5h"),
        *("9223372036854775807ms", "-9223372036854775808ms", "9223372036854775808ms"),
        *("106751991168d", "-3s"),
    ),
}
PATTERNS = ("*", "a*", "*b", "a*b", "**", "*1*", "a\\*b", "10.*", "", "ab", "*磐*", "*a*b*")


def quoted(text: str) -> str:
    """Write a string as Cedar reads it."""
    plain = {'"': '\\"', "\\": "\\\\"}
    return (
        '"'
        + "".join(plain.get(c, c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text)
        + '"'
    )


def entity_text(uid: Uid) -> str:
    """Write an entity as Cedar reads it."""
    return f"{uid.type}::{quoted(uid.id)}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Policies, entities and the requests to decide on them."""

    policies: str
    links: tuple[Link, ...]
    entities: str
    schema: str | None
    requests: tuple[dict[str, Any], ...]
    changes: tuple[dict[str, Any], ...] = ()
    "Entities that are put anew half-way."
    leaving: str = ""
    "Entities of this id leave half-way."


@dataclass
class Generator:
    """Draws cases from a random source."""

    random: Random
    typed: bool = False
    "Entities and contexts keep to a schema."
    kinds: dict[str, str] = field(default_factory=dict)
    "What each attribute is where nothing is wrong."
    required: dict[str, bool] = field(default_factory=dict)

    def chance(self, percent: int) -> bool:
        """Decide by lot."""
        return self.random.randrange(100) < percent

    def pick[T](self, choices: Sequence[T]) -> T:
        """Choose one."""
        return choices[self.random.randrange(len(choices))]

    # --- values -----------------------------------------------------------------------------

    def uid(self) -> Uid:
        """Name an entity, perhaps one that does not exist."""
        return Uid(self.pick(TYPES), self.pick(IDS))

    def value(self, kind: str, depth: int = 0) -> Any:  # noqa: ANN401 -- JSON
        """Write a value of a kind as JSON."""
        if not self.typed and self.chance(6):
            kind = self.pick((*KINDS, *EXTENSIONS))
        match kind:
            case "long":
                return self.pick(LONGS)
            case "bool":
                return self.chance(50)
            case "string":
                return self.pick(STRINGS)
            case "entity":
                uid = Uid("User", self.pick(IDS)) if self.typed else self.uid()
                named = {"type": uid.type, "id": uid.id}
                return named if self.typed and self.chance(50) else {"__entity": named}
            case "strings" | "longs" | "entities":
                one = {"strings": "string", "longs": "long", "entities": "entity"}[kind]
                return [self.value(one, depth + 1) for _ in range(self.random.randrange(4))]
            case "record":
                if depth > 1:
                    return {}
                inner = ("n", "name", "x y", "boss")
                chosen = inner if self.typed else [each for each in inner if self.chance(70)]
                return {name: self.value(RECORD[name], depth + 1) for name in chosen}
            case _:
                text = self.pick(VALID[kind])
                bare = self.typed and self.chance(50)
                return text if bare else {"__extn": {"fn": kind, "arg": text}}

    def attributes(self) -> dict[str, Any]:
        """Write the attributes of an entity or a context."""
        return {
            name: self.value(kind)
            for name, kind in self.kinds.items()
            if self.chance(75) or (self.typed and self.required[name])
        }

    # --- expressions ------------------------------------------------------------------------

    def path(self, kind: str | None = None) -> str:
        """Write a path that leads to a value of the kind, mostly."""
        names = [name for name, each in self.kinds.items() if kind in {None, each}] or [*NAMES]
        base = self.pick(("principal", "resource", "context", "context", "principal", "action"))
        if base == "action" and self.chance(80):
            base = "context"
        if kind in RECORD.values() and self.chance(20):
            inner = self.pick([name for name, each in RECORD.items() if each == kind])
            more = self.pick([n for n, each in self.kinds.items() if each == "record"] or ["more"])
            return f"{base}{dotted(more)}{dotted(inner)}"
        if self.chance(10):
            boss = self.pick([n for n, each in self.kinds.items() if each == "entity"] or ["boss"])
            return f"{base}{dotted(boss)}{dotted(self.pick(names))}"
        return f"{base}{dotted(self.pick(names))}"

    def expression(self, kind: str, depth: int) -> str:
        """Write an expression of a kind, mostly."""
        if self.chance(3):
            kind = self.pick((*KINDS, *EXTENSIONS))
        if depth > 0 and self.chance(6):
            then, other = self.expression(kind, depth - 1), self.expression(kind, depth - 1)
            return f"(if {self.expression('bool', depth - 1)} then {then} else {other})"
        if kind in EXTENSIONS:
            return self.extension(kind, depth)
        return getattr(self, f"_{kind}")(depth)  # type: ignore[no-any-return]

    def _bool(self, depth: int) -> str:
        if depth <= 0:
            return self.pick((self._compared, self._compared, self._has, self._flag))(0)
        forms: tuple[Callable[[int], str], ...] = (
            *(self._compared,) * 6,
            *(self._both,) * 3,
            *(self._has,) * 2,
            *(self._guarded,) * 2,
            *(self._hierarchy,) * 3,
            *(self._of_set,) * 3,
            *(self._of_extension,) * 2,
            *(self._tag, self._like, self._flag, self._not),
        )
        return self.pick(forms)(depth)

    def _flag(self, _depth: int) -> str:
        return self.pick(("true", "false", *(self.path("bool"),) * 4))

    def _not(self, depth: int) -> str:
        return f"!({self.expression('bool', depth - 1)})"

    def _both(self, depth: int) -> str:
        left, right = (self.expression("bool", depth - 1) for _ in range(2))
        return f"({left} {self.pick(('&&', '||'))} {right})"

    def _compared(self, depth: int) -> str:
        if self.chance(50):
            kind = self.pick((*KINDS, *EXTENSIONS))
            left, right = (self.expression(kind, depth - 1) for _ in range(2))
            return f"({left} {self.pick(('==', '!='))} {right})"
        kind = self.pick(("long",) * 5 + ("datetime", "duration", "string"))
        left, right = (self.expression(kind, depth - 1) for _ in range(2))
        return f"({left} {self.pick(('<', '<=', '>', '>='))} {right})"

    def _has(self, _depth: int) -> str:
        base = self.pick(("principal", "resource", "context", "action", self.path("record")))
        name = self.pick(list(self.kinds) or NAMES)
        if self.chance(20):
            return f"({base} has more.n)" if self.chance(50) else f"({base} has boss.name.n)"
        return f"({base} has {name if name.isidentifier() else quoted(name)})"

    def _guarded(self, depth: int) -> str:
        base, name = self.pick(("principal", "resource", "context")), self.pick([*self.kinds])
        present = f"{base} has {name if name.isidentifier() else quoted(name)}"
        kind = self.kinds[name]
        path = f"{base}{dotted(name)}"
        test = f"{path} == {self.expression(kind, depth - 1)}"
        if kind == "long":
            test = f"{path} {self.pick(('<', '>='))} {self.pick(LONGS)}"
        if self.chance(20):
            return f"(!({present}) || {test})"
        return f"({present} && {test})"

    def _hierarchy(self, depth: int) -> str:
        left = self.expression("entity", depth - 1)
        match self.random.randrange(4):
            case 0:
                return f"({left} is {self.pick(TYPES)})"
            case 1:
                return f"({left} is {self.pick(TYPES)} in {self.expression('entity', depth - 1)})"
            case 2:
                return f"({left} in {self.expression('entities', depth - 1)})"
            case _:
                return f"({left} in {self.expression('entity', depth - 1)})"

    def _of_set(self, depth: int) -> str:
        kind = self.pick(("strings", "longs", "entities"))
        whole = self.expression(kind, depth - 1)
        match self.random.randrange(5):
            case 0:
                return f"{whole}.isEmpty()"
            case 1 | 2:
                one = {"strings": "string", "longs": "long", "entities": "entity"}[kind]
                return f"{whole}.contains({self.expression(one, depth - 1)})"
            case 3:
                return f"{whole}.containsAll({self.expression(kind, depth - 1)})"
            case _:
                return f"{whole}.containsAny({self.expression(kind, depth - 1)})"

    def _of_extension(self, depth: int) -> str:
        if self.chance(50):
            left = self.expression("ip", depth - 1)
            if self.chance(50):
                return f"{left}.isInRange({self.expression('ip', depth - 1)})"
            return f"{left}.{self.pick(('isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'))}()"
        left, right = (self.expression("decimal", depth - 1) for _ in range(2))
        methods = ("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")
        return f"{left}.{self.pick(methods)}({right})"

    def _tag(self, depth: int) -> str:
        left, name = self.expression("entity", depth - 1), self.expression("string", 0)
        present = f"{left}.hasTag({name})"
        if self.chance(60):
            test = f"{left}.getTag({name}) == {self.expression('string', depth - 1)}"
            return f"({present} && {test})" if self.chance(60) else f"({test})"
        return present

    def _like(self, depth: int) -> str:
        return f'({self.expression("string", depth - 1)} like "{self.pick(PATTERNS)}")'

    def _long(self, depth: int) -> str:
        if depth > 0 and self.chance(30):
            left, right = (self.expression("long", depth - 1) for _ in range(2))
            return f"({left} {self.pick(('+', '-', '*'))} {right})"
        if depth > 0 and self.chance(10):
            return f"(-({self.expression('long', depth - 1)}))"
        if depth > 0 and self.chance(10):
            unit = self.pick(("Milliseconds", "Seconds", "Minutes", "Hours", "Days"))
            return f"{self.expression('duration', depth - 1)}.to{unit}()"
        if self.chance(50):
            return self.path("long")
        number = self.pick(LONGS)
        return f"({number})" if number < 0 else str(number)

    def _string(self, depth: int) -> str:
        if depth > 0 and self.chance(5):
            return f"principal.getTag({quoted(self.pick(('k', 'l', 'x y')))})"
        return self.path("string") if self.chance(50) else quoted(self.pick(STRINGS))

    def _entity(self, _depth: int) -> str:
        if self.chance(60):
            return self.pick(("principal", "resource", "principal", "resource", "action"))
        return self.path("entity") if self.chance(50) else entity_text(self.uid())

    def _set_of(self, kind: str, one: str, depth: int) -> str:
        if self.chance(50):
            return self.path(kind)
        parts = (self.expression(one, depth - 1) for _ in range(self.random.randrange(4)))
        return f"[{', '.join(parts)}]"

    def _strings(self, depth: int) -> str:
        return self._set_of("strings", "string", depth)

    def _longs(self, depth: int) -> str:
        return self._set_of("longs", self.pick(("long", "long", "bool")), depth)

    def _entities(self, depth: int) -> str:
        return self._set_of("entities", "entity", depth)

    def _record(self, depth: int) -> str:
        if self.chance(40):
            return self.path("record")
        if self.chance(10):
            return "context"
        fields = [name for name in RECORD if self.chance(50)]
        parts = (f"{quoted(n)}: {self.expression(RECORD[n], depth - 1)}" for n in fields)
        return "{" + ", ".join(parts) + "}"

    def extension(self, kind: str, depth: int) -> str:
        """Write an expression of an extension type."""
        if depth > 0 and kind == "datetime" and self.chance(25):
            left = self.expression("datetime", depth - 1)
            if self.chance(50):
                return f"{left}.toDate()"
            return f"{left}.offset({self.expression('duration', depth - 1)})"
        if depth > 0 and kind == "duration" and self.chance(25):
            left = self.expression("datetime", depth - 1)
            if self.chance(50):
                return f"{left}.toTime()"
            return f"{left}.durationSince({self.expression('datetime', depth - 1)})"
        if self.chance(45):
            return self.path(kind)
        if self.chance(5):
            return f"{kind}({self.expression('string', depth - 1)})"
        texts = CONSTANTS[kind] if self.chance(30) else VALID[kind]
        return f"{kind}({quoted(self.pick(texts))})"

    # --- policies ---------------------------------------------------------------------------

    def scope(self, variable: str, *, slot: bool = False) -> str:
        """Write the constraint on principal or resource."""
        what = f"?{variable}" if slot else entity_text(self.uid())
        forms: tuple[str, ...] = (
            "",
            f" == {what}",
            f" in {what}",
            f" is {self.pick(TYPES)} in {what}",
        )
        if slot:
            return variable + self.pick(forms[1:])
        forms = (*("",) * 4, *forms, f" is {self.pick(TYPES)}", f" is {self.pick(TYPES)}")
        return variable + self.pick(forms)

    def action_scope(self) -> str:
        """Write the constraint on the action."""
        one = f"Action::{quoted(self.pick(ACTIONS))}"
        listed = ", ".join(f"Action::{quoted(name)}" for name in ACTIONS if self.chance(40))
        forms = ("", "", f" == {one}", f" in {one}", f" in [{listed}]")
        return "action" + self.pick(forms)

    def policy(self, number: int, *, slots: tuple[bool, bool] = (False, False)) -> str:
        """Write one policy or template."""
        effect = "permit" if self.chance(70) else "forbid"
        principal = self.scope("principal", slot=slots[0])
        resource = self.scope("resource", slot=slots[1])
        text = f'@id("p{number}")\n' if self.chance(30) else ""
        text += f"{effect} ({principal}, {self.action_scope()}, {resource})"
        for _ in range(self.pick((0, 1, 1, 1, 1, 2, 3))):
            kind = self.pick(("when", "when", "unless"))
            text += f"\n{kind} {{ {self.expression('bool', self.pick((1, 2, 2, 3, 4)))} }}"
        return text + ";"

    def case(self, *, policies: int, requests: int) -> Case:
        """Write a whole case."""
        self.kinds = {name: self.pick((*KINDS, *KINDS, *EXTENSIONS)) for name in NAMES}
        self.required = {name: self.chance(50) for name in NAMES}
        slots = [self.pick(((True, False), (False, True), (True, True))) for _ in range(2)]
        slots = slots if self.chance(30) else []
        texts = [self.policy(number) for number in range(policies)]
        texts += [self.policy(policies + n, slots=each) for n, each in enumerate(slots)]
        links = tuple(
            Link(
                f"policy{policies + number % len(slots)}",
                f"link{number}",
                self.uid() if slots[number % len(slots)][0] else None,
                self.uid() if slots[number % len(slots)][1] else None,
            )
            for number in range(self.random.randrange(4) if slots else 0)
        )
        return Case(
            policies="\n".join(texts),
            links=links,
            entities=json.dumps(self.entities()),
            schema=self.schema() if self.typed else None,
            requests=tuple(self.request() for _ in range(requests)),
            changes=tuple(self.entities()[: self.random.randrange(1, 4)]),
            leaving=self.pick(IDS),
        )

    # --- entities ---------------------------------------------------------------------------

    def entities(self) -> list[dict[str, Any]]:
        """Write entities whose parents come later in a fixed order, so that there is no cycle."""
        uids = [Uid(kind, name) for kind in TYPES for name in IDS]
        found = [
            self.entity(uid, uids[place + 1 :]) for place, uid in enumerate(uids) if self.chance(60)
        ]
        if not self.typed:
            found += [
                {
                    "uid": {"type": "Action", "id": name},
                    "attrs": self.attributes() if self.chance(20) else {},
                    "parents": [
                        {"type": "Action", "id": up}
                        for up in ACTIONS[place + 1 :]
                        if self.chance(30)
                    ],
                }
                for place, name in enumerate(ACTIONS)
                if self.chance(60)
            ]
        return found

    def entity(self, uid: Uid, above: Sequence[Uid]) -> dict[str, Any]:
        """Write one entity."""
        parents = [self.pick(above) for _ in range(self.random.randrange(4))] if above else []
        tag = (lambda: self.pick(STRINGS)) if self.typed else (lambda: self.value("string"))
        return {
            "uid": {"type": uid.type, "id": uid.id},
            "attrs": self.attributes(),
            "parents": [{"type": each.type, "id": each.id} for each in dict.fromkeys(parents)],
            "tags": {name: tag() for name in ("k", "l", "a", "x y") if self.chance(40)},
        }

    def request(self) -> dict[str, Any]:
        """Write a request."""
        principal, resource = self.uid(), self.uid()
        action = self.pick(ACTIONS[:3] if self.typed else (*ACTIONS, "unheard-of"))
        return {
            "principal": {"type": principal.type, "id": principal.id},
            "action": {"type": "Action", "id": action},
            "resource": {"type": resource.type, "id": resource.id},
            "context": self.attributes(),
        }

    def schema(self) -> str:
        """Write the schema that entities and contexts keep to."""
        fields = ", ".join(
            f"{quoted(name)}{'' if self.required[name] else '?'}: {SCHEMA_TYPES[kind]}"
            for name, kind in self.kinds.items()
        )
        shape = f"{{{fields}}}"
        entities = "".join(
            f"entity {kind} in [User, Group, Bank::System] {shape} tags String;\n"
            for kind in ("User", "Group")
        )
        inner = f"entity System in [User, Group, System] {shape} tags String;"
        actors = "[User, Group, Bank::System]"
        applies = f"appliesTo {{principal: {actors}, resource: {actors}, context: {shape}}}"
        return (
            f"{entities}namespace Bank {{ {inner} }}\n"
            f'action "all things";\naction use in ["all things"] {applies};\n'
            f"action view in [use] {applies};\naction edit {applies};\n"
        )


RECORD = {"n": "long", "name": "string", "x y": "bool", "boss": "entity"}
SCHEMA_TYPES = {
    "long": "Long",
    "bool": "Bool",
    "string": "String",
    "entity": "User",
    "strings": "Set<String>",
    "longs": "Set<Long>",
    "entities": "Set<User>",
    "record": '{n: Long, name: String, "x y": Bool, boss: User}',
    "decimal": "decimal",
    "ip": "ipaddr",
    "datetime": "datetime",
    "duration": "duration",
}
VALID = {
    "decimal": ("1.5", "1.50", "-0.1", "0.0", "922337203685477.5807", "-1.0"),
    "ip": ("10.0.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "fe80::/10", "224.0.0.5", "10.1.0.0/16"),
    "datetime": ("2024-01-01", "2024-02-29", "2024-01-01T08:30:00.123Z", "1969-12-31T23:59:59Z"),
    "duration": ("1d", "24h", "1d2h3m4s5ms", "-1h", "0ms", "90m"),
}


def dotted(name: str) -> str:
    """Write an attribute access."""
    return f".{name}" if name.isidentifier() else f"[{quoted(name)}]"
