"""Reviews: another person, before the merge, at a known time; names are forgotten."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError
from panshi.evidence.codec import encode_body
from panshi.observe.secure_development.code_reviews import OBSERVER
from tests.observe.hostile import mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[2] / "golden" / "code-review"
MERGED = "2026-10-02T10:00:00Z"
WORDS = (
    "number author login mergedAt mergedBy reviews state APPROVED submittedAt iid username "
    "merged_at approvals approved_by user approved_at 2026-10-02T10:00:00Z"
)


def github(tmp_path, *reviews, author="ann"):
    path = tmp_path / "p.json"
    rows = [
        {"author": {"login": who}, "state": state, "submittedAt": f"2026-10-{day}T00:00:00Z"}
        for who, state, day in reviews
    ]
    path.write_text(
        json.dumps(
            [{"number": 1, "author": {"login": author}, "mergedAt": MERGED, "reviews": rows}]
        )
    )
    return observe(OBSERVER, path)[0][0].body


def test_github_changes_by_what_became_of_them():
    (seen,), _ = observe(OBSERVER, GOLDEN / "github.pulls.json")

    body = seen.body
    assert (body.forge, body.merged, body.reviewed, body.unreviewed) == ("GitHub", 5, 1, 4)
    assert (body.self_approved, body.late, body.undated) == (1, 1, 0)
    assert (body.merged_by_bot, body.merged_by_author) == (2, 2)
    assert body.examples == ("2", "3", "4", "5")
    assert (str(body.first), str(body.last)) == ("2026-10-02", "2026-10-07")
    assert b"ann" not in encode_body(body)


def test_gitlab_approvals_without_a_time_are_told_apart():
    (seen,), _ = observe(OBSERVER, GOLDEN / "gitlab.merge-requests.json")

    body = seen.body
    assert (body.forge, body.repository) == ("GitLab", "core/deposit")
    assert (body.merged, body.reviewed, body.undated) == (3, 1, 1)


@pytest.mark.parametrize(
    ("reviews", "reviewed"),
    [
        ([("bob", "APPROVED", "01")], 1),
        ([("BOB", "APPROVED", "01"), ("bob", "CHANGES_REQUESTED", "02")], 0),
        ([("bob", "CHANGES_REQUESTED", "01"), ("bob", "APPROVED", "02")], 1),
        ([("bob", "APPROVED", "01"), ("bob", "DISMISSED", "02")], 0),
        ([("bob", "APPROVED", "01"), ("bob", "CHANGES_REQUESTED", "09")], 1),
        ([("bob", "COMMENTED", "01")], 0),
        ([("Ann", "APPROVED", "01")], 0),
        ([("bob", "APPROVED", "09")], 0),
        ([("bob", "CHANGES_REQUESTED", "01"), ("cay", "APPROVED", "01")], 1),
    ],
)
def test_an_approval_counts_only_by_another_before_the_merge(reviews, reviewed, tmp_path):
    assert github(tmp_path, *reviews).reviewed == reviewed


def test_what_is_no_merge_request_is_refused(tmp_path):
    path = tmp_path / "p.json"
    path.write_text('[{"title": "x"}]')

    with pytest.raises(BadInputError, match="no merge request") as refused:
        observe(OBSERVER, path)

    assert refused.value.place.endswith("/0")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutations([path.read_bytes() for path in sorted(GOLDEN.iterdir())]))
def test_mutations_end_in_an_observation_or_a_place(raw, tmp_path):
    for each in survives(OBSERVER, tmp_path / "f.json", raw) or ():
        body = each.body
        assert body.reviewed + body.unreviewed == body.merged
        assert body.self_approved + body.late + body.undated <= body.unreviewed


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=shapes(WORDS))
def test_any_shape_of_the_words_ends_so(document, tmp_path):
    whole = {"number": 1, "mergedAt": MERGED, "author": {"login": "a"}} | document
    survives(OBSERVER, tmp_path / "f.json", json.dumps([whole]).encode())
