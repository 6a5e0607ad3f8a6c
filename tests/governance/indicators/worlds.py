"""Facts of a small world to measure: verdicts as counts, looks as bodies."""

from datetime import UTC, datetime, timedelta

from panshi.governance.indicators.facts import Facts, Look
from panshi.governance.indicators.quarter import Quarter
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.bodies.devices import DevicePosture
from panshi.model.control import Basis
from panshi.model.estate import Estate
from panshi.model.verdict import Assessment, Status, Tally, Verdict
from panshi.node.library import Library

NOW = datetime(2026, 9, 30, 4, tzinfo=UTC)
LIBRARY = Library()
DEVICES = tuple(AssetId(f"device:d-{n}") for n in range(10))


def estate():
    return Estate(
        id="x",
        name_zh="x",
        name_en="x",
        version=1,
        as_of=NOW,
        assets=tuple(
            Asset(id=each, kind=AssetKind.DEVICE, name=each, attributes={"byod": n < 2})
            for n, each in enumerate(DEVICES)
        ),
        relations=(),
    )


def verdict(control, *, population=10, passing=0, failing=0, **more):
    """A verdict over a population, its shares taken plainly from the counts."""
    seen = passing + failing
    values = {
        "control": control,
        "basis": Basis.EVIDENCE,
        "status": Status.MET if passing == population else Status.NOT_MET,
        "stage": 1,
        "tally": Tally(
            population=population,
            seen=seen,
            passing=passing,
            failing=failing,
            unseen=population - seen,
        ),
        "evidenced": passing / population if seen else None,
        "possible": (population - failing) / population,
        "met": passing == population,
        "met_without_exceptions": passing == population,
    }
    return Verdict(**values | more)


def facts(verdicts=(), newest=(), in_quarter=(), **more):
    by_framework = {}
    for each in verdicts:
        by_framework.setdefault(each.control.partition("/")[0], []).append(each)
    assessments = {
        name: Assessment(
            framework=name,
            framework_version="1",
            estate="x",
            estate_version=1,
            as_of=NOW,
            verdicts=tuple(found),
        )
        for name, found in by_framework.items()
    }
    return Facts(
        moment=NOW,
        quarter=Quarter.of(NOW),
        estate=estate(),
        frameworks=LIBRARY.frameworks,
        assessments=assessments,
        newest={"device.posture/1": tuple(newest)},
        in_quarter={"device.posture/1": tuple(in_quarter)},
        **more,
    )


def look(device, *, days=1, **body):
    return Look(
        asset=device,
        observed_at=NOW - timedelta(days=days),
        body=DevicePosture(managed=True, source="mdm", **body),
    )
