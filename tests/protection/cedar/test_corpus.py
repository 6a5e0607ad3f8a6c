"""A corpus in the layout of Cedar's integration tests: three answers a request."""

from dataclasses import replace

from panshi.protection.cedar.corpus import Case, compare, validation

REQUEST = {
    "description": "anyone",
    "principal": {"type": "User", "id": "a"},
    "action": {"type": "Action", "id": "x"},
    "resource": {"type": "User", "id": "a"},
    "context": {},
    "decision": "allow",
    "reason": ["policy0"],
    "errors": ["policy1"],
}
CASE = Case(
    name="one.json",
    policies=(
        "one.cedar",
        "permit(principal, action, resource); permit(principal, action, resource) when { 1 };",
    ),
    entities=("one.entities.json", "[]"),
    schema=None,
    valid=None,
    requests=(REQUEST,),
)


def test_three_equal_answers_are_no_difference():
    (finding,) = compare(CASE)

    assert not finding.differs
    assert finding.compiled


def test_a_file_that_expects_something_else_is_told_apart():
    (finding,) = compare(replace(CASE, requests=({**REQUEST, "errors": []},)))

    assert finding.differs
    assert finding.ours == finding.cedar != finding.expected


def test_what_cannot_be_read_is_a_finding_for_each_request():
    # Given policies that do not parse, and a request that names nothing
    unread = replace(CASE, policies=("one.cedar", "permit(x);"), requests=(REQUEST, REQUEST))
    valueless = {**REQUEST, "context": {"x": 1.5}}
    nameless = replace(CASE, requests=({**REQUEST, "principal": 5}, valueless))

    # Then each request says why, and names the line
    assert [each.problem.startswith("one.cedar:1") for each in compare(unread)] == [True, True]
    assert all(each.differs and each.problem for each in compare(nameless))


def test_the_validator_is_asked_where_the_file_says_what_it_finds():
    schema = (
        "one.cedarschema",
        "entity User; action x appliesTo {principal: User, resource: User};",
    )
    ill_typed = replace(CASE, schema=schema, valid=False)

    assert validation(ill_typed) == ""
    assert validation(replace(ill_typed, valid=True))
    assert validation(replace(CASE, valid=True)) == ""
