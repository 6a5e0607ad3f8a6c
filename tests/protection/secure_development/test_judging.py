"""One system over its releases: what counts for which, what is unknown, what moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from panshi.model.bodies.scans import WebScan
from panshi.model.bodies.secure_development import (
    Artifact,
    CodeReview,
    ReleaseArtifacts,
    RequirementTest,
    ThreatModel,
)
from panshi.model.bodies.secure_development import TestRecord as Record
from panshi.model.bodies.software import SarifRun, SbomDocument
from panshi.protection.secure_development.facts import FactState
from panshi.protection.secure_development.judging import ItemState, judge_system
from panshi.protection.secure_development.pipeline import pipeline_of
from panshi.protection.secure_development.provenance import State
from panshi.protection.secure_development.releases import Seen, releases
from panshi.protection.secure_development.trust import Trust
from tests.protection.secure_development.test_catalogue import SHIPPED
from tests.protection.secure_development.test_provenance import ARTIFACT, KEY, signed, trusted

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TRUST = Trust(all=(trusted(KEY),))


def seen(kind, body, days_ago, facet=""):
    name = f"{kind}{facet}{days_ago}{getattr(body, 'release', '')}"
    return Seen(id=name, kind=kind, facet=facet, at=NOW - timedelta(days=days_ago), body=body)


def sarif(days_ago, errors=0, facet="CodeQL"):
    body = SarifRun(
        tool=facet, tool_version="1", rules=1, results=errors, errors=errors, warnings=0, notes=0
    )
    return seen("sarif.run/1", body, days_ago, facet)


def listed(release, days_ago, *artifacts):
    files = tuple(Artifact(name=name, sha256=value) for name, value in artifacts or (ARTIFACT,))
    return seen(
        "release.artifacts/1", ReleaseArtifacts(release=release, artifacts=files), days_ago, release
    )


def build(release, days_ago, **more):
    body = replace(signed(KEY, **more), release=release)
    return seen("build.provenance/1", body, days_ago, release)


def ran(release, days_ago, *requirements, failed=0):
    return seen(
        "test.record/1",
        Record(
            suite="all", tests=9, failed=failed, skipped=0, security_tests=len(requirements),
            requirements=requirements, release=release,
        ),
        days_ago,
        release,
    )  # fmt: skip


def judged(*evidence, trust=TRUST, attested=()):
    return judge_system(SHIPPED, "system:core", evidence, trust, now=NOW, attested=attested)


def item(release, identifier):
    items = (*release.ssdf.items, *release.samm.items)
    return next(each for each in items if each.id == identifier)


def test_without_evidence_everything_is_unknown_and_nothing_is_passed():
    found = judged()

    newest = found.newest
    assert newest.release == ""
    assert {each.state for each in newest.facts.values()} == {FactState.UNKNOWN}
    assert (newest.ssdf.evidenced, newest.ssdf.possible) == (0.0, 1.0)
    assert (newest.samm.score, newest.asvs.reached) == (0.0, 0)
    assert pipeline_of(SHIPPED, found, NOW) is None


def test_evidence_of_a_release_is_that_before_it_and_not_too_old():
    evidence = [listed("1", 100), listed("2", 10), sarif(101), sarif(60)]

    old, new = judged(*evidence).releases

    assert old.facts["static_analysis"].state is FactState.SHOWN
    assert new.facts["static_analysis"].state is FactState.UNKNOWN


def test_what_was_seen_after_a_release_counts_only_for_the_newest():
    old, new = judged(listed("1", 100), listed("2", 40), sarif(20)).releases

    assert old.facts["static_analysis"].state is FactState.UNKNOWN
    assert new.facts["static_analysis"].state is FactState.SHOWN


def test_what_names_a_release_counts_for_it_alone_however_late():
    evidence = [listed("1", 200), listed("2", 100), ran("1", 5)]

    old, new = judged(*evidence).releases

    assert old.facts["tests_run"].state is FactState.SHOWN
    assert new.facts["tests_run"].state is FactState.UNKNOWN


def test_a_bill_counts_for_the_version_it_names():
    bill = SbomDocument(
        format="CycloneDX", spec_version="1.6", serial="", component_count=3, versioned_share=1.0,
        identified_share=1.0, subject_version="2",
    )  # fmt: skip
    evidence = [listed("1", 30), listed("2", 20), seen("sbom.document/1", bill, 25)]

    old, new = judged(*evidence).releases

    assert old.facts["composition"].state is FactState.UNKNOWN
    assert new.facts["composition"].state is FactState.SHOWN


def test_two_scanners_must_both_be_clean_where_every_one_is_asked():
    found = judged(sarif(5), sarif(4, errors=2, facet="Semgrep")).newest

    assert found.facts["static_analysis"].state is FactState.SHOWN
    assert found.facts["static_clean"].state is FactState.FAILING
    assert item(found, "PW.5.1").state is ItemState.FAILING


def test_of_one_scanner_the_newest_run_counts():
    assert judged(sarif(9, errors=3), sarif(2)).newest.facts["static_clean"].state is (
        FactState.SHOWN
    )


def test_a_release_of_a_verified_build_is_proven():
    newest = judged(listed("1", 9), build("1", 10)).newest

    assert newest.provenance.proven
    assert newest.provenance.covered_share == 1.0
    assert item(newest, "PS.2.1").state is ItemState.SHOWN
    assert item(newest, "PW.6.2").state is ItemState.SHOWN


def test_an_artefact_no_statement_names_leaves_the_release_unproven():
    newest = judged(listed("1", 9, ARTIFACT, ("extra", "ee" * 32)), build("1", 10)).newest

    assert newest.provenance.verified == 1
    assert newest.provenance.covered_share == 0.5
    assert not newest.provenance.proven
    assert newest.facts["provenance_complete"].state is FactState.FAILING


def test_provenance_of_another_artefact_refutes():
    newest = judged(listed("1", 9, ("a", "ee" * 32)), build("1", 10)).newest

    assert [each.judged.state for each in newest.statements] == [State.OTHER_ARTIFACT]
    assert newest.facts["provenance_verified"].state is FactState.FAILING
    assert newest.provenance.refused == 1


def test_the_statement_of_an_earlier_release_is_replayed():
    old, new = judged(build("1", 30), build("2", 10)).releases

    assert [each.judged.state for each in old.statements] == [State.VERIFIED]
    assert [each.judged.state for each in new.statements] == [State.REPLAYED]


def test_what_nobody_trusts_is_unknown_and_not_refuted():
    newest = judged(build("1", 10), trust=Trust()).newest

    assert newest.facts["provenance"].state is FactState.SHOWN
    assert newest.facts["provenance_verified"].state is FactState.UNKNOWN


def test_an_attestation_stands_in_only_where_no_fact_is_named_and_it_is_told_apart():
    newest = judged(attested={"ssdf/PO.2", "ssdf/PW.7"}).newest

    assert item(newest, "PO.2.1").state is ItemState.ATTESTED
    assert item(newest, "PW.7.1").state is ItemState.UNKNOWN
    assert newest.ssdf.evidenced == 0.0
    assert newest.ssdf.attested == round(3 / 42, 4)


def test_a_level_of_asvs_needs_a_passing_test_for_each_requirement():
    level_1 = [each for each, level in SHIPPED.requirements.items() if level == 1]
    passing = [RequirementTest(id=each, passed=1, failed=0) for each in level_1]

    assert judged(ran("1", 5, *passing)).newest.asvs.reached == 1
    assert judged(ran("1", 5, *passing[1:])).newest.asvs.reached == 0
    wrong = [replace(passing[0], failed=1), *passing[1:]]
    found = judged(ran("1", 5, *wrong)).newest.asvs
    assert (found.reached, found.failed) == (0, (passing[0].id,))
    assert found.levels[0].unknown == 0


def test_samm_scores_the_mean_of_the_streams_of_each_level():
    model = ThreatModel(
        format="OTM", spec_version="0.2.0", name="m", components=2, trust_zones=1, data_flows=1,
        assets=0, threats=2, treated=2, planned=0, untreated=0,
    )  # fmt: skip

    newest = judged(seen("threat.model/1", model, 5)).newest
    [group] = [each for each in newest.samm.groups if each.id == "D-TA"]

    # Stream B on all three levels is shown, stream A on none.
    assert group.score == 1.5
    assert newest.samm.score == round((1.5 + 0.5 + 0.5 + 0.5) / 15, 4)


def test_the_cheapest_evidence_for_what_it_moves_comes_first_and_what_is_shown_is_no_gap():
    found = judged(sarif(3), listed("1", 9))

    worth = [(each.practices + each.helped / 4) / each.effort for each in found.gaps]
    assert worth == sorted(worth, reverse=True)
    assert {"static_analysis", "artifacts_listed"}.isdisjoint(each.fact for each in found.gaps)


def review(days_ago):
    body = CodeReview(
        forge="GitHub", repository="r", merged=9, reviewed=9, unreviewed=0, reviewed_share=1.0
    )
    return seen("code.review/1", body, days_ago)


def test_the_pipeline_is_derived_from_the_records_of_its_releases():
    scan = WebScan(tool="ZAP", address="a:1", high=0, medium=0, low=0, informational=1, active=True)
    bill = SbomDocument(
        format="CycloneDX", spec_version="1.6", serial="", component_count=3,
        versioned_share=1.0, identified_share=1.0,
    )  # fmt: skip
    evidence = [
        listed("1", 50), listed("2", 9), build("2", 10), sarif(11), review(12),
        seen("web.scan/1", scan, 12), seen("sbom.document/1", bill, 12),
    ]  # fmt: skip

    body = pipeline_of(SHIPPED, judged(*evidence), NOW)

    assert (body.releases, body.pipeline_share, body.signed_share) == (2, 0.5, 0.5)
    assert (body.manual_changes, body.tested_share) == (1, 0.5)
    assert body.emergency_open_days == 50
    assert body.threat_modelled is False
    assert 0 < body.policy_enforced_share < 1


def test_where_nothing_was_released_the_release_in_use_is_asked():
    body = pipeline_of(SHIPPED, judged(listed("1", 400), build("1", 401)), NOW)

    assert (body.releases, body.pipeline_share) == (1, 1.0)


ANY = st.lists(
    st.one_of(
        st.builds(sarif, st.integers(0, 400), st.integers(0, 2)),
        st.builds(listed, st.sampled_from("123"), st.integers(0, 400)),
        st.builds(build, st.sampled_from("123"), st.integers(0, 400)),
        st.builds(ran, st.sampled_from(["", "1", "2"]), st.integers(0, 400)),
        st.builds(review, st.integers(0, 400)),
    ),
    max_size=8,
)


@given(ANY)
def test_figures_stay_within_their_bounds_whatever_was_seen(evidence):
    found = judged(*evidence)

    names = [each.release for each in found.releases]
    assert len(set(names)) == len(names) >= 1
    assert list(found.releases) == sorted(found.releases, key=lambda each: (each.at, each.release))
    for each in found.releases:
        assert 0 <= each.ssdf.evidenced <= each.ssdf.possible <= 1
        assert 0 <= each.samm.score <= 3
        assert each.samm.evidenced <= each.samm.possible <= 1
        assert each.provenance.verified <= each.provenance.signed <= each.provenance.statements


@given(ANY, st.randoms())
def test_the_order_in_which_evidence_arrives_changes_nothing(evidence, random):
    unique = list({each.id: each for each in evidence}.values())
    mixed = unique[:]
    random.shuffle(mixed)

    def told(found):
        return [(each.release, each.ssdf.evidenced, each.samm.score) for each in found.releases]

    assert told(judged(*unique)) == told(judged(*mixed))


def test_a_release_without_records_of_its_own_is_no_release():
    assert [each.name for each in releases([sarif(3)], NOW)] == [""]
