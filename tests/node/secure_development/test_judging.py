"""From files of a pipeline to a judged system, a supplier's product and the blueprint's measure."""

import json
from datetime import timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.node.home import Home
from panshi.node.secure_development.answers import overview_answer, shown_answer
from panshi.node.secure_development.catalogue import load_catalogue, official
from panshi.node.secure_development.judging import (
    PIPELINE,
    overview,
    seal_pipelines,
    system_shown,
    trust_of,
)
from panshi.node.secure_development.trust import TrustDesk
from panshi.protection.secure_development.provenance import State
from tests.simulators import builds
from tests.web.small_bank import BANK, NOW, SYSTEMS, open_small_bank

KEY = builds.ed25519()
CORE = SYSTEMS[0]


@pytest.fixture
def node(tmp_path):
    with open_small_bank(Home(path=tmp_path / "home")) as opened:
        yield opened


def trusted(node, **more):
    given = {"name": "CI", "builders": (builds.BUILDER,)} | more
    key_id = TrustDesk(node, actor="chen.yiru").propose(builds.public_pem(KEY), **given)
    TrustDesk(node, actor="lin.yating").approve(key_id)
    return key_id


def released(node, tmp_path, release="1.0", *, system=CORE, content=b"core 1.0", key=KEY):
    """What a pipeline delivers of one release."""
    digest = builds.digest_of(content)
    finished = (NOW - timedelta(days=2)).isoformat()
    statement = builds.slsa_1(("core.tar.gz", digest), finished=finished)
    files = {
        "attestation": json.dumps(builds.envelope(statement, key)),
        "artifacts": f"{digest}  core.tar.gz\n",
        "junit": "<testsuite name='t'><testcase name='test_v6_2_1'/></testsuite>",
    }
    for source, text in files.items():
        path = tmp_path / f"{release}-{source}"
        path.write_text(text)
        node.observe(source, path, subject=system, options={"release": release}, actor="ci")


def test_a_verified_release_is_proven_and_read_by_the_blueprint(node, tmp_path):
    # Given a key two people trust, and a release its platform signed
    trusted(node)
    released(node, tmp_path)

    # When systems are judged
    found = system_shown(node, CORE, BANK).found.newest

    # Then its build is proven, and the observation BP-07 reads follows from the records
    assert (found.release, found.provenance.proven) == ("1.0", True)
    [sealed] = seal_pipelines(node, actor="chen.yiru", estate_id=BANK)
    body = node.log.get(sealed).observation.body
    assert (body.releases, body.pipeline_share, body.signed_share) == (1, 1.0, 1.0)
    assert node.log.get(sealed).observation.subject == CORE
    assert node.log.get(sealed).observation.kind == PIPELINE


def test_one_person_alone_trusts_nothing(node, tmp_path):
    key_id = TrustDesk(node, actor="chen").propose(
        builds.public_pem(KEY), name="CI", builders=(builds.BUILDER,)
    )
    released(node, tmp_path)

    with pytest.raises(ForbiddenError, match="same person"):
        TrustDesk(node, actor="Chen").approve(key_id)

    assert not system_shown(node, CORE, BANK).found.newest.provenance.verified


def test_a_revoked_key_counts_no_more_but_did_then(node, tmp_path):
    key_id = trusted(node)
    released(node, tmp_path)
    before = node.clock()
    node.clock = lambda: before + timedelta(days=1)

    TrustDesk(node, actor="lin.yating").revoke(key_id[:12], why="leaked")

    now = system_shown(node, CORE, BANK).found.newest
    assert [each.judged.state for each in now.statements] == [State.UNTRUSTED]
    then = system_shown(node, CORE, BANK, before + timedelta(hours=1)).found.newest
    assert [each.judged.state for each in then.statements] == [State.VERIFIED]


def test_a_suppliers_key_speaks_for_its_system_only(node, tmp_path):
    trusted(node, systems=(SYSTEMS[1],))
    released(node, tmp_path, system=SYSTEMS[1])
    released(node, tmp_path, "2.0", system=CORE, content=b"core 2.0")

    rows = {each.asset.id: each.found.newest for each in overview(node, BANK).known}

    assert rows[SYSTEMS[1]].provenance.proven
    assert [each.judged.state for each in rows[CORE].statements] == [State.UNTRUSTED]


def test_the_list_names_what_is_known_and_counts_the_rest(node, tmp_path):
    trusted(node)
    released(node, tmp_path)

    answer = overview_answer(overview(node, BANK))

    assert [each["system"] for each in answer["rows"]] == [CORE]
    assert (answer["systems"], answer["known"], answer["proven"]) == (3, 1, 1)
    assert len(overview_answer(overview(node, BANK), unknown_too=True)["rows"]) == 3
    whole = shown_answer(node, system_shown(node, "core", BANK))
    assert whole["releases"][-1]["artifacts_proven"] == 1.0
    assert len(whole["releases"][-1]["ssdf"]["items"]) == 42


@pytest.mark.parametrize("name", ["system:nobody", "", "account:staff-01"])
def test_what_is_no_system_is_not_there(node, name):
    with pytest.raises(MissingError):
        system_shown(node, name, BANK)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": " "}, UsageError),
        ({"builders": ()}, ForbiddenError),
        ({"systems": ("system:nobody",)}, MissingError),
    ],
)
def test_a_proposal_that_names_too_little_is_not_sealed(node, change, error):
    before = trust_of(node).all
    given = {"name": "CI", "builders": (builds.BUILDER,)} | change

    with pytest.raises(error):
        TrustDesk(node, actor="chen").propose(builds.public_pem(KEY), **given)

    assert trust_of(node).all == before


def test_official_texts_are_loaded_and_shown_but_judge_nothing(node, tmp_path):
    path = tmp_path / "asvs.json"
    path.write_text(
        json.dumps({"requirements": [{"req_id": "V1.2.1", "req_description": "Verify it."}]})
    )
    before = system_shown(node, CORE, BANK).found

    loaded = load_catalogue(node, path, actor="chen")

    assert (loaded.framework, loaded.texts, loaded.unknown) == ("asvs", 1, ())
    assert len(loaded.missing) == 344
    assert official(node, "asvs") == {"V1.2.1": "Verify it."}
    assert system_shown(node, CORE, BANK).found == before


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"PK\x03\x04junk", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_catalogue_leaves_nothing_behind(node, tmp_path, raw):
    path = tmp_path / "file"
    path.write_bytes(raw)

    with pytest.raises(BadInputError):
        load_catalogue(node, path, actor="chen")

    assert official(node, "asvs") == {}
