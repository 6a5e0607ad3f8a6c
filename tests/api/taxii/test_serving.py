"""The TAXII 2.1 server over ASGI, by the sections of the standard."""

import json

import pytest

from panshi.alliance.intelligence.collections import BULLETINS, SHARING
from panshi.alliance.stix.markings import TLP_2_IDS, TLP_EXTENSION
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.objects import MOST_BYTES
from tests.alliance.stix.samples import NOW, domain, observable, ref
from tests.api.taxii.conftest import MEDIA, Client

PLACE = f"sector/collections/{SHARING.id}/"
OBJECTS = f"{PLACE}objects/"


def tool(name, tlp=Tlp.GREEN, **parts):
    marks = {"object_marking_refs": [TLP_2_IDS[tlp]]} if tlp else {}
    return {**domain("tool", name=name), "id": ref("tool", name), **marks, **parts}


def ids(answer):
    return [each["id"] for each in answer.get("objects", [])]


def test_discovery_leads_to_the_collections(staff):
    # 4.1, 4.2, 5.1, 5.2
    status, head, found = staff.get("")
    assert (status, head["content-type"]) == (200, MEDIA)
    assert found["api_roots"] == [found["default"]] == ["http://hub.example/taxii2/sector/"]
    _status, _head, root = staff.get("sector/")
    assert root["versions"] == [MEDIA]
    assert root["max_content_length"] == MOST_BYTES
    _status, _head, listed = staff.get("sector/collections/")
    assert {each["alias"] for each in listed["collections"]} == {"sharing", "bulletins"}
    _status, _head, one = staff.get("sector/collections/sharing/")
    assert one == next(each for each in listed["collections"] if each["id"] == SHARING.id)
    assert (one["can_read"], one["can_write"]) == (True, True)


def test_an_add_is_told_object_by_object_and_its_status_kept(staff, token_of):
    # 5.5, 4.3
    wrong = {**tool("wrong"), "name": 5}
    status, told = staff.add(OBJECTS, tool("a"), wrong, tool("b"))
    assert status == 202
    assert (told["status"], told["total_count"]) == ("complete", 3)
    assert (told["success_count"], told["failure_count"], told["pending_count"]) == (2, 1, 0)
    assert [each["id"] for each in told["failures"]] == [wrong["id"]]
    assert "name" in told["failures"][0]["message"]
    assert staff.get(f"sector/status/{told['id']}/")[2] == told
    # And nobody else's
    assert Client(token_of("analyst")).get(f"sector/status/{told['id']}/")[0] == 404


def test_objects_come_as_they_were_sent_in_pages(staff):
    # 5.4, 3.5
    sent = [tool(f"t{n}") for n in range(5)]
    staff.add(OBJECTS, *sent)
    _status, head, first = staff.get(OBJECTS, "limit=2")
    assert first["more"] is True
    assert first["objects"] == sent[:2]
    _status, later, rest = staff.get(OBJECTS, f"limit=3&next={first['next']}")
    assert (rest["more"], rest["objects"]) == (False, sent[2:])
    assert head["x-taxii-date-added-first"] < head["x-taxii-date-added-last"]
    assert head["x-taxii-date-added-last"] < later["x-taxii-date-added-first"]
    # And what was added after the first page
    after = staff.get(OBJECTS, f"added_after={head['x-taxii-date-added-last']}")[2]
    assert after["objects"] == sent[2:]
    end = later["x-taxii-date-added-last"]
    assert staff.get(OBJECTS, f"added_after={end}")[2] == {}


def test_filters_match_ids_types_versions_and_the_specification(staff):
    # 3.4.1
    old, new = tool("a"), tool("a", modified="2026-06-01T00:00:00.000Z", description="new")
    mutex = observable("mutex", name="m", object_marking_refs=[TLP_2_IDS[Tlp.GREEN]])
    staff.add(OBJECTS, old, new, mutex)

    def found(query):
        return staff.get(OBJECTS, query)[2].get("objects", [])

    assert found("") == [new, mutex]
    assert found("match[type]=mutex") == [mutex]
    assert found("match[type]=mutex,tool&match[version]=all") == [old, new, mutex]
    assert found(f"match[id]={old['id']}") == [new]
    assert found(f"match[id]={old['id']}&match[version]=first,last") == [old, new]
    assert found("match[version]=2026-06-01T00:00:00.000Z") == [new]
    assert found("match[version]=first") == [old, mutex]
    assert found("match[spec_version]=2.1") == [new, mutex]
    assert found("match[spec_version]=2.0") == []
    assert found("match[type]=nothing-known") == []


def test_manifest_and_versions_tell_what_there_is(staff):
    # 5.3, 5.8
    old, new = tool("a"), tool("a", modified="2026-06-01T00:00:00.000Z")
    staff.add(OBJECTS, old, new)
    _status, head, told = staff.get(f"{PLACE}manifest/", "match[version]=all")
    assert [(each["id"], each["version"]) for each in told["objects"]] == [
        (old["id"], NOW),
        (new["id"], "2026-06-01T00:00:00.000Z"),
    ]
    assert told["objects"][0]["date_added"] == head["x-taxii-date-added-first"]
    assert told["objects"][0]["media_type"] == "application/stix+json;version=2.1"
    _status, _head, told = staff.get(f"{OBJECTS}{old['id']}/versions/")
    assert told["versions"] == [NOW, "2026-06-01T00:00:00.000Z"]


def test_one_object_is_given_and_removed_with_its_versions(staff):
    # 5.6, 5.7
    old, new = tool("a"), tool("a", modified="2026-06-01T00:00:00.000Z")
    staff.add(OBJECTS, old, new)
    one = f"{OBJECTS}{old['id']}/"
    assert staff.get(one)[2]["objects"] == [new]
    assert staff.get(one, "match[version]=all")[2]["objects"] == [old, new]
    assert staff.ask("DELETE", one, query="match[version]=last")[0] == 200
    assert staff.get(one)[2]["objects"] == [old]
    assert staff.ask("DELETE", one)[0] == 200
    assert staff.get(one)[0] == 404
    assert staff.ask("DELETE", one)[0] == 404


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (MEDIA, 200),
        ("application/taxii+json", 200),
        ("application/taxii+json; version=2.1; q=0.5, text/html", 200),
        ("*/*", 200),
        ("", 200),
        ("application/taxii+json;version=2.0", 406),
        ("application/vnd.oasis.taxii+json", 406),
        ("application/json", 406),
        ("application/taxii+json;q=0", 406),
    ],
)
def test_what_a_client_accepts_is_negotiated(staff, told, status):
    # 1.6.8
    code, head, _body = staff.ask("GET", "sector/", accept=told)
    assert (code, head["content-type"]) == (status, MEDIA)


@pytest.mark.parametrize("told", ["application/json", "", "application/taxii+json;version=2.0"])
def test_content_of_another_type_is_refused(staff, told):
    assert staff.ask("POST", OBJECTS, body=b'{"objects":[]}', content_type=told)[0] == 415


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (OBJECTS, "limit=0"),
        (OBJECTS, "limit=-1"),
        (OBJECTS, "limit=x"),
        (OBJECTS, "added_after=yesterday"),
        (OBJECTS, "added_after=2026-02-30T00:00:00Z"),
        (OBJECTS, "next=zzz"),
        (OBJECTS, "match[version]=newest"),
        (OBJECTS, "match[type]="),
        (OBJECTS, "match[type]=" + ",".join(f"t{n}" for n in range(65))),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(staff, path, query):
    status, _head, told = staff.get(path, query)
    assert status == 400
    assert {"title", "http_status", "description"} <= told.keys()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"objects":5}', b"[" * 100_000, b'{"objects":[' + b"[" * 100_000, b"\xff"],
    ids=range(7),
)
def test_content_that_is_no_envelope_is_refused(staff, body):
    assert staff.ask("POST", OBJECTS, body=body)[0] == 400


@pytest.mark.parametrize("one", [5, "x", [], {}, {"type": "bundle", "id": ref("bundle")}, None])
def test_what_is_no_object_fails_by_itself(staff, one):
    status, told = staff.add(OBJECTS, tool("a"), one)
    assert status == 202
    assert (told["success_count"], told["failure_count"]) == (1, 1)


def test_more_than_may_be_sent_at_once_is_refused_before_it_is_read(staff):
    code, _head, _body = staff.ask("POST", OBJECTS, content_length=str(MOST_BYTES + 1))
    assert code == 413
    body = b'{"objects":[]}' + b" " * MOST_BYTES
    assert staff.ask("POST", OBJECTS, body=body, content_length="")[0] == 413


@pytest.mark.parametrize(
    "path",
    [
        "nothing/",
        "sector/nothing/",
        "sector/collections/00000000-0000-4000-8000-000000000000/",
        "sector/collections/00000000-0000-4000-8000-000000000000/objects/",
        f"{OBJECTS}tool--00000000-0000-4000-8000-000000000000/",
        f"{OBJECTS}tool--00000000-0000-4000-8000-000000000000/versions/",
        "sector/status/00000000-0000-4000-8000-000000000000/",
    ],
)
def test_what_is_not_there_is_404(staff, path):
    status, head, told = staff.get(path)
    assert (status, told["http_status"], head["content-type"]) == (404, "404", MEDIA)


def test_other_methods_are_refused_with_those_there_are(staff):
    status, head, _body = staff.ask("PUT", OBJECTS)
    assert (status, head["allow"]) == (405, "GET, POST, HEAD")


@pytest.mark.usefixtures("hub")
def test_nobody_reads_without_showing_who_they_are():
    for client in (Client("panshi_unknown"), Client("unknown", "x")):
        status, head, _told = client.get("")
        assert status == 401
        assert "www-authenticate" in head
    nobody = Client("x")
    nobody.headers.pop("authorization")
    assert nobody.get("sector/collections/")[0] == 401


def test_a_role_that_may_not_read_is_refused(token_of):
    assert Client(token_of("board_reader")).get("sector/collections/")[0] == 403
    reader = Client(token_of("internal_audit"))
    assert reader.get("sector/collections/")[0] == 200
    assert reader.add(OBJECTS, tool("a"))[0] == 403


def test_members_see_what_the_colours_let_them(staff, member_of):
    # Given two members and what one of them sends in each colour
    one, other = member_of("bank-a"), member_of("bank-b")
    sent = {tlp: tool(tlp.value, tlp) for tlp in Tlp}
    assert one.add(OBJECTS, *sent.values())[1]["success_count"] == 5
    # Then it sees all its own, another member what may travel, the hub everything
    assert len(ids(one.get(OBJECTS)[2])) == 5
    seen = {sent[tlp]["id"] for tlp in (Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR)}
    assert set(ids(other.get(OBJECTS)[2])) == seen
    assert len(ids(staff.get(OBJECTS)[2])) == 5
    # And what is withheld is not there, by any way in
    red = f"{OBJECTS}{sent[Tlp.RED]['id']}/"
    assert other.get(red)[0] == 404
    assert other.get(f"{red}versions/")[0] == 404
    assert other.ask("DELETE", red)[0] == 404
    assert set(ids(other.get(f"{PLACE}manifest/")[2])) == seen
    # And nobody removes what another sent
    assert other.ask("DELETE", f"{OBJECTS}{sent[Tlp.GREEN]['id']}/")[0] == 403
    assert one.ask("DELETE", f"{OBJECTS}{sent[Tlp.GREEN]['id']}/")[0] == 200


def test_a_colour_s_own_definition_travels_and_what_bears_it_does_not(member_of):
    # Given the definition of RED beside a RED object, in one add
    one, other = member_of("bank-a"), member_of("bank-b")
    definition = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_2_IDS[Tlp.RED],
        "created": "2022-10-01T00:00:00.000Z",
        "name": "TLP:RED",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "red"}},
    }
    assert one.add(OBJECTS, definition, tool("red", Tlp.RED))[1]["success_count"] == 2
    assert ids(other.get(OBJECTS)[2]) == [definition["id"]]


def test_a_partner_abroad_receives_green_and_clear_only(staff, member_of):
    abroad = member_of("isac-x", kind="foreign_isac")
    staff.add(OBJECTS, *(tool(tlp.value, tlp) for tlp in Tlp), tool("unmarked", None))
    assert set(ids(abroad.get(OBJECTS)[2])) == {ref("tool", "green"), ref("tool", "clear")}


def test_bulletins_are_written_by_the_hub_alone(staff, member_of):
    place = f"sector/collections/{BULLETINS.id}/objects/"
    member = member_of("bank-a")
    assert member.add(place, tool("a"))[0] == 403
    assert staff.add(place, tool("a"))[0] == 202
    assert ids(member.get(place)[2]) == [ref("tool", "a")]


def test_a_token_that_only_reads_does_not_write(member_of):
    reader = member_of("bank-a", scopes=("taxii.read",))
    assert reader.get(OBJECTS)[0] == 200
    assert reader.add(OBJECTS, tool("a"))[0] == 403


def test_references_in_a_circle_are_objects_like_any_other(staff):
    # Given two observables that contain each other
    one, two = (ref("directory", n) for n in "ab")
    green = {"object_marking_refs": [TLP_2_IDS[Tlp.GREEN]]}
    pair = [
        {**observable("directory", path="a", contains_refs=[two]), "id": one, **green},
        {**observable("directory", path="b", contains_refs=[one]), "id": two, **green},
    ]
    assert staff.add(OBJECTS, *pair)[1]["success_count"] == 2
    assert staff.get(OBJECTS)[2]["objects"] == pair


def test_what_goes_wrong_tells_nothing_of_what_is_withheld(member_of):
    one, other = member_of("bank-a"), member_of("bank-b")
    secret = tool("secret", Tlp.RED, description="the name nobody may learn")
    one.add(OBJECTS, secret)
    newer = {**secret, "modified": "2026-06-01T00:00:00.000Z", "description": "mine"}
    _status, told = other.add(OBJECTS, newer)
    assert "nobody may learn" not in json.dumps(told)
    assert (told["success_count"], told["failure_count"]) == (0, 1)
