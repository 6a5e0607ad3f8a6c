"""ZAP: findings per site in both forms, nothing of requests kept, silence is no clean site."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.zap import OBSERVER
from tests.observe.hostile import mutations, named_by_itself, observe, shapes

GOLDEN = Path(__file__).parents[1] / "golden" / "zap"
JSON, XML = GOLDEN / "2.16.json", GOLDEN / "2.12.xml"
WORDS = (
    "@host @port alerts riskcode confidence instances uri 3 0 name pluginid count cweid sourceid"
)


def written(tmp_path, *sites):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"@programName": "ZAP", "@version": "2.16.1", "site": sites}))
    return path


def site(*alerts, host="h", port="443"):
    return {"@host": host, "@port": port, "@ssl": "true", "alerts": list(alerts)}


def alert(risk="1", confidence="2", **more):
    return {"pluginid": "1", "riskcode": risk, "confidence": confidence, "name": "n"} | more


@pytest.mark.parametrize("path", [JSON, XML], ids=["json", "xml"])
def test_both_forms_tell_the_same(path):
    [seen, silent], warnings = observe(OBSERVER, path, subject="")

    assert warnings == []
    assert (seen.subject, seen.facet) == ("endpoint:bank.example.tw:443", "zap")
    body = seen.body
    assert (body.high, body.medium, body.low, body.informational) == (1, 1, 1, 1)
    assert (body.active, body.false_positives, body.encrypted) == (True, 1, True)
    assert [(each.rule, each.risk, each.cwe, each.places) for each in body.findings] == [
        ("40018", "high", 89, 1),
        ("10038-1", "medium", 693, 4),
        ("10063", "low", 693, 5),
        ("10015", "informational", 525, 3),
    ]
    assert (silent.outcome, silent.subject) == (
        Outcome.FAILED,
        "endpoint:legacy.example.tw:8080",
    )


def test_times_are_taken_with_their_zone_or_in_that_of_the_look():
    new, _silent = observe(OBSERVER, JSON, subject="")[0]
    assert new.observed_at == datetime(2026, 11, 20, 2, 15, 0, 123456, tzinfo=UTC)
    old, _silent = observe(OBSERVER, XML, subject="")[0]
    assert old.observed_at == datetime(2026, 11, 20, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize("path", [JSON, XML], ids=["json", "xml"])
def test_nothing_that_people_typed_is_kept(path):
    found, _ = observe(OBSERVER, path, subject="")

    sealed = encode_body(found[0].body)
    assert b"SECRET-COOKIE" not in sealed
    assert b'"first":"/transfer"' in sealed


def test_a_risk_nobody_knows_counts_as_high(tmp_path):
    path = written(tmp_path, site(alert(risk="9"), alert(risk=""), alert(risk="2")))

    [seen], _ = observe(OBSERVER, path)

    assert (seen.body.high, seen.body.medium) == (2, 1)


def test_a_site_that_stands_twice_is_folded(tmp_path):
    path = written(tmp_path, site(alert(risk="3")), site(alert(risk="0"), host="H"))

    [seen], _ = observe(OBSERVER, path, subject="")

    assert (seen.body.high, seen.body.informational) == (1, 1)


def test_only_false_positives_show_that_the_site_was_reached(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, site(alert(risk="3", confidence="0"))))

    assert seen.outcome is Outcome.SEEN
    assert (seen.body.high, seen.body.false_positives) == (0, 1)


def test_no_site_at_all_is_a_failed_look_of_what_was_named(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path), subject="endpoint:h:443")

    assert seen.outcome is Outcome.FAILED
    with pytest.raises(UsageError, match="nothing was reached"):
        observe(OBSERVER, written(tmp_path), subject="")


def test_one_name_does_not_stand_for_several_sites():
    with pytest.raises(UsageError, match="2 sites"):
        observe(OBSERVER, JSON, subject="endpoint:other:443")


def test_a_site_without_a_port_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="without host and port"):
        observe(OBSERVER, written(tmp_path, site(alert(), port="")))


@given(raw=mutations([JSON.read_bytes(), XML.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    report = {"@programName": "ZAP", "site": [{"@host": "h", "@port": "1", "alerts": [value]}]}
    named_by_itself(OBSERVER, tmp_path / "mutated", json.dumps(report | value).encode())
