"""A statement is about one component at one version in one place, or it is about nothing."""

import pytest

from panshi.model.supply_chain.vex import VexProduct, VexStatement, VexStatus
from panshi.protection.supply_chain.vex import Asked, Container, Fit, fit


def says(*products, status=VexStatus.NOT_AFFECTED):
    return VexStatement(vulnerability="CVE-2026-1", status=status, products=products)


def purl(text, **more):
    return says(VexProduct(purl=text, **more))


@pytest.mark.parametrize(
    ("statement", "asked", "expected"),
    [
        # The same package at the same version, in whatever spelling
        (purl("pkg:pypi/Jinja2@3.0"), Asked("pkg:pypi/jinja2@3.0.0"), Fit.APPLIES),
        (purl("pkg:pypi/my_lib@1"), Asked("pkg:pypi/my.lib@1"), Fit.APPLIES),
        (purl("pkg:golang/a/b@1.2.0"), Asked("pkg:golang/a/b@v1.2.0"), Fit.APPLIES),
        # Another package, another version: a CVE alone binds nothing
        (purl("pkg:pypi/jinja2@3.0"), Asked("pkg:pypi/flask@3.0"), Fit.OTHER_PACKAGE),
        (purl("pkg:pypi/jinja2@3.0"), Asked("pkg:npm/jinja2@3.0"), Fit.OTHER_PACKAGE),
        (purl("pkg:pypi/jinja2@3.0"), Asked("pkg:pypi/jinja2@3.1"), Fit.OTHER_VERSION),
        (purl("pkg:pypi/jinja2@3.0"), Asked("pkg:pypi/jinja2"), Fit.UNTOLD),
        (says(), Asked("pkg:pypi/jinja2@3.0"), Fit.OTHER_PACKAGE),
        (says(VexProduct()), Asked("pkg:pypi/jinja2@3.0"), Fit.OTHER_PACKAGE),
        # A range carries over exactly as far as it says
        (purl("pkg:pypi/x", versions="vers:pypi/>=1|<2"), Asked("pkg:pypi/x@1.9"), Fit.APPLIES),
        (purl("pkg:pypi/x", versions="vers:pypi/>=1|<2"), Asked("pkg:pypi/x@2"), Fit.OTHER_VERSION),
        (purl("pkg:pypi/x", versions="vers:pypi/>=1|<2"), Asked("pkg:pypi/x@junk"), Fit.UNTOLD),
        (purl("pkg:pypi/x", versions="vers:pypi/<2"), Asked("pkg:pypi/x@junk"), Fit.UNTOLD),
        (purl("pkg:pypi/x", versions="vers:pypi/junk"), Asked("pkg:pypi/x@junk"), Fit.APPLIES),
        (purl("pkg:pypi/x", versions="vers:pypi/*"), Asked("pkg:pypi/x@9"), Fit.APPLIES),
        (purl("pkg:pypi/x", versions="all of them"), Asked("pkg:pypi/x@9"), Fit.UNTOLD),
        # No version is every version, as its author chose to write; a fix is a version
        (purl("pkg:pypi/x"), Asked("pkg:pypi/x@9"), Fit.APPLIES),
        (
            says(VexProduct(purl="pkg:pypi/x"), status=VexStatus.FIXED),
            Asked("pkg:pypi/x@9"),
            Fit.UNTOLD,
        ),
        # Qualifiers the statement names must be there
        (purl("pkg:rpm/r/x@1?arch=arm"), Asked("pkg:rpm/r/x@1?arch=x86"), Fit.OTHER_PACKAGE),
        (purl("pkg:rpm/r/x@1"), Asked("pkg:rpm/r/x@1?arch=x86"), Fit.APPLIES),
        (purl("pkg:rpm/r/x@1"), Asked("pkg:rpm/r/x@1?epoch=2"), Fit.OTHER_PACKAGE),
        (purl("pkg:maven/g/a@1?type=jar"), Asked("pkg:maven/g/a@1"), Fit.APPLIES),
        # Confined to one system
        (purl("pkg:pypi/x@1", system="system:a"), Asked("pkg:pypi/x@1", "", "system:a"), "applies"),
        (
            purl("pkg:pypi/x@1", system="system:a"),
            Asked("pkg:pypi/x@1", "", "system:b"),
            Fit.OTHER_SYSTEM,
        ),
        (purl("pkg:pypi/x@1", system="system:a"), Asked("pkg:pypi/x@1"), Fit.OTHER_SYSTEM),
        # ANY and NA in a CPE match nothing
        (
            says(VexProduct(cpe="cpe:2.3:a:v:p:1.0:*:*")),
            Asked("", cpe="cpe:2.3:a:v:p:1.0:*:*"),
            Fit.APPLIES,
        ),
        (says(VexProduct(cpe="cpe:2.3:a:v:p:-:*")), Asked("", cpe="cpe:2.3:a:v:p:1:*"), Fit.UNTOLD),
        (
            says(VexProduct(cpe="cpe:2.3:a:v:*:1:*")),
            Asked("", cpe="cpe:2.3:a:v:p:1:*"),
            "other_package",
        ),
    ],
)
def test_a_statement_fits_only_what_it_names(statement, asked, expected):
    assert fit(statement, asked) == expected


APP = Container(purl="pkg:oci/app@1", ref="urn:cdx:s/1#app", version="1")


@pytest.mark.parametrize(
    ("product", "within", "expected"),
    [
        # A product covers what is in it; its parts narrow that
        (VexProduct(purl="pkg:oci/app@1"), (APP,), Fit.APPLIES),
        (VexProduct(purl="pkg:oci/app@2"), (APP,), Fit.OTHER_VERSION),
        (VexProduct(purl="pkg:oci/app@1"), (), Fit.OTHER_PACKAGE),
        (VexProduct(purl="pkg:oci/app@1", subcomponents=("pkg:pypi/x@1",)), (APP,), Fit.APPLIES),
        (VexProduct(purl="pkg:oci/app@1", subcomponents=("pkg:pypi/y@1",)), (APP,), Fit.OTHER_PART),
        (
            VexProduct(purl="pkg:oci/app@1", subcomponents=("pkg:pypi/x@2",)),
            (APP,),
            Fit.OTHER_VERSION,
        ),
        # Said of a part of one product, it does not spill over into another
        (VexProduct(purl="pkg:oci/app@1", subcomponents=("pkg:pypi/x@1",)), (), Fit.OTHER_PACKAGE),
        (VexProduct(ref="urn:cdx:s/1#app"), (APP,), Fit.APPLIES),
        # The next edition of a bill is another document
        (VexProduct(ref="urn:cdx:s/2#app"), (APP,), Fit.OTHER_PACKAGE),
    ],
)
def test_what_contains_the_component_covers_it(product, within, expected):
    assert fit(says(product), Asked("pkg:pypi/x@1", within=within)) == expected


def test_a_link_to_the_component_itself_is_enough():
    asked = Asked("pkg:pypi/x@1", refs=frozenset({"urn:cdx:s/1#x"}))
    assert fit(says(VexProduct(ref="urn:cdx:s/1#x")), asked) is Fit.APPLIES


def test_a_system_with_parts_covers_those_parts_there_only():
    product = VexProduct(system="system:a", subcomponents=("pkg:pypi/x@1",))
    assert fit(says(product), Asked("pkg:pypi/x@1", system="system:a")) is Fit.APPLIES
    assert fit(says(product), Asked("pkg:pypi/x@1", system="system:b")) is Fit.OTHER_SYSTEM
    assert fit(says(product), Asked("pkg:pypi/y@1", system="system:a")) is Fit.OTHER_PART
    # A system alone names no component, and so covers none
    assert fit(says(VexProduct(system="system:a")), Asked("p", system="system:a")) != Fit.APPLIES
