"""A second sector of other shape, to see that the method does not only suit the first; synthetic.

    from wave_generator import Plan, tickets

Written apart from the first generator: other field names, records nested otherwise, times as epoch
seconds. Adversaries come in waves: each has fresh names and addresses, and only tooling, habits
and sometimes a network lead from one to the next. Families of malware are sold to several
adversaries. Copycats repeat a known adversary's techniques and vulnerability against others. Crime
that everybody sees (mass phishing kits, scanners) reuses the same addresses all year and belongs to
nobody. Reports are short: a third tell a single indicator. Private addresses and names of the own
house are told as well.
"""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from typing import Any

DAY = 86_400
BEGIN = 1_767_225_600
ACTORS = 40
TTPS = [f"T1{place:03d}" for place in range(1, 600, 4)] + [
    f"T1059.{place:03d}" for place in range(1, 10)
]
COMMON = [
    "T1566.001",
    "T1566.002",
    "T1204.002",
    "T1059.001",
    "T1110.003",
    "T1190",
    "T1133",
    "T1021.001",
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is asked for."""

    size: int = 100_000
    seed: int = 1
    missing: float = 0.0
    share: float = 0.025
    "Of tickets that belong to an actor."


def _name(draw: random.Random, least: int = 6) -> str:
    return "".join(draw.choices(string.ascii_lowercase, k=draw.randint(least, least + 6)))


def _ip(draw: random.Random, network: str = "") -> str:
    if network:
        return f"{network}.{draw.randint(1, 254)}"
    return ".".join(
        str(draw.randint(11, 99)) if at == 0 else str(draw.randint(0, 254)) for at in range(4)
    )


def _md5(draw: random.Random) -> str:
    return "".join(draw.choices("0123456789abcdef", k=32))


class _Actor:
    """One adversary with its waves."""

    def __init__(
        self, draw: random.Random, number: int, families: list[str], vendors: list[str]
    ) -> None:
        self.number, self.draw = number, draw
        self.family = draw.choice(families)
        self.chain = draw.sample(TTPS, draw.randint(3, 6)) + draw.sample(COMMON, 2)
        draw.shuffle(self.chain)
        self.vendor = draw.choice(vendors) if draw.random() < 0.5 else ""
        self.cve = f"CVE-2026-{draw.randint(1000, 60000)}" if draw.random() < 0.5 else ""
        self.fingerprint = _md5(draw)
        self.network = _ip(draw).rpartition(".")[0]
        self.victims = draw.sample(range(100), draw.randint(4, 70))
        self.begin = draw.uniform(0, 300)
        self.waves = [self._wave(place) for place in range(draw.randint(1, 4))]

    def _wave(self, place: int) -> dict[str, Any]:
        draw = self.draw
        reused = draw.random() < 0.5
        return {
            "day": self.begin + 12 * place,
            "domains": [
                f"{_name(draw)}.{draw.choice(['com', 'org', 'site', 'online'])}" for _ in range(3)
            ],
            "ips": [_ip(draw, self.network if reused else "") for _ in range(3)],
            "hashes": [_md5(draw) for _ in range(3)],
            "lure": f"{_name(draw)} {_name(draw)} invoice",
        }

    def report(self) -> dict[str, Any]:
        draw, wave = self.draw, self.draw.choice(self.waves)
        everything = (
            [("domain", each) for each in wave["domains"]]
            + [("ip", each) for each in wave["ips"]]
            + [("hashes", each) for each in wave["hashes"]]
        )
        told = draw.sample(everything, 1 if draw.random() < 0.33 else draw.randint(2, 5))
        return {
            "org": f"FI{draw.choice(self.victims):03d}",
            "ts": int(BEGIN + (wave["day"] + draw.expovariate(0.3)) * DAY),
            "told": told,
            "mitre": [each for each in self.chain if draw.random() < 0.75],
            "family": self.family if draw.random() < 0.6 else "",
            "ja3": self.fingerprint if draw.random() < 0.4 else "",
            "vendor": self.vendor if draw.random() < 0.8 else "",
            "cve": self.cve if draw.random() < 0.8 else "",
            "subject": wave["lure"] if draw.random() < 0.5 else "",
        }


class _Crime:
    """What everybody sees all year."""

    def __init__(
        self, draw: random.Random, families: list[str], vendors: list[str], size: int
    ) -> None:
        self.draw, self.families, self.vendors = draw, families, vendors
        self.ips = [_ip(draw) for _ in range(size // 30)]
        self.kits = [f"{_name(draw)}.{draw.choice(['com', 'top'])}" for _ in range(size // 50)]
        self.hashes = [_md5(draw) for _ in range(size // 40)]
        self.cves = [f"CVE-202{draw.randint(0, 6)}-{draw.randint(1000, 60000)}" for _ in range(300)]
        self.subjects = [f"{_name(draw)} notice" for _ in range(200)]

    def report(self) -> dict[str, Any]:
        draw = self.draw
        told = [("ip", draw.choice(self.ips)) for _ in range(draw.randint(0, 2))]
        if draw.random() < 0.4:
            told.append(("domain", draw.choice(self.kits)))
        if draw.random() < 0.3:
            told.append(("hashes", draw.choice(self.hashes) if draw.random() < 0.3 else _md5(draw)))
        return {
            "org": f"FI{draw.randrange(100):03d}",
            "ts": int(BEGIN + draw.uniform(0, 365) * DAY),
            "told": told,
            "mitre": draw.sample(COMMON, draw.randint(1, 3))
            + draw.sample(TTPS, draw.randint(0, 2)),
            "family": draw.choice(self.families) if draw.random() < 0.2 else "",
            "ja3": _md5(draw) if draw.random() < 0.1 else "",
            "vendor": draw.choice(self.vendors) if draw.random() < 0.3 else "",
            "cve": draw.choice(self.cves) if draw.random() < 0.3 else "",
            "subject": draw.choice(self.subjects) if draw.random() < 0.5 else "",
        }

    def copycat(self, actor: _Actor) -> dict[str, Any]:
        made = self.report()
        made["mitre"], made["cve"] = list(actor.chain), actor.cve
        made["ts"] = int(BEGIN + (actor.begin + self.draw.uniform(0, 60)) * DAY)
        return made


def tickets(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Make the tickets in the order of time and the truth about them."""
    draw = random.Random(plan.seed * 7919)
    families = [_name(draw) for _ in range(25)]
    vendors = [_name(draw, 8) for _ in range(80)]
    actors = [_Actor(draw, number, families, vendors) for number in range(ACTORS)]
    crime = _Crime(draw, families, vendors, plan.size)
    weights = [draw.paretovariate(1.5) for _ in actors]
    made = [
        (draw.choice(actors[place : place + 1]), None) for place in range(ACTORS) for _ in range(4)
    ]
    made += [
        (each, None)
        for each in draw.choices(
            actors, weights, k=max(int(plan.size * plan.share), 160) - len(made)
        )
    ]
    rows = [(each.report(), each.number) for each, _ in made]
    rows += [(crime.copycat(draw.choice(actors)), -1) for _ in range(plan.size // 200)]
    while len(rows) < plan.size:
        rows.append((crime.report(), -1))
    rows.sort(key=lambda each: each[0]["ts"])
    finished = [
        (_record(draw, place, each, plan.missing), number)
        for place, (each, number) in enumerate(rows)
    ]
    return [row for row, _ in finished], {
        row["uuid"]: number for row, number in finished if number >= 0
    }


def _record(
    draw: random.Random, place: int, made: dict[str, Any], missing: float
) -> dict[str, Any]:
    grouped: dict[str, list[str]] = {}
    for kind, value in made["told"]:
        shown = value.replace(".", "[.]") if draw.random() < 0.3 else value
        grouped.setdefault(kind, []).append(shown)
    if draw.random() < 0.4:
        grouped.setdefault("ip", []).append(
            draw.choice(
                ["8.8.8.8", f"10.{draw.randint(0, 9)}.{draw.randint(0, 99)}.{draw.randint(1, 250)}"]
            )
        )
    if draw.random() < 0.3:
        grouped.setdefault("domain", []).append(
            draw.choice(
                ["github.com", "static-assets-edge.net", f"mail.{made['org'].lower()}.com.tw"]
            )
        )
    record = {
        "observables": grouped,
        "malware_family": made["family"],
        "ja3": made["ja3"],
        "vendor": {"name": made["vendor"]} if made["vendor"] else None,
        "mitre": [{"id": each, "name": "…"} for each in made["mitre"]],
        "vulnerability": made["cve"],
        "email_subject": made["subject"],
        "ts": made["ts"],
        "priority": draw.choice(["P1", "P2", "P3"]),
        "analyst": f"{made['org']}-{draw.randint(1, 5)}",
    }
    kept = {key: value for key, value in record.items() if value and draw.random() >= missing}
    return {"uuid": f"{plan_id(place)}", "org": made["org"], **kept}


def plan_id(place: int) -> str:
    """Name a ticket."""
    return f"{place:08x}"
