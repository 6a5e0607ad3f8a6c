"""XML is streamed within bounds; entities, networks and surprises stay outside."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.reading.limits import Limits
from panshi.observe.reading.xml_events import (
    At,
    child_text,
    children,
    content,
    local_name,
    open_xml,
)


def written(tmp_path, raw):
    path = tmp_path / "file.xml"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def walk(path, *, enter=(), keep=(), roots=("a",), limits=Limits()):  # noqa: B008 -- frozen
    with open_xml(path, limits) as document:
        return [
            (
                step.at,
                step.name,
                dict(step.element.attrib),
                content(step.element) if step.at is At.WHOLE else "",
            )
            for step in document.walk(enter=enter, keep=keep, roots=roots)
        ]


def test_elements_are_entered_kept_and_left_in_order(tmp_path):
    path = written(
        tmp_path,
        '<a xmlns="urn:x"><e n="1"><k>one <b>two</b></k>tail<other><k>three</k></other></e></a>',
    )

    assert walk(path, enter={"e"}, keep={"k"}) == [
        (At.ENTER, "e", {"n": "1"}, ""),
        (At.WHOLE, "k", {}, "one two"),
        (At.WHOLE, "k", {}, "three"),
        (At.LEAVE, "e", {"n": "1"}, ""),
    ]


def test_an_element_within_a_kept_one_is_not_given_again(tmp_path):
    path = written(tmp_path, "<a><k><k>inner</k></k></a>")

    assert walk(path, keep={"k"}) == [(At.WHOLE, "k", {}, "inner")]


def test_children_are_found_by_their_local_name(tmp_path):
    path = written(tmp_path, '<a xmlns:p="urn:x"><k><p:n>1</p:n><n>2</n><!-- no --><m/></k></a>')

    with open_xml(path) as document:
        for step in document.walk(keep={"k"}, roots=("a",)):
            assert [content(each) for each in children(step.element, "n")] == ["1", "2"]
            assert child_text(step.element, "absent") == ""
            assert [local_name(each) for each in step.element] == ["n", "n", "m"]


def test_a_bare_document_type_is_no_offence(tmp_path):
    for doctype in ("<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "http://192.0.2.1/never-fetched.dtd">'):
        assert walk(written(tmp_path, doctype + "<a><k/></a>"), keep={"k"})


@pytest.mark.parametrize(
    "inside",
    [
        '<!ENTITY x "y">',
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY % x "y">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused_in_any_encoding(inside, encoding, tmp_path):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [{inside}]><a><k>z</k></a>'

    with pytest.raises(BadInputError, match="declares entities"):
        walk(written(tmp_path, text.encode(encoding)), keep={"k"})


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("<a>\n<k>", r"file\.xml:2, column \d+: the XML ends in the middle"),
        ("<a>\n</b>", r"file\.xml:2, column \d+: is not valid XML: .*mismatch"),
        ("", "is empty"),
        ("<b/>", "its root element is <b>, expected <a>"),
        ("<a/><a/>", "Extra content"),
        ("{}", "Start tag expected"),
        ('<?xml version="1.0" encoding="nope"?><a/>', "ncoding"),
        ("<a>&undeclared;</a", "is not valid XML|ends in the middle"),
        ("<a>" * 65, "more than 64 levels deep"),
        ("<a>" * 1_000_000, "more than 64 levels deep|Excessive depth"),
        ("<a>" + "x" * 12_000_000 + "</a>", "is not valid XML"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(raw, problem, tmp_path):
    with pytest.raises(BadInputError, match=problem):
        walk(written(tmp_path, raw), keep={"k"})


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(max_items=2), "more than 2 entries"),
        (Limits(max_entry=2), "an entry of more than 2 elements"),
        (Limits(max_bytes=20), "larger than 20 bytes"),
        (Limits(max_text=5), "a text of more than 5 characters"),
    ],
)
def test_the_bounds_hold(limits, problem, tmp_path):
    path = written(tmp_path, "<a>" + "<k><b/><b>some text</b><b/></k>" * 3 + "</a>")

    with pytest.raises(BadInputError, match=problem):
        walk(path, keep={"k"}, limits=limits)


def test_lines_beyond_65535_are_still_told(tmp_path):
    path = written(tmp_path, "<a>" + "\n" * 70_000 + "<k/>\n</a>")

    with open_xml(path) as document:
        [step] = document.walk(keep={"k"}, roots=("a",))

    # libxml2 keeps 16 bits of the line and takes the rest from a neighbour.
    assert step.place.endswith(("file.xml:70001", "file.xml:70002"))


NAMES = st.sampled_from(["a", "b", "k", "e"])
TREES = st.recursive(
    st.tuples(NAMES, st.text("xy<&", max_size=5), st.just(())),
    lambda inner: st.tuples(NAMES, st.text("xy", max_size=3), st.lists(inner, max_size=4)),
    max_leaves=20,
)


def drawn(tree):
    name, text, inner = tree
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<{name}>{escaped}{''.join(map(drawn, inner))}</{name}>"


def kept(tree):
    name, text, inner = tree
    if name == "k":
        return ["".join([text, *(said(each) for each in inner)]).strip()]
    return [each for part in inner for each in kept(part)]


def said(tree):
    return tree[1] + "".join(map(said, tree[2]))


@given(trees=st.lists(TREES, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_is_complete_whatever_stands_around_it(trees, tmp_path):
    path = written(tmp_path, f"<a>{''.join(map(drawn, trees))}</a>")

    found = [text for _, _, _, text in walk(path, keep={"k"})]

    assert found == [each for tree in trees for each in kept(tree)]


@given(raw=st.binary(max_size=80) | st.text("<>/a=\"'&;![]k -?", max_size=80))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_at_all_is_read_or_refused(raw, tmp_path):
    try:
        walk(written(tmp_path, raw), enter={"a"}, keep={"k"})
    except BadInputError as error:
        assert error.place  # noqa: PT017 -- either way of ending is right
