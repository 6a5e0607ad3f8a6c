"""Simulation and remedy over the API: the figures of the command line."""

import json

import msgspec
import pytest

from panshi.api.asgi import senders
from panshi.cli.main import main
from panshi.node.running import running_node
from tests.api.asking import ask
from tests.simulators.two_site_bank import BANK, NORTH, PAY, layer, settle

JSON = {"content-type": "application/json"}
HERE = f"/estates/{BANK}/continuity"


@pytest.fixture
def node(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    running_node.cache_clear()
    senders.cache_clear()
    opened = running_node()
    settle(opened, seal=False)
    yield opened
    opened.close()
    running_node.cache_clear()


def asked(node, path, value=None):
    name = f"t-{len(node.tokens.list())}"
    token = node.tokens.make(name=name, role="analyst", days=1, now=node.clock())
    path, _, query = path.partition("?")
    more = {"body": json.dumps(value).encode(), "headers": JSON} if value is not None else {}
    method = "GET" if value is None else "POST"
    status, _head, body = ask(method, HERE + path, token=token, query=query, **more)
    return status, json.loads(body)


def test_the_remedy_is_the_one_of_the_command_line(node, tmp_path, capsys):
    # Given: two offers, of which one stands where the primary does
    offers = json.loads(
        msgspec.json.encode(
            [
                {"service": PAY, "layer": layer(id="near", cost=100, stands_on=(NORTH,))},
                {"service": PAY, "layer": layer(id="far", cost=900)},
            ]
        )
    )
    file = tmp_path / "offers.yaml"
    file.write_text(json.dumps(offers))
    # When: both ways are asked
    status, found = asked(node, "/remedy", {"scenarios": ["earthquake"], "offers": offers})
    code = main(
        ["continuity", "layers", "--json", "--scenario", "earthquake", "--offers", str(file)]
    )

    # Then: they say the same, and it is proven
    assert (status, code) == (200, 0), found
    assert json.loads(capsys.readouterr().out) == found
    assert found["proven"]
    assert found["options"] == 2


@pytest.mark.slow
def test_the_simulation_is_the_one_of_the_command_line(node, capsys):
    status, found = asked(node, "/simulation?scenario=earthquake&trials=300&seed=7&compare=true")
    more = ("--trials", "300", "--seed", "7")
    code = main(["continuity", "simulate", "--json", "--scenario", "earthquake", *more])

    assert (status, code) == (200, 0)
    assert json.loads(capsys.readouterr().out) == found
    assert {each["service"] for each in found["services"]} == {"service:pay", "service:lend"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/simulation?trials=0", None),
        ("/simulation?trials=50001", None),
        ("/simulation?scenario=flod", None),
        ("/remedy", {"scenarios": ["mission"]}),
        ("/remedy", {"scenarios": ["flod"]}),
        ("/remedy", {"scenarios": []}),
        ("/remedy", {"scenarios": ["earthquake"]}),
        ("/remedy", {"budget": -2}),
        ("/remedy", {"offers": [{"service": "service:none", "layer": {}}]}),
    ],
)
def test_what_makes_no_sense_is_refused(node, path, value):
    status, told = asked(node, path, value)
    assert 400 <= status < 500, told
