"""garak: one look per probe and detector, prompts and answers never kept."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.garak import OBSERVER
from panshi.observe.port import Look
from tests.observe.hostile import NOW, mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "garak"
REPORT = GOLDEN / "lipsum-0.17.1.report.jsonl"
INIT = {"entry_type": "init", "garak_version": "0.9.0", "start_time": "2026-03-01T10:00:00"}
WORDS = (
    "entry_type eval init attempt probe detector passed total total_evaluated nones garak_version"
)


def written(tmp_path, *entries):
    path = tmp_path / "x.report.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (INIT, *entries)))
    return path


def evaluation(passed, total, probe="promptinject.Kill", detector="d.D"):
    return {
        "entry_type": "eval",
        "probe": probe,
        "detector": detector,
        "passed": passed,
        "total": total,
    }


def test_a_real_report_tells_which_probe_hit():
    found, warnings = observe(OBSERVER, REPORT, subject="")

    assert warnings == []
    assert {each.subject for each in found} == {"ai_system:test.lipsum"}
    told = {each.facet: each.body for each in found}
    blank, plain = told["test.Blank any.AnyOutput"], told["test.Test always.Pass"]
    assert (blank.passed, blank.evaluated, blank.hits, blank.passed_share) == (False, 2, 2, 0.0)
    assert (plain.passed, plain.evaluated, plain.hits, plain.family) == (True, 16, 0, "test")
    assert found[0].collector == "garak 0.17.1"


def test_no_prompt_and_no_answer_is_kept():
    found, _ = observe(OBSERVER, REPORT)

    sealed = b"".join(encode_body(each.body) for each in found)
    answers = [
        output["text"]
        for line in REPORT.read_text().splitlines()
        if (entry := json.loads(line))["entry_type"] == "attempt"
        for output in entry["outputs"]
        if len(output["text"]) > 20
    ]
    assert answers
    assert not any(answer.encode()[:20] in sealed for answer in answers)


def test_older_reports_name_the_total_otherwise(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, evaluation(9, 10)))

    assert (seen.body.hits, seen.body.passed, seen.body.passed_share) == (1, False, 0.9)


@pytest.mark.parametrize(("tolerated", "passed"), [("0", False), ("0.09", False), ("0.1", True)])
def test_what_is_tolerable_is_stated_and_kept(tolerated, passed, tmp_path):
    path = written(tmp_path, evaluation(9, 10))
    look = Look(path=path, now=NOW, subject="ai_system:a", options={"tolerated": tolerated})

    [seen] = OBSERVER.observe(look)

    assert (seen.body.passed, seen.body.tolerated) == (passed, float(tolerated))


@pytest.mark.parametrize("tolerated", ["1", "-0.1", "nan", "much"])
def test_everything_cannot_be_tolerated(tolerated, tmp_path):
    look = Look(
        path=written(tmp_path), now=NOW, subject="ai_system:a", options={"tolerated": tolerated}
    )
    with pytest.raises(UsageError, match="tolerated"):
        list(OBSERVER.observe(look))


def test_a_clean_repetition_hides_no_hit(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, evaluation(9, 10), evaluation(10, 10)))

    assert (seen.body.evaluated, seen.body.hits) == (20, 1)


def test_what_no_detector_judged_is_a_failed_look(tmp_path):
    begun = {"entry_type": "attempt", "probe_classname": "dan.Dan", "status": 1}
    [judged, broken], _ = observe(OBSERVER, written(tmp_path, begun, evaluation(0, 0)))

    assert (judged.outcome, broken.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert "broke off" in broken.reason
    [nothing], _ = observe(OBSERVER, written(tmp_path))
    assert nothing.reason == "the run probed nothing"


@pytest.mark.parametrize("entry", [evaluation(3, 2), evaluation(-1, 2), evaluation(1, 2, probe="")])
def test_an_evaluation_that_does_not_add_up_is_refused(entry, tmp_path):
    with pytest.raises(BadInputError, match="does not add up"):
        observe(OBSERVER, written(tmp_path, entry))


def test_cut_off_in_a_line_it_is_refused(tmp_path):
    path = tmp_path / "cut"
    path.write_bytes(REPORT.read_bytes()[:-5])

    with pytest.raises(BadInputError, match="not valid JSON"):
        observe(OBSERVER, path)


@given(raw=mutations([REPORT.read_bytes()]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    lines = [INIT, evaluation(1, 2) | value, value]
    survives(OBSERVER, tmp_path / "shape", "\n".join(map(json.dumps, lines)).encode())
