"""A purl survives writing and reading; equal packages are equal; no text is fatal."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.protection.supply_chain.purl import LONGEST, PackageUrl, parse
from panshi.protection.supply_chain.purl.types import RULES

WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@given(
    st.sampled_from(["generic", "npm", "maven", "pypi", "deb", "rpm", "golang", "oci", "x-own"]),
    st.lists(WORDS, max_size=3).map("/".join),
    WORDS,
    st.just("") | WORDS,
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9._-]{0,8}", fullmatch=True), WORDS, max_size=3),
    st.lists(WORDS, max_size=3).map("/".join),
)
def test_what_is_built_is_read_back(
    kind: str,
    namespace: str,
    name: str,
    version: str,
    qualifiers: dict[str, str],
    subpath: str,
) -> None:
    # Given a purl built from any parts its type allows
    try:
        built = PackageUrl.build(
            type=kind, namespace=namespace, name=name, version=version,
            qualifiers=qualifiers, subpath=subpath,
        )  # fmt: skip
    except BadInputError:
        return
    # When it is written and read, then it is the same, and writing it again changes nothing
    assert parse(str(built)) == built
    assert str(parse(str(built))) == str(built)


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda text: f"pkg:npm/{text}"))
def test_no_text_is_fatal(text: str) -> None:
    with contextlib.suppress(BadInputError):
        read = parse(text)
        assert parse(str(read)) == read


@given(st.sampled_from(sorted(RULES)), st.text(max_size=30))
def test_no_type_is_fatal(kind: str, text: str) -> None:
    with contextlib.suppress(BadInputError):
        str(parse(f"pkg:{kind}/{text}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pkg:PyPI/Django_Rest@1.0", "pkg:pypi/django-rest@1.0"),
        ("pkg:npm/@angular/core@1", "pkg:npm/%40angular/core@1"),
        ("pkg:golang/github.com/Azure/x@v1", "pkg:golang/github.com/azure/x@v1"),
        ("pkg:deb/Debian/curl@1?distro=x&arch=y", "pkg:deb/debian/curl@1?arch=y&distro=x"),
    ],
)
def test_the_same_package_is_equal(one: str, other: str) -> None:
    assert parse(one) == parse(other)
    assert str(parse(one)) == str(parse(other))


@pytest.mark.parametrize(
    "text",
    [
        "", "npm/x@1", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/@1", "pkg:1npm/x", "pkg:n pm/x",
        "pkg:npm/x?a=1&a=2", "pkg:npm/x?a b=1", "pkg:npm/%ff", "pkg:npm/\ud800",
        "pkg:npm/" + "x" * LONGEST,
    ],
)  # fmt: skip
def test_what_names_no_package_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="purl"):
        parse(text)
