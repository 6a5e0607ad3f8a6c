"""XCCDF results: what was evaluated, and a look that failed where nothing was."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.model.observation import Outcome
from panshi.observe.openscap import EVALUATED_SHARE_NEEDED, OBSERVER
from tests.observe.hostile import NOW, mutations, observe, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "openscap"
ARF = GOLDEN / "standard.arf.xml"
NOTHING = GOLDEN / "all-notapplicable.arf.xml"
BENCHMARK = GOLDEN / "minimal.xccdf.xml"
ALONE = GOLDEN / "testresult.xml"
PROFILE = "xccdf_org.ssgproject.content_profile_standard"
OUTCOMES = (
    "pass", "fail", "error", "unknown", "notapplicable", "notchecked", "notselected",
    "informational", "fixed",
)  # fmt: skip


def rules(*outcomes, severity="medium"):
    return "".join(
        f'<rule-result idref="r{n}" severity="{severity}"><result>{each}</result></rule-result>'
        for n, each in enumerate(outcomes)
    )


def result(inner, target="<target>web-01</target>", end="2026-03-01T02:03:04"):
    return (
        f'<TestResult id="t" end-time="{end}"><profile idref="strict"/>{target}{inner}</TestResult>'
    )


def written(tmp_path, *results, before=""):
    path = tmp_path / "result.xml"
    path.write_text(
        '<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.1" id="b">'
        f"{before}{''.join(results)}</Benchmark>"
    )
    return path


def test_a_real_arf_collection_is_read():
    [seen], warnings = observe(OBSERVER, ARF, subject="")

    assert warnings == []
    assert (seen.subject, seen.facet) == ("host:web-01.example.com", PROFILE)
    assert seen.collector == "openscap 1.3.7"
    assert seen.observed_at == datetime(2026, 11, 21, 5, 17, 53, tzinfo=UTC)
    body = seen.body
    assert body.benchmark == "xccdf_org.ssgproject.content_benchmark_DEBIAN-11"
    assert (body.selected, body.evaluated, body.passed, body.failed) == (44, 44, 19, 25)
    assert (body.not_applicable, body.unknown, body.failed_high) == (0, 0, 3)
    assert body.passed_share == pytest.approx(19 / 44)
    assert body.evaluated_share == 1.0
    assert len(body.failed_rules) == 25


def test_a_real_result_where_nothing_applied_is_neither_0_nor_100_percent():
    [seen], _ = observe(OBSERVER, NOTHING, subject="")

    assert seen.outcome is Outcome.FAILED
    assert seen.body is None
    assert seen.reason == "no rule was evaluated: 44 not applicable"
    assert (seen.subject, seen.facet) == ("host:db-01.example.com", PROFILE)


@pytest.mark.parametrize("path", [BENCHMARK, ALONE], ids=["in a benchmark", "alone"])
def test_a_real_result_is_read_in_a_benchmark_and_alone(path):
    [seen], _ = observe(OBSERVER, path, subject="")

    expected = {BENCHMARK: (24, 24, 19, 5), ALONE: (44, 44, 19, 25)}[path]
    body = seen.body
    assert (body.selected, body.evaluated, body.passed, body.failed) == expected


def test_each_outcome_is_counted_where_it_belongs(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, result(rules(*OUTCOMES, "pass", "pass"))))

    body = seen.body
    # Selected leaves out what was not selected and what only informs.
    assert body.selected == 9
    assert body.evaluated == 5
    assert (body.passed, body.failed, body.not_applicable, body.unknown) == (4, 1, 1, 3)
    assert body.passed_share == pytest.approx(4 / 5)
    assert body.evaluated_share == pytest.approx(5 / 8)


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([], "no rule was evaluated: the result lists none that is selected"),
        (["notselected"], "no rule was evaluated: the result lists none that is selected"),
        (["notchecked", "notapplicable"], "no rule was evaluated: 1 not applicable, 1 not checked"),
        (["informational"], "no rule was evaluated: 1 informational"),
        (["pass"] + ["notchecked"] * 35, "only 1 of 36 rules was evaluated"),
        (["pass", "fail"] + ["error"] * 3, "only 2 of 5 rules were evaluated"),
    ],
)
def test_too_little_evaluated_is_a_failed_look(outcomes, reason, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, result(rules(*outcomes))))

    assert seen.outcome is Outcome.FAILED
    assert seen.reason == reason


def test_half_of_the_rules_that_apply_is_enough(tmp_path):
    outcomes = ["pass"] * 2 + ["notchecked"] * 2 + ["notapplicable"] * 50

    [seen], _ = observe(OBSERVER, written(tmp_path, result(rules(*outcomes))))

    assert seen.body.evaluated_share == EVALUATED_SHARE_NEEDED


def test_the_worst_of_several_instances_of_a_rule_counts(tmp_path):
    twice = rules("fail", "pass", "pass") + rules("pass", "notapplicable", "error")

    [seen], _ = observe(OBSERVER, written(tmp_path, result(twice)))

    body = seen.body
    assert (body.selected, body.passed, body.failed, body.unknown) == (3, 1, 1, 1)
    assert body.failed_rules == ("r0",)


def test_severities_come_from_the_benchmark_or_the_result(tmp_path):
    # Given a result that states no severity itself
    inner = rules("fail", "fail", "pass", severity="")
    before = '<Group><Rule id="r0" severity="high"/><Rule id="r2" severity="high"/></Group>'

    [seen], _ = observe(OBSERVER, written(tmp_path, result(inner), before=before))
    assert seen.body.failed_high == 1

    [seen], _ = observe(OBSERVER, written(tmp_path, result(rules("fail", severity="high"))))
    assert seen.body.failed_high == 1


def test_a_time_without_zone_is_one_of_the_look(tmp_path):
    taipei = timezone(timedelta(hours=8))

    path = written(tmp_path, result(rules("pass")))
    [seen], _ = observe(OBSERVER, path, now=NOW.astimezone(taipei))

    assert seen.observed_at == datetime(2026, 2, 28, 18, 3, 4, tzinfo=UTC)


FACT = '<fact name="urn:xccdf:fact:asset:identifier:fqdn">w.example</fact>'


@pytest.mark.parametrize(
    ("target", "subject"),
    [
        ("<target>Web-01.</target>", "host:web-01"),
        (
            f"<target>web-01</target><target-facts>{FACT}</target-facts>",
            "host:w.example",
        ),
        (
            "<target>localhost</target>"
            + "".join(
                f"<target-address>{each}</target-address>"
                for each in ("127.0.0.1", "fe80::1", "192.0.2.7")
            ),
            "host:192.0.2.7",
        ),
    ],
)
def test_the_host_is_named_by_facts_target_or_address(target, subject, tmp_path):
    path = written(tmp_path, result(rules("pass"), target=target))

    [seen], _ = observe(OBSERVER, path, subject="")

    assert seen.subject == subject


def test_a_host_nobody_names_is_asked_for(tmp_path):
    path = written(tmp_path, result(rules("pass"), target="<target>localhost</target>"))

    with pytest.raises(UsageError, match="--subject host:web-01"):
        observe(OBSERVER, path, subject="")


def test_several_results_of_one_collection_are_several_observations(tmp_path):
    path = tmp_path / "many.arf.xml"
    reports = "".join(
        f"<report>{result(rules(each), target=f'<target>h{n}</target>')}</report>"
        for n, each in enumerate(["pass", "fail", "notapplicable"])
    )
    path.write_text(
        '<arf:asset-report-collection xmlns:arf="http://scap.nist.gov/schema/'
        f'asset-reporting-format/1.1">{reports}</arf:asset-report-collection>'
    )

    seen, _ = observe(OBSERVER, path, subject="")

    assert [(each.subject, each.outcome) for each in seen] == [
        ("host:h0", Outcome.SEEN),
        ("host:h1", Outcome.SEEN),
        ("host:h2", Outcome.FAILED),
    ]


def test_one_name_for_several_hosts_is_refused(tmp_path):
    two = [result(rules("pass"), target=f"<target>h{n}</target>") for n in range(2)]

    with pytest.raises(UsageError, match="several hosts"):
        observe(OBSERVER, written(tmp_path, *two), subject="host:x")


def test_a_benchmark_without_a_result_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="contains no TestResult"):
        observe(OBSERVER, written(tmp_path, before='<Rule id="r"/>'))


def test_an_outcome_nobody_knows_is_unknown(tmp_path):
    path = written(tmp_path, result(rules("pass", "perhaps")))

    [seen], warnings = observe(OBSERVER, path)

    assert (seen.body.evaluated, seen.body.unknown) == (1, 1)
    assert "'perhaps'" in warnings[0]


def test_cut_off_anywhere_it_is_refused(tmp_path):
    raw = ALONE.read_bytes().rstrip()
    path = tmp_path / "cut"
    for length in range(0, len(raw), 97):
        path.write_bytes(raw[:length])
        with pytest.raises(BadInputError):
            observe(OBSERVER, path)


@given(outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shares_are_only_ever_over_what_was_evaluated(outcomes, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, result(rules(*outcomes))))

    evaluated = [each for each in outcomes if each in {"pass", "fail", "fixed"}]
    unseen = [each for each in outcomes if each in {"error", "unknown", "notchecked"}]
    if evaluated and len(evaluated) >= len(unseen):
        assert seen.body.passed_share * len(evaluated) == pytest.approx(
            len(evaluated) - evaluated.count("fail")
        )
        assert seen.body.evaluated == seen.body.passed + seen.body.failed
        assert seen.body.selected == (
            seen.body.evaluated + seen.body.not_applicable + seen.body.unknown
        )
    else:
        assert seen.outcome is Outcome.FAILED


@given(raw=mutations([ALONE.read_bytes()[:3000] + b"</TestResult>", BENCHMARK.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)
