"""Policies as they come: text, JSON, templates; what is refused, and on which line."""

import pytest

from panshi.errors import ContentError
from panshi.protection.cedar import Link, Uid, compile_policies
from panshi.protection.cedar.reading import read_policies

TEMPLATE = '@id("grant") permit (principal == ?principal, action, resource in ?resource);'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("permit(principal, action, resource)\n", "set.cedar:1"),
        ("permit(principal,action,resource);\n\n// a ; in a comment\nforbid(x);", "set.cedar:4"),
        ('permit(principal,action,resource) when {"a;\\"b" == 1};\nallow();\n', "set.cedar:2"),
        ("{", "set.cedar"),
    ],
)
def test_the_statement_that_does_not_parse_is_named_by_its_line(text, place):
    with pytest.raises(ContentError) as refused:
        compile_policies(text, source="set.cedar")

    assert refused.value.place == place


def test_links_fill_the_slots_of_a_template():
    # Given a template linked by its `@id`
    link = Link("grant", "mei", Uid("User", "mei"), Uid("Folder", "f"))

    # When it is read
    _, sources = read_policies(TEMPLATE, source="set.cedar", links=[link])

    # Then there is one policy, with the template's annotations
    assert [each.id for each in sources] == ["mei"]
    assert sources[0].slots == {"?principal": Uid("User", "mei"), "?resource": Uid("Folder", "f")}
    assert compile_policies(TEMPLATE, source="x", links=[link]).annotation("mei", "id") == "grant"


def test_a_link_that_leaves_a_slot_open_is_refused():
    with pytest.raises(ContentError):
        read_policies(TEMPLATE, source="set.cedar", links=[Link("grant", "mei", Uid("User", "m"))])


def test_a_template_without_links_is_no_policy():
    assert compile_policies(TEMPLATE, source="x").policy_ids == ()
