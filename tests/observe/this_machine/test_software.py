"""The machine's own software as components, from metadata alone."""

import pytest

from panshi.observe.this_machine.environments import environments
from panshi.observe.this_machine.machine import Machine
from panshi.observe.this_machine.software import debian_software, package_url, python_software
from panshi.protection.supply_chain.purl import parse

STATUS = """Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.15-1~deb12u1
Depends: libc6 (>= 2.34), libssl3 (>= 3.0.9) | libssl4, mail-transport-agent
Maintainer: Debian OpenSSL Team <team@example.org>
Description: text
 Package: not-a-field

Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl (3.0.15-1)
Version: 1:3.0.15-1+b1

Package: exim4
Status: install ok installed
Architecture: amd64
Version: 4.96
Provides: mail-transport-agent

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""

METADATA = {
    "Flask_Login-0.6.3": "License-Expression: MIT\nAuthor: Ana\nRequires-Dist: Flask>=2\n"
    "Requires-Dist: pytest; extra == 'test'\nRequires-Dist: not-there\n",
    "flask-3.0": "Classifier: License :: OSI Approved :: BSD License\n",
    "odd-1": "License: " + "x" * 500 + "\n",
}


@pytest.fixture
def machine(tmp_path):
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text(STATUS)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    packages = tmp_path / "opt/app/lib/python3.12/site-packages"
    for folder, text in METADATA.items():
        name, _, version = folder.rpartition("-")
        place = packages / f"{folder}.dist-info"
        place.mkdir(parents=True)
        head = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{text}"
        (place / "METADATA").write_text(f"{head}\nName: in-the-description\n")
    (packages / "broken-1.dist-info").mkdir()
    (tmp_path / "opt/app/pyvenv.cfg").write_text("version = 3.12.1\n")
    return Machine(root=tmp_path)


def test_debian_packages_say_distribution_and_source(machine):
    software = debian_software(machine)

    by_name = {each.name: each for each in software.components}
    assert list(by_name) == ["exim4", "libssl3", "openssl"]
    assert by_name["openssl"].purl == (
        "pkg:deb/debian/openssl@3.0.15-1~deb12u1?arch=amd64&distro=debian-12"
    )
    assert by_name["openssl"].supplier == "Debian OpenSSL Team"
    assert by_name["libssl3"].purl == (
        "pkg:deb/debian/libssl3@1:3.0.15-1%2Bb1"
        "?arch=amd64&distro=debian-12&upstream=openssl%403.0.15-1"
    )


def test_a_package_depends_on_what_is_installed_by_name_or_by_what_it_provides(machine):
    software = debian_software(machine)

    names = {each.ref: each.name for each in software.components}
    edges = {names[ref]: sorted(names[each] for each in on) for ref, on in software.dependencies}
    assert edges == {"openssl": ["exim4", "libssl3"], "libssl3": [], "exim4": []}


def test_python_distributions_say_licence_and_requirements(machine):
    [environment] = environments(machine)

    software = python_software(machine, environment)

    by_name = {each.name: each for each in software.components}
    assert list(by_name) == ["flask", "Flask_Login", "odd"]
    assert by_name["Flask_Login"].purl == "pkg:pypi/flask-login@0.6.3"
    assert (by_name["Flask_Login"].licence, by_name["Flask_Login"].supplier) == ("MIT", "Ana")
    assert by_name["flask"].licence == "BSD License"
    assert by_name["odd"].licence == ""
    edges = dict(software.dependencies)
    assert edges[by_name["Flask_Login"].ref] == (by_name["flask"].ref,)


@pytest.mark.parametrize("version", ["1:2.3+b1~rc", "0", "1.0 beta", "1%2", "ü"])
def test_package_urls_are_those_of_the_standard(version):
    written = package_url(
        "deb", "g++", version, "debian", {"distro": "debian-12", "upstream": "a@1"}
    )

    assert str(parse(written)) == written


def test_nothing_where_there_is_nothing(tmp_path):
    assert debian_software(Machine(root=tmp_path)).components == ()
