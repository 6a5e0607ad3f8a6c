"""What the board pack prints of a disaster is what the page tells."""

import pytest

from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.board_story import disaster_standing, sentence
from panshi.node.resilience.story import story_of
from panshi.report.disaster_words import event_words
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import BANK, NOW, settle


@pytest.fixture
def node(tmp_path):
    with Node.open(Home(path=tmp_path), clock=Clock(NOW)) as opened:
        settle(opened)
        yield opened


def test_the_pack_names_the_late_services_and_the_remedy_of_the_page(node):
    # Given a bank whose disaster was sealed
    told = story_of(node, BANK)
    # When the board pack asks for its section
    found = disaster_standing(node, BANK)
    # Then both say one thing
    assert found is not None
    assert found.zh == sentence(told, chinese=True)
    late = [each for each in told.course.late if each.node.critical]
    assert len(found.lines) == len(late)
    added = told.remedy.added if told.remedy is not None else ()
    assert [cost for _zh, _en, cost in found.remedy] == [each.cost for each in added]


def test_an_event_reads_as_what_happens(node):
    graph = story_of(node, BANK).graph
    assert event_words(graph, "zone:taipei", chinese=True) == "Taipei強震"
    along = "site:north taken by zone:taipei"
    assert event_words(graph, along, chinese=True) == "北站 受 Taipei強震 波及"
    assert event_words(graph, along, chinese=False) == "北站, taken by earthquake in Taipei"
    assert event_words(graph, "site:south", chinese=True) == "南站"
