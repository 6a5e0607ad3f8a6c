"""Objects on shelves: pages, versions, owners, removal; held to a naive list."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.alliance.intelligence import ObjectHead, Outcome
from panshi.model.alliance.marking import Marking, Tlp
from panshi.store.stix_objects import Status, open_stix_objects
from panshi.store.stix_objects.adding import Incoming
from panshi.store.stix_objects.reading import Wanted

START = datetime(2026, 1, 1, tzinfo=UTC)
IDS = tuple(f"indicator--00000000-0000-4000-8000-00000000000{n}" for n in range(4))


def incoming(object_id, version, shelves, *, text="", kind="indicator"):
    body = f'{{"id":"{object_id}","version":{version},"text":"{text}"}}'.encode()
    at = None if version is None else START + timedelta(seconds=version)
    head = ObjectHead(
        id=object_id,
        type=kind,
        spec_version="2.1",
        version=at,
        marking=Marking(tlp=Tlp.GREEN),
        digest=hashlib.sha256(body).hexdigest(),
    )
    return Incoming(head=head, body=body, shelves=frozenset(shelves))


def bodies(objects, shelves, **wanted):
    return [each.body for each in objects.page("c", shelves, Wanted(**wanted)).objects]


def test_a_page_holds_what_lies_on_the_reader_s_shelves_in_the_order_it_came(objects):
    # Given objects on two shelves
    for n, shelf in enumerate(("green", "amber", "green", "amber")):
        objects.add("c", [incoming(IDS[n], 1, {shelf})], owner="a", now=n)
    # Then each reader gets its own, in order
    assert bodies(objects, {"green"}) == [
        incoming(IDS[0], 1, ()).body,
        incoming(IDS[2], 1, ()).body,
    ]
    assert len(bodies(objects, {"green", "amber"})) == 4
    assert bodies(objects, {"red"}) == []
    # And another collection is empty
    assert objects.page("d", {"green"}, Wanted()).objects == ()


def test_pages_join_without_gap_or_repeat(objects):
    many = [incoming(f"tool--{n:036d}", 1, {"green", "own:a"}, kind="tool") for n in range(25)]
    objects.add("c", many, owner="a", now=5)
    found, after = [], 0
    while True:
        page = objects.page("c", {"green", "own:a"}, Wanted(after=after, limit=7))
        found += [each.id for each in page.objects]
        after = page.next
        if not page.more:
            break
    assert found == [each.head.id for each in many]
    stamps = [each.seq for each in objects.page("c", {"green"}, Wanted(limit=99)).objects]
    assert stamps == sorted(set(stamps))


def test_a_clock_that_goes_back_adds_at_the_end(objects):
    objects.add("c", [incoming(IDS[0], 1, {"green"})], owner="a", now=1_000)
    objects.add("c", [incoming(IDS[1], 1, {"green"})], owner="a", now=10)
    first, second = objects.page("c", {"green"}, Wanted()).objects
    assert first.seq < second.seq


def test_the_last_version_is_given_unless_others_are_asked_for(objects):
    for version in (2, 3, 1):
        objects.add("c", [incoming(IDS[0], version, {"green"})], owner="a", now=version)
    assert bodies(objects, {"green"}) == [incoming(IDS[0], 3, ()).body]
    assert bodies(objects, {"green"}, versions=("first",)) == [incoming(IDS[0], 1, ()).body]
    assert len(bodies(objects, {"green"}, versions=("all",))) == 3
    exact = round((START + timedelta(seconds=2)).timestamp() * 1e6)
    assert bodies(objects, {"green"}, versions=(exact,)) == [incoming(IDS[0], 2, ()).body]
    assert len(bodies(objects, {"green"}, ids=(IDS[0],), versions=("first", "last"))) == 2


def test_a_later_version_for_fewer_readers_leaves_others_what_they_had(objects):
    # Given a version for the sector and a later one for its sender alone
    objects.add("c", [incoming(IDS[0], 1, {"green", "own:a"})], owner="a", now=1)
    objects.add("c", [incoming(IDS[0], 2, {"own:a"})], owner="a", now=2)
    # Then the sector still has the first, the sender only the last
    assert bodies(objects, {"green"}) == [incoming(IDS[0], 1, ()).body]
    assert bodies(objects, {"green", "own:a"}) == [incoming(IDS[0], 2, ()).body]


def test_only_whoever_sent_an_id_first_and_the_hub_add_versions(objects):
    objects.add("c", [incoming(IDS[0], 1, {"own:a"})], owner="a", now=1)
    (told,) = objects.add("c", [incoming(IDS[0], 2, {"green"})], owner="b", now=2)
    assert told.outcome is Outcome.FAILURE
    assert bodies(objects, {"green"}) == []
    (told,) = objects.add("c", [incoming(IDS[0], 3, {"green"})], owner="", now=3)
    assert told.outcome is Outcome.SUCCESS


def test_the_same_version_again_changes_nothing(objects):
    objects.add("c", [incoming(IDS[0], 1, {"green"})], owner="a", now=1)
    (again,) = objects.add("c", [incoming(IDS[0], 1, {"green"}, text="x")], owner="a", now=2)
    assert (again.outcome, again.message) == (Outcome.SUCCESS, "already held")
    assert bodies(objects, {"green"}) == [incoming(IDS[0], 1, ()).body]


def test_an_observable_of_another_sender_is_seen_by_both_s_readers(objects):
    # Given the same observable from two senders
    seen = "ipv4-addr--00000000-0000-5000-8000-000000000001"
    objects.add("c", [incoming(seen, None, {"own:a"}, kind="ipv4-addr")], owner="a", now=1)
    objects.add("c", [incoming(seen, None, {"green"}, kind="ipv4-addr")], owner="b", now=2)
    # Then it lies once, on both shelves
    assert len(bodies(objects, {"green"})) == len(bodies(objects, {"own:a"})) == 1
    assert objects.size("c") == 1
    # And with other content it is a version of its own, on the second sender's shelf alone
    other = incoming(seen, None, {"own:b"}, kind="ipv4-addr", text="more")
    objects.add("c", [other], owner="b", now=3)
    assert bodies(objects, {"own:a"}) == [incoming(seen, None, ()).body]
    assert bodies(objects, {"own:a", "own:b"}) == [other.body]


def test_removing_the_last_version_brings_the_one_before(objects):
    for version in (1, 2):
        objects.add("c", [incoming(IDS[0], version, {"green"})], owner="a", now=version)
    (newest,) = objects.page("c", {"green"}, Wanted()).objects
    objects.remove("c", IDS[0], {newest.seq})
    assert bodies(objects, {"green"}) == [incoming(IDS[0], 1, ()).body]
    assert bodies(objects, {"green"}, versions=("first",)) == [incoming(IDS[0], 1, ()).body]


def test_types_are_found_by_themselves(objects):
    objects.add("c", [incoming(IDS[0], 1, {"green"})], owner="a", now=1)
    objects.add("c", [incoming(IDS[1], 1, {"green"}, kind="tool")], owner="a", now=2)
    assert bodies(objects, {"green"}, types=("tool",)) == [incoming(IDS[1], 1, ()).body]
    assert len(bodies(objects, {"green"}, types=("tool", "indicator", "malware"))) == 2
    assert bodies(objects, {"green"}, types=("malware",)) == []


def test_a_status_is_given_to_who_asked_only(objects):
    status = Status(id="s", owner="a", body=b"{}")
    objects.add("c", [], owner="a", now=1, told=lambda _added: status)
    assert objects.status("s", "a") == b"{}"
    assert objects.status("s", "b") is None


SHELVES = ("green", "own:a", "own:b")


@settings(max_examples=40)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(IDS[:2]),
            st.integers(1, 4),
            st.frozensets(st.sampled_from(SHELVES), min_size=1),
        ),
        max_size=12,
    ),
    reader=st.frozensets(st.sampled_from(SHELVES), min_size=1),
    limit=st.integers(1, 4),
)
def test_the_last_of_what_a_reader_sees_is_what_a_naive_list_gives(
    tmp_path_factory, steps, reader, limit
):
    # Given versions added in any order onto any shelves
    store = open_stix_objects(tmp_path_factory.mktemp("objects"))
    naive = {}
    for moment, (object_id, version, shelves) in enumerate(steps):
        store.add("c", [incoming(object_id, version, shelves)], owner="a", now=moment)
        naive.setdefault((object_id, version), (moment, shelves))
    # Then the pages hold, for each object, the newest version on the reader's shelves
    wanted = set()
    for object_id in {key[0] for key in naive}:
        seen = [v for (i, v), (_m, on) in naive.items() if i == object_id and on & reader]
        if seen:
            wanted.add(incoming(object_id, max(seen), ()).body)
    found, after = [], 0
    while True:
        page = store.page("c", reader, Wanted(after=after, limit=limit))
        found += [each.body for each in page.objects]
        after = page.next
        if not page.more:
            break
    store.close()
    assert sorted(found) == sorted(wanted)


def test_a_collection_nobody_added_to_has_no_objects(objects):
    assert objects.size("nothing") == 0
    with pytest.raises(StopIteration):
        next(iter(objects.page("nothing", {"green"}, Wanted()).objects))


def test_what_lies_on_a_shelf_is_counted_once_whatever_its_versions(objects):
    # Given two objects, one of them twice, an older version last; one on another shelf only
    for number, (name, version, shelf) in enumerate(
        [(IDS[0], 5, "a"), (IDS[1], 5, "a"), (IDS[0], 3, "a"), (IDS[2], 5, "b")], start=1
    ):
        objects.add("c", [incoming(name, version, {shelf})], owner="m", now=number * 1_000)
    # Then they are counted with the moment the last came, whichever version it is
    found = objects.holdings(("c", "none"), "a")
    assert (found["c"].objects, found["c"].newest) == (2, 3_000)
    assert (found["none"].objects, found["none"].newest) == (0, 0)
    # And what was removed no longer
    objects.remove("c", IDS[1], {2_000})
    assert objects.holdings(("c",), "a")["c"].objects == 1
