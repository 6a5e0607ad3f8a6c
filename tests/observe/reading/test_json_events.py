"""The cursor reads every JSON document as json.loads does, within bounds, with places."""

import json

import ijson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.reading import json_events
from panshi.observe.reading.json_events import open_json
from panshi.observe.reading.limits import Limits

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=5)
    ),
    max_leaves=30,
)


@pytest.fixture(params=["yajl2_c", "python"])
def backend(request, monkeypatch):
    monkeypatch.setattr(json_events, "_BACKEND", ijson.get_backend(request.param))
    monkeypatch.setattr(json_events, "_BACKEND_NAME", request.param)


def written(tmp_path, raw):
    path = tmp_path / "file.json"
    path.write_bytes(raw)
    return path


def value(path, limits=Limits()):  # noqa: B008 -- frozen
    with open_json(path, limits) as cursor:
        read = cursor.value()
        cursor.finish()
        return read


@pytest.mark.usefixtures("backend")
@given(document=VALUES, indent=st.sampled_from([None, 1]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_value_is_read_as_json_loads_reads_it(document, indent, tmp_path):
    raw = json.dumps(document, indent=indent).encode()

    assert value(written(tmp_path, raw)) == json.loads(raw)


def walked(cursor):
    """Rebuild a document by walking it, taking some values and skipping others by half."""
    match cursor.shape:
        case "object":
            return {key: walked(cursor) for key in cursor.members()}
        case "array":
            return [walked(cursor) for _ in cursor.elements()]
        case _:
            return cursor.value()


@given(document=VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_walking_sees_the_same_as_taking(document, tmp_path):
    path = written(tmp_path, json.dumps(document).encode())

    with open_json(path) as cursor:
        assert walked(cursor) == value(path)


@given(document=st.dictionaries(st.text("ab", max_size=3), VALUES, max_size=6), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_not_taken_is_skipped(document, data, tmp_path):
    wanted = data.draw(st.sets(st.sampled_from(sorted(document)))) if document else set()
    taken = {}

    with open_json(written(tmp_path, json.dumps(document).encode())) as cursor:
        for key in cursor.members():
            if key in wanted:
                taken[key] = cursor.value()
        cursor.finish()

    assert taken == {key: json.loads(json.dumps(document[key])) for key in wanted}


def test_the_place_is_a_json_pointer(tmp_path):
    path = written(tmp_path, b'{"a/b": [1, {"c~": 2}]}')

    with open_json(path) as cursor:
        for _ in cursor.members():
            for _ in cursor.elements():
                if cursor.shape == "object":
                    for _ in cursor.members():
                        place = cursor.place

    assert place == f"{path}: /a~1b/1/c~0"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b'{"a": [1,\n2,,3]}', r"file\.json:2, byte 12: is not valid JSON: unallowed token"),
        (b"[1,\n2", r"file\.json:2, byte 5: the JSON ends in the middle"),
        (b"", r"file\.json:1, byte 0: is empty"),
        (b"{} {}", "trailing garbage"),
        (b'{} "', "ends in the middle"),
        (b"[] tru", "ends in the middle"),
        (b'{"a":\n"\xff"}', r"file\.json:2, byte 7: .*invalid bytes in UTF8"),
        (b'["\\udc00"]', "not valid Unicode"),
        (b"[1e9999999999999999999]", "a number too large"),
        (b"[" + b"9" * 4301 + b"]", "more than 4,300 digits"),
        (b"[NaN]", "invalid char"),
        (b"/* hello */ []", "comment"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(raw, problem, tmp_path):
    with pytest.raises(BadInputError, match=problem):
        value(written(tmp_path, raw))


def test_the_byte_of_an_error_far_into_the_file_is_right(tmp_path):
    raw = b"[\n" + b'"some text that repeats",\n' * 20_000 + b"oops]"

    with pytest.raises(BadInputError) as caught:
        value(written(tmp_path, raw))

    assert caught.value.place.endswith(f"file.json:20002, byte {raw.index(b'oops')}")


@pytest.mark.usefixtures("backend")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("raw", "limits", "problem"),
    [
        (b"[" * 65 + b"]" * 65, Limits(), "more than 64 levels"),
        (b"[" * 1_000_000, Limits(), "more than 64 levels"),
        (b'{"a":' * 1_000_000, Limits(), "more than 64 levels"),
        (b"[1,2,3]", Limits(max_entry=2), "more than 2 values"),
        (b'["' + b"x" * 101 + b'"]', Limits(max_text=100), "a text of more than 100"),
        (b'["' + b"x" * 3_000_000, Limits(), "without a complete value"),
        (b" " * 3_000_000, Limits(), "without a complete value"),
        (b"[1,2,3]", Limits(max_bytes=6), "larger than 6 bytes"),
    ],
)
def test_the_bounds_hold(raw, limits, problem, tmp_path):
    with pytest.raises(BadInputError, match=problem):
        value(written(tmp_path, raw), limits)


def test_the_number_of_elements_is_bounded(tmp_path):
    with (
        open_json(written(tmp_path, b"[1,2,3]"), Limits(max_items=2)) as cursor,
        pytest.raises(BadInputError, match="more than 2 entries"),
    ):
        list(cursor.elements())


def test_64_levels_are_read(tmp_path):
    read = value(written(tmp_path, b"[" * 64 + b"]" * 64))

    assert json.dumps(read) == "[" * 64 + "]" * 64


def test_a_wrong_shape_is_refused_with_its_place(tmp_path):
    with open_json(written(tmp_path, b'{"a": 1}')) as cursor:
        next(cursor.members())
        with pytest.raises(BadInputError, match="/a: expected an array, found number"):
            next(cursor.elements())


@given(raw=st.binary(max_size=60) | st.text('[]{}",:0123.eE-\\untrfals ', max_size=60))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_at_all_is_read_as_json_loads_does_or_refused(raw, tmp_path):
    raw = raw.encode() if isinstance(raw, str) else raw
    try:
        read = value(written(tmp_path, raw))
    except BadInputError as error:
        assert error.place  # noqa: PT017 -- either way of ending is right
    else:
        if raw.lstrip()[:1] in b"[{":
            assert read == json.loads(raw)
