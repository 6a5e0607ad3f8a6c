"""Files of policies and entities: whatever stands in them is read whole or refused by name."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, ContentError
from panshi.pdp.loading import load
from panshi.protection.cedar import Uid

PERMIT = "permit (principal, action, resource);"
NAME = st.text(max_size=3)
UID = st.fixed_dictionaries({"type": st.sampled_from(["User", "a b", "", "in"]), "id": NAME})
ENTITY = st.fixed_dictionaries(
    {"uid": UID, "attrs": st.dictionaries(NAME, st.none() | st.floats() | st.integers() | NAME)},
    optional={"parents": st.lists(UID, max_size=2), "tags": st.none(), "more": st.integers()},
)
ANY = st.one_of(
    st.binary(max_size=60), st.lists(ENTITY, max_size=3).map(json.dumps).map(str.encode)
)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


def read(folder, file):
    try:
        return load(folder, file), None
    except (BadInputError, ContentError) as error:
        return None, error


@QUIET
@given(ANY)
def test_any_entities_are_read_whole_or_refused_with_their_file(tmp_path, content):
    (tmp_path / "a.cedar").write_text(PERMIT)
    file = tmp_path / "entities.json"
    file.write_bytes(content)
    loaded, refused = read(tmp_path, file)

    if refused is not None:
        assert str(file) in refused.place
    else:
        assert len(loaded.entities) == len(
            {(each["uid"]["type"], each["uid"]["id"]) for each in json.loads(content)}
        )


@QUIET
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda t: (PERMIT + t).encode())))
def test_any_policies_are_read_whole_or_refused_with_their_file(tmp_path, content):
    file = tmp_path / "a.cedar"
    file.write_bytes(content)
    _, refused = read(tmp_path, None)

    if refused is not None:
        assert str(tmp_path) in refused.place or "without policies" in refused.problem


def test_searches_list_entities_in_the_order_of_the_file(tmp_path):
    (tmp_path / "a.cedar").write_text(PERMIT)
    names = [str(number) for number in (7, 3, 11, 1)]
    file = tmp_path / "e.json"
    file.write_text(
        json.dumps([{"uid": {"type": "R", "id": n}, "attrs": {}, "parents": []} for n in names])
    )

    assert [each.uid for each in load(tmp_path, file).entities] == [Uid("R", n) for n in names]


def test_policies_that_only_report_take_no_effect(tmp_path):
    (tmp_path / "a.cedar").write_text(
        PERMIT + '\n@report_only("") forbid (principal, action, resource);'
    )

    assert len(load(tmp_path, None).policies.policy_ids) == 1


def test_a_folder_with_an_empty_policy_file_decides_nothing(tmp_path):
    (tmp_path / "a.cedar").write_text("// nothing yet\n")
    loaded = load(tmp_path, None)
    assert loaded.policies.policy_ids == ()

    (tmp_path / "a.cedar").write_text("")
    with pytest.raises(BadInputError, match="without policies"):
        load(tmp_path, None)
