"""A bill of materials is sent and judged; nothing of it is kept."""

import json

from panshi.api.endpoints.bills import EXAMPLE
from tests.api.asking import ask


def post(path, token, document, query=""):
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    status, _head, body = ask("POST", path, token=token, query=query, body=raw)
    return status, json.loads(body)


def test_a_document_is_checked_with_places_and_measures(bank, token_of):
    analyst = token_of("analyst", person="bills-analyst")
    before = sorted(each.name for each in bank.home.path.rglob("*") if "document" in each.name)

    status, good = post("/bills/check", analyst, EXAMPLE)
    assert status == 200, good
    assert good["valid"] is True
    assert good["freshness"]["age"] == "undated"

    # When a component lacks its type
    bad = EXAMPLE | {"components": [{"name": "requests"}]}
    status, found = post("/bills/check", analyst, bad)
    assert (status, found["valid"]) == (200, False)
    assert found["schema"][0]["place"] == "/components/0"

    # Then it was judged, and nothing was kept
    after = sorted(each.name for each in bank.home.path.rglob("*") if "document" in each.name)
    assert after == before


def test_components_are_found_and_the_graph_is_drawn(token_of):
    analyst = token_of("analyst", person="bills-analyst")
    document = EXAMPLE | {
        "components": [
            {"type": "library", "bom-ref": name, "name": name, "version": "1"} for name in "abc"
        ],
        "dependencies": [{"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["c"]}],
    }

    status, shown = post("/bills/show", analyst, document, "find=b")
    assert (status, [each["name"] for each in shown["parts"]]) == (200, ["b"])
    status, drawn = post("/bills/graph", analyst, document, "to=c")
    assert (status, drawn["ways"]) == (200, [["a 1", "b 1", "c 1"]])
    status, lost = post("/bills/graph", analyst, document, "to=nobody")
    assert status == 404, lost


def test_a_conversion_tells_what_it_loses(token_of):
    analyst = token_of("analyst", person="bills-analyst")
    document = EXAMPLE | {
        "components": [{**EXAMPLE["components"][0], "description": "HTTP for Humans"}]
    }

    status, made = post("/bills/convert", analyst, document, "format=spdx-json")

    assert status == 200, made
    assert made["lost"] == [
        {"member": "components/description", "times": 1},
        {"member": "version", "times": 1},
    ]
    assert json.loads(made["document"])["packages"][0]["name"] == "requests"


def test_what_is_no_bill_is_refused_without_telling_where_it_lay(token_of):
    analyst = token_of("analyst", person="bills-analyst")

    for raw in (b"[]", b"{", b"<bom/>", b"\x1f\x8b\x08\x00broken", b'{"a":' * 10_000):
        for path in ("check", "show", "graph"):
            status, found = post(f"/bills/{path}", analyst, raw)
            assert status in {400, 422}, (path, raw[:20], found)
            assert "/tmp" not in json.dumps(found)


def test_only_who_may_read_the_supply_chain_may_ask(token_of):
    status, _ = post("/bills/check", token_of("member_liaison", person="bills-liaison"), EXAMPLE)

    assert status == 403
