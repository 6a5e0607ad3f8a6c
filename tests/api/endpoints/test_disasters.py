"""Simulation and remedy over the API: the figures of the command line."""

import json

import msgspec
import pytest

from panshi.cli.main import main
from tests.api.asking import asked
from tests.simulators.two_site_bank import BANK, NORTH, PAY, layer, settle

HERE = f"/estates/{BANK}/continuity"


@pytest.fixture
def node(node):
    settle(node, seal=False)
    return node


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
    status, found = asked(
        node, "POST", f"{HERE}/remedy", value={"scenarios": ["earthquake"], "offers": offers}
    )
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
    status, found = asked(
        node, "GET", f"{HERE}/simulation?scenario=earthquake&trials=300&seed=7&compare=true"
    )
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
    status, told = asked(node, "POST" if value else "GET", HERE + path, value=value)
    assert 400 <= status < 500, told
