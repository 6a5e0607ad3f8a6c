"""Own advisories: sealed, matched as any other, withdrawn only by another person."""

import shutil

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.model.bodies.supply_chain_feeds import ADVISORY
from panshi.node.supply_chain.feeds import advisories, import_feeds
from panshi.node.supply_chain.own_advisories import (
    bring_back,
    own_advisories,
    publish,
    withdraw,
)
from panshi.store.advisories import PLACE
from tests.node.supply_chain.test_feeds import NOW
from tests.simulators.advisories import feed_folder
from tests.simulators.institution import Clock, open_institution

RECORD = """
id: BANK-2026-001
summary: 閘道共用程式庫未檢查權杖期限
affected:
  - package: {ecosystem: Maven, name: "tw.example.bank:gateway-common"}
    ranges:
      - type: ECOSYSTEM
        events: [{introduced: "0"}, {fixed: "4.2.1"}]
"""


@pytest.fixture
def node(tmp_path):
    with open_institution(tmp_path / "home", Clock(NOW)) as opened:
        yield opened


def write(node, text=RECORD, actor="cli:lin.yating"):
    return publish(node, text.encode(), name="own.yaml", actor=actor)


def test_one_writes_it_counts_at_once_and_another_withdraws(node):
    # Given an advisory one person wrote
    made = write(node)
    assert (made.id, made.published_by, made.withdrawn) == ("BANK-2026-001", "lin.yating", False)
    with advisories(node, readonly=True) as store:
        held = store.advisory("BANK-2026-001")
    assert (held.source, held.modified[:10]) == ("own", "2026-07-03")

    # Then that person cannot withdraw it, under whatever name
    for actor in ("cli:lin.yating", "Lin.Yating", "token:x"):
        with pytest.raises(ForbiddenError):
            withdraw(node, "BANK-2026-001", why="mistake", actor=actor)

    # And another can, with a reason, once
    with pytest.raises(UsageError, match="reason"):
        withdraw(node, "BANK-2026-001", why=" ", actor="he.peishan")
    done = withdraw(node, "BANK-2026-001", why="the range was wrong", actor="he.peishan")
    assert (done.withdrawn, done.why) == (True, "the range was wrong")
    with pytest.raises(UsageError, match="already"):
        withdraw(node, "BANK-2026-001", why="again", actor="he.peishan")
    with advisories(node, readonly=True) as store:
        assert store.advisory("BANK-2026-001") is None
    steps = [each.observation.body.step for each in node.log.records(ADVISORY)]
    assert steps == ["publish", "withdraw"]


def test_a_new_edition_takes_the_place_of_the_old(node):
    write(node)
    write(node, RECORD.replace("4.2.1", "4.2.2"), actor="he.peishan")
    assert [each.published_by for each in own_advisories(node)] == ["he.peishan"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RECORD.replace("BANK-2026-001", "CVE-2026-0001"), "no id of your own"),
        (RECORD.replace("BANK-2026-001", "GHSA-2026-0001"), "no id of your own"),
        (RECORD.replace("affected", "unaffected"), "neither"),
        (RECORD.replace("introduced", "invented"), "unknown kind"),
        ("- a list", "Expected"),
        ("{", "flow"),
        ("a: &a 1\nb: *a", "anchor"),
        ("x" * (2 << 20), "larger"),
    ],
)
def test_what_is_no_advisory_is_refused_and_nothing_sealed(node, text, said):
    with pytest.raises(BadInputError, match=said):
        write(node, text)
    assert own_advisories(node) == ()


def test_a_program_writes_none(node):
    with pytest.raises(ForbiddenError):
        write(node, actor="token:pipeline")
    with pytest.raises(MissingError):
        withdraw(node, "BANK-2026-009", why="x", actor="he.peishan")


def test_a_snapshot_built_anew_gets_them_from_the_log(node, tmp_path):
    write(node)
    write(node, RECORD.replace("001", "002"))
    withdraw(node, "BANK-2026-002", why="wrong", actor="he.peishan")
    shutil.rmtree(node.home.path / PLACE)
    import_feeds(node, [feed_folder(tmp_path / "data")], actor="lin")
    assert bring_back(node) == 1
    assert bring_back(node) == 0
    with advisories(node, readonly=True) as store:
        assert store.advisory("BANK-2026-001") is not None
        assert store.advisory("BANK-2026-002") is None
