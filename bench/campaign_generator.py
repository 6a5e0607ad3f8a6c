"""A sector's tickets with known campaigns, made from a seed; all of it synthetic.

    python bench/campaign_generator.py [--size N] [--seed S] [--missing SHARE] FILE

Writes FILE (JSON lines, tickets) and FILE.truth.json (ticket id -> campaign, noise left out).

40 campaigns over 100 institutions within a year among tickets that belong to none. A campaign has
its own digests, names, addresses within a few networks, certificates, a supplier or a
vulnerability, an order of techniques and a span of time; each ticket tells some of it, with noise
of its own. Unrelated tickets tell everyday attacks with addresses from a pool many see, some with
usual orders of techniques. All mention infrastructure that everybody uses, known and unknown to the
allow list. Decoys hold one value of a campaign, or its supplier and vulnerability, and are none of
it. `missing` drops each field of each ticket with that chance.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

INSTITUTIONS = 100
CAMPAIGNS = 40
YEAR = 365.0
START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = ("title", "occurred_at", "indicators", "techniques", "cves", "suppliers", "text")
TECHNIQUES = [f"T{1000 + 7 * place % 660:04d}" for place in range(180)]
PLAYBOOKS = (
    ("T1566.002", "T1204.001", "T1078"),
    ("T1566.001", "T1204.002", "T1059.001", "T1105"),
    ("T1110", "T1078", "T1114"),
    ("T1190", "T1505.003", "T1059.003"),
    ("T1595", "T1046"),
    ("T1486", "T1490"),
)
BENIGN = ["8.8.8.8", "1.1.1.1", "168.95.1.1", "login.microsoftonline.com", "cloudfront.net"]
type Truth = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is asked for."""

    size: int = 100_000
    seed: int = 1
    missing: float = 0.0
    campaign_share: float = 0.03
    "Of tickets that belong to a campaign."
    decoys: float = 0.02


@dataclass(kw_only=True)
class Campaign:
    """What one adversary uses."""

    number: int
    start: float
    span: float
    size: int
    members: list[int]
    digests: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    techniques: list[str] = field(default_factory=list)
    supplier: str = ""
    cve: str = ""
    lure: str = ""


def _hex(draw: random.Random, digits: int) -> str:
    return f"{draw.getrandbits(4 * digits):0{digits}x}"


def _word(draw: random.Random) -> str:
    return "".join(draw.choice("bcdfghklmnprstvz") + draw.choice("aeiou") for _ in range(4))


def _address(draw: random.Random) -> str:
    network = f"{draw.choice((45, 91, 103, 185, 194, 203))}.{draw.randrange(256)}"
    return f"{network}.{draw.randrange(256)}.{draw.randrange(1, 255)}"


def _campaign(
    draw: random.Random, number: int, size: int, suppliers: list[str], cves: list[str]
) -> Campaign:
    networks = [_address(draw).rpartition(".")[0] for _ in range(draw.randint(1, 3))]
    owners = [
        f"{_word(draw)}-{_word(draw)}.{draw.choice(('com', 'net', 'top', 'xyz', 'info'))}"
        for _ in range(draw.randint(2, 4))
    ]
    reach = draw.randint(5, 60)
    return Campaign(
        number=number,
        start=draw.uniform(0, YEAR - 20),
        span=draw.choice((7, 14, 30, 60, 120)),
        size=size,
        members=draw.sample(range(INSTITUTIONS), reach),
        digests=[_hex(draw, 64) for _ in range(draw.randint(3, 8))],
        domains=[
            draw.choice((owner, f"{_word(draw)}.{owner}")) for owner in owners for _ in range(2)
        ],
        addresses=[
            f"{draw.choice(networks)}.{draw.randrange(1, 255)}" for _ in range(draw.randint(3, 8))
        ],
        certificates=[_hex(draw, 40) for _ in range(draw.randint(0, 2))],
        techniques=draw.sample(TECHNIQUES, draw.randint(4, 7)),
        supplier=draw.choice(suppliers) if draw.random() < 0.6 else "",
        cve=draw.choice(cves) if draw.random() < 0.6 else "",
        lure=f"{_word(draw)} {_word(draw)}",
    )


def _some(draw: random.Random, values: list[str], least: int, most: int) -> list[str]:
    return draw.sample(values, min(len(values), draw.randint(least, most))) if values else []


def _of_campaign(draw: random.Random, one: Campaign) -> dict[str, Any]:
    values = [
        *(("sha256", each) for each in _some(draw, one.digests, 0, 2)),
        *(("domain", each) for each in _some(draw, one.domains, 0, 2)),
        *(("ipv4", each) for each in _some(draw, one.addresses, 0, 2)),
        *(("certificate", each) for each in _some(draw, one.certificates, 0, 1)),
    ]
    chain = [each for each in one.techniques if draw.random() < 0.8]
    if draw.random() < 0.3:
        chain.insert(draw.randint(0, len(chain)), draw.choice(TECHNIQUES))
    return {
        "member": f"inst-{draw.choice(one.members):03d}",
        "day": min(max(draw.gauss(one.start + one.span / 2, one.span / 4), 0), YEAR),
        "values": values,
        "techniques": chain,
        "suppliers": [one.supplier] if one.supplier and draw.random() < 0.9 else [],
        "cves": [one.cve] if one.cve and draw.random() < 0.9 else [],
        "title": f"疑似 {one.lure} 事件" if draw.random() < 0.3 else draw.choice(TITLES),
    }


TITLES = (
    "釣魚郵件通報",
    "端點偵測告警",
    "異常登入",
    "惡意程式隔離",
    "對外連線異常",
    "弱點掃描告警",
)


class _World:
    """Pools that unrelated tickets draw from."""

    def __init__(self, draw: random.Random, size: int) -> None:
        self.draw = draw
        self.addresses = [_address(draw) for _ in range(max(size // 20, 200))]
        self.domains = [
            f"{_word(draw)}{draw.randrange(100)}.{draw.choice(('com', 'net', 'tw'))}"
            for _ in range(max(size // 25, 200))
        ]
        self.platforms = [f"{_word(draw)}-cdn.net" for _ in range(60)]
        self.suppliers = [f"供應商{place:03d}" for place in range(60)]
        self.cves = [
            f"CVE-{draw.randint(2019, 2026)}-{draw.randint(1000, 49999)}" for _ in range(400)
        ]

    def zipf(self, values: list[str]) -> str:
        """Draw a value, the first ones often."""
        return values[int(len(values) ** self.draw.random()) - 1]

    def noise(self) -> dict[str, Any]:
        """Make an unrelated ticket."""
        draw = self.draw
        values = [("ipv4", draw.choice(self.addresses)) for _ in range(draw.randint(0, 2))]
        values += [("domain", draw.choice(self.domains)) for _ in range(draw.randint(0, 1))]
        values += [("sha256", _hex(draw, 64)) for _ in range(draw.randint(0, 1))]
        if draw.random() < 0.5:
            chain = list(draw.choice(PLAYBOOKS))
        else:
            chain = [self.zipf(TECHNIQUES) for _ in range(draw.randint(1, 5))]
        return {
            "member": f"inst-{draw.randrange(INSTITUTIONS):03d}",
            "day": draw.uniform(0, YEAR),
            "values": values,
            "techniques": chain,
            "suppliers": [self.zipf(self.suppliers)] if draw.random() < 0.4 else [],
            "cves": [self.zipf(self.cves)] if draw.random() < 0.3 else [],
            "title": draw.choice(TITLES),
        }

    def decoy(self, one: Campaign) -> dict[str, Any]:
        """Make a ticket that only looks like a campaign's."""
        made = self.noise()
        match self.draw.randrange(3):
            case 0 if one.addresses:
                made["values"].append(("ipv4", self.draw.choice(one.addresses)))
            case 1:
                made["suppliers"], made["cves"] = (
                    [one.supplier or "供應商000"],
                    [one.cve or "CVE-2021-44228"],
                )
            case _:
                made["techniques"] = one.techniques[:3]
        return made

    def everyday(self, made: dict[str, Any]) -> None:
        """Add what everybody's tickets mention."""
        draw = self.draw
        for chance, pool, kind in ((0.3, BENIGN, ""), (0.3, self.platforms, "domain")):
            if draw.random() < chance:
                value = draw.choice(pool)
                made["values"].append((kind or ("ipv4" if value[0].isdigit() else "domain"), value))


def tickets(plan: Plan) -> tuple[list[dict[str, Any]], Truth]:
    """Make the tickets in the order of time and the truth about them."""
    draw = random.Random(plan.seed)
    world = _World(draw, plan.size)
    total = max(int(plan.size * plan.campaign_share), CAMPAIGNS * 5)
    shares = [draw.lognormvariate(0, 0.7) for _ in range(CAMPAIGNS)]
    campaigns = [
        _campaign(
            draw, number, max(int(total * share / sum(shares)), 5), world.suppliers, world.cves
        )
        for number, share in enumerate(shares)
    ]
    made: list[tuple[dict[str, Any], int]] = []
    for one in campaigns:
        made += [(_of_campaign(draw, one), one.number) for _ in range(one.size)]
    made += [(world.decoy(draw.choice(campaigns)), -1) for _ in range(int(plan.size * plan.decoys))]
    while len(made) < plan.size:
        made.append((world.noise(), -1))
    for each, _ in made:
        draw.shuffle(each["values"])
        world.everyday(each)
    made.sort(key=lambda each: each[0]["day"])
    rows, truth = [], {}
    for place, (each, number) in enumerate(made):
        row = _row(draw, f"T-{place:07d}", each, plan.missing)
        rows.append(row)
        if number >= 0:
            truth[row["id"]] = number
    return rows, truth


def _row(draw: random.Random, name: str, made: dict[str, Any], missing: float) -> dict[str, Any]:
    in_text = [value for _, value in made["values"] if draw.random() < 0.3]
    row = {
        "title": made["title"],
        "occurred_at": (START + timedelta(days=made["day"])).isoformat(),
        "indicators": [
            {"kind": kind, "value": value} for kind, value in made["values"] if value not in in_text
        ],
        "techniques": made["techniques"],
        "cves": made["cves"],
        "suppliers": made["suppliers"],
        "text": "本行於例行監控發現可疑活動，相關跡證：" + "、".join(in_text) if in_text else "",
    }
    kept = {key: row[key] for key in FIELDS if draw.random() >= missing}
    reported = START + timedelta(days=made["day"] + draw.expovariate(1.0))
    return {"id": name, "member": made["member"], "reported_at": reported.isoformat(), **kept}


def write(path: Path, rows: list[dict[str, Any]], truth: Truth) -> None:
    """Write tickets and truth beside each other."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.with_name(path.name + ".truth.json").write_text(json.dumps(truth), encoding="utf-8")


def main() -> None:
    """Write one file as asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missing", type=float, default=0.0)
    args = parser.parse_args()
    write(args.file, *tickets(Plan(size=args.size, seed=args.seed, missing=args.missing)))


if __name__ == "__main__":
    main()
