# ruff: noqa: E501 -- a table, one case a line
"""One small record after the OSV schema per ecosystem, components on both sides of its bounds."""

from __future__ import annotations

import json

import pytest

from panshi.model.supply_chain.advisory import Advisory
from panshi.model.supply_chain.compiled import Entry, PackageKey
from panshi.observe.feeds.osv import read_osv
from panshi.protection.supply_chain.matching import compile_advisory, match_purl


def found(
    purl: str,
    ecosystem: str,
    name: str,
    *events: str,
    versions: tuple[str, ...] = (),
    kind: str = "",
) -> str:
    """Match a component with a record of one range: `introduced 0`, `fixed 1.2` …"""
    pairs = [dict([event.split(" ", 1)]) for event in events]
    span = {"type": kind or "ECOSYSTEM", "events": pairs}
    raw = {
        "schema_version": "1.7.0",
        "id": "TEST-1",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [span] if pairs else [],
                "versions": list(versions),
            }
        ],
    }
    advisory = read_osv(json.dumps(raw).encode(), feed="test", name="TEST-1.json")
    assert isinstance(advisory, Advisory)
    entries: dict[PackageKey, list[Entry]] = {}
    for key, entry in compile_advisory(advisory).entries:
        entries.setdefault(key, []).append(entry)
    matches = match_purl(purl, lambda key: entries.get(key, ()))
    assert all("TEST-1" in each.why and "TEST-1" in each.why_zh for each in matches)
    return matches[0].status if matches else "-"


CASES = """
pypi      | pkg:pypi/My_Package@1.0        | PyPI | my.package | affected | introduced 0, fixed 1.1
rc        | pkg:pypi/a@1.1rc1              | PyPI | a | affected | introduced 0, fixed 1.1
fixed     | pkg:pypi/a@1.1                 | PyPI | a | - | introduced 0, fixed 1.1
local     | pkg:pypi/a@2.1.0%2Bcpu         | PyPI | a | affected | introduced 0, last_affected 2.1.0
localfix  | pkg:pypi/a@2.1.0%2Bcpu         | PyPI | a | - | introduced 0, fixed 2.1.0
build     | pkg:pypi/a@2.1.0%2Bfix1        | PyPI | a | - | introduced 0, fixed 2.1.0+fix1
old       | pkg:pypi/a@2004-rc.beta.x      | PyPI | a | unknown | introduced 0, fixed 1.1
missing   | pkg:pypi/a                     | PyPI | a | unknown | introduced 0, fixed 1.1
again     | pkg:pypi/a@3.5                 | PyPI | a | affected | introduced 0, fixed 1.1, introduced 3.0
between   | pkg:pypi/a@2.0                 | PyPI | a | - | introduced 0, fixed 1.1, introduced 3.0
limit     | pkg:pypi/a@2.0                 | PyPI | a | - | introduced 0, limit 2.0
badbound  | pkg:pypi/a@9                   | PyPI | a | unknown | introduced 0, fixed not~a~version
npm       | pkg:npm/%40scope/Name@1.9.9    | npm | @scope/name | affected | introduced 1.0.0, fixed 2.0.0
npmpre    | pkg:npm/left-pad@2.0.0-rc.1    | npm | left-pad | affected | introduced 1.0.0, fixed 2.0.0
maven     | pkg:maven/org.log/core@2.14.1?type=jar | Maven | org.log:core | affected | introduced 2.0-beta9, fixed 2.15.0
mavenrc   | pkg:maven/org.log/core@2.15.0-rc1 | Maven | org.log:core | affected | introduced 2.0-beta9, fixed 2.15.0
mavenfix  | pkg:maven/org.log/core@2.15    | Maven | org.log:core | - | introduced 2.0-beta9, fixed 2.15.0
nuget     | pkg:nuget/Newtonsoft.Json@12.0.3 | NuGet | newtonsoft.json | affected | introduced 0, fixed 13.0.1
go        | pkg:golang/github.com/Foo/Bar@v1.2.3%2Bincompatible | Go | github.com/foo/bar | affected | introduced 0, fixed 1.2.4
goversion | pkg:golang/github.com/foo/bar@v0.0.0-20200101000000-abcdef123456 | Go | github.com/foo/bar | affected | introduced 0, fixed 0.1.0
devel     | pkg:golang/github.com/foo/bar@(devel) | Go | github.com/foo/bar | unknown | introduced 0, fixed 1.2.4
stdlib    | pkg:golang/std@go1.20.1        | Go | stdlib | affected | introduced 0, fixed 1.20.2
crate     | pkg:cargo/my_crate@0.3.0       | crates.io | my-crate | affected | introduced 0.0.0-0, fixed 0.3.1
gem       | pkg:gem/nokogiri@1.15.0-x86_64-linux | RubyGems | nokogiri | - | introduced 0, fixed 1.15.0
gempre    | pkg:gem/rails@7.0.0.rc1        | RubyGems | rails | affected | introduced 0, fixed 7.0.0
composer  | pkg:composer/Vendor/Lib@1.0.0  | Packagist | vendor/lib | affected | introduced 0, fixed 1.0.1
branch    | pkg:composer/vendor/lib@dev-master | Packagist | vendor/lib | unknown | introduced 0, fixed 1.0.1
hex       | pkg:hex/plug@1.3.1             | Hex | plug | affected | introduced 0, fixed 1.3.2
pub       | pkg:pub/http@0.13.2            | Pub | http | affected | introduced 0, fixed 0.13.3
actions   | pkg:github/Tj-Actions/Changed-Files@v45.0.7 | GitHub Actions | tj-actions/changed-files | affected | introduced 0, fixed 46.0.1
swift     | pkg:swift/github.com/apple/swift-nio@2.41.1 | SwiftURL | https://github.com/apple/swift-nio.git | affected | introduced 0, fixed 2.42.0
bitnami   | pkg:bitnami/wordpress@6.2.0    | Bitnami | wordpress | affected | introduced 0, fixed 6.2.1
conan     | pkg:conan/zlib@1.2.11          | ConanCenter | zlib | affected | introduced 0, fixed 1.2.12
deb       | pkg:deb/debian/libc6@2.36-9%2Bdeb12u3?distro=debian-12&upstream=glibc | Debian:12 | glibc | affected | introduced 0, fixed 2.36-9+deb12u4
debfix    | pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?distro=bookworm&source=glibc | Debian:12 | glibc | - | introduced 0, fixed 2.36-9+deb12u4
debother  | pkg:deb/debian/libc6@2.36-9?distro=debian-11&upstream=glibc | Debian:12 | glibc | - | introduced 0, fixed 2.36-9+deb12u4
debwhich  | pkg:deb/debian/libc6@2.36-9?upstream=glibc | Debian:12 | glibc | unknown | introduced 0, fixed 2.36-9+deb12u4
debnewer  | pkg:deb/debian/libc6@2.40-1?upstream=glibc | Debian:12 | glibc | - | introduced 0, fixed 2.36-9+deb12u4
debsource | pkg:deb/debian/libx1@5.0?distro=debian-12&upstream=x%401.0-1 | Debian:12 | x | affected | introduced 0, fixed 1.0-2
tilde     | pkg:deb/debian/x@1.0~rc1-1?distro=debian-12 | Debian:12 | x | affected | introduced 0, fixed 1.0-1
ubuntu    | pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.9?distro=ubuntu-22.04 | Ubuntu:22.04:LTS | openssl | affected | introduced 0, fixed 3.0.2-0ubuntu1.10
codename  | pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.9?distro=jammy | Ubuntu:22.04:LTS | openssl | affected | introduced 0, fixed 3.0.2-0ubuntu1.10
pro       | pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.9?distro=jammy | Ubuntu:Pro:22.04:LTS | openssl | - | introduced 0, fixed 3.0.2-0ubuntu1.10
rhel      | pkg:rpm/redhat/glibc-common@2.34-59.el9?distro=rhel-9.2&upstream=glibc-2.34-59.el9.src.rpm | Red Hat:enterprise_linux:9::baseos | glibc | affected | introduced 0, fixed 2.34-60.el9
epoch     | pkg:rpm/redhat/bind@9.16-1.el9?epoch=32&distro=rhel-9.2 | Red Hat:enterprise_linux:9::appstream | bind | - | introduced 0, fixed 32:9.16-1.el9
noepoch   | pkg:rpm/redhat/bind@9.18-1.el9?distro=rhel-9.2 | Red Hat:enterprise_linux:9::appstream | bind | affected | introduced 0, fixed 32:9.16-1.el9
alma      | pkg:rpm/almalinux/curl@7.76.1-26.el9?distro=almalinux-9.3 | AlmaLinux:9 | curl | affected | introduced 0, fixed 7.76.1-29.el9
rocky     | pkg:rpm/rocky/curl@7.76.1-26.el9?distro=rocky-9.3 | Rocky Linux:9 | curl | affected | introduced 0, fixed 7.76.1-29.el9
suse      | pkg:rpm/suse/curl@8.0.1-1?distro=sles-15.5 | SUSE:Linux Enterprise Server 15 SP5 | curl | affected | introduced 0, fixed 8.0.1-2
leap      | pkg:rpm/opensuse/curl@8.0.1-1?distro=opensuse-leap-15.5 | openSUSE:Leap 15.5 | curl | affected | introduced 0, fixed 8.0.1-2
euler     | pkg:rpm/openeuler/curl@7.79-1?distro=openEuler-22.03-LTS-SP3 | openEuler:22.03-LTS-SP3 | curl | affected | introduced 0, fixed 7.79-2
alpine    | pkg:apk/alpine/busybox-binsh@1.36.1-r1?distro=alpine-3.18.4&upstream=busybox | Alpine:v3.18 | busybox | affected | introduced 0, fixed 1.36.1-r2
alpinefix | pkg:apk/alpine/busybox@1.36.1-r2?distro=3.18.4 | Alpine:v3.18 | busybox | - | introduced 0, fixed 1.36.1-r2
wolfi     | pkg:apk/wolfi/curl@8.1.0-r0?distro=20230201 | Wolfi | curl | affected | introduced 0, fixed 8.1.0-r1
mageia    | pkg:rpm/mageia/curl@7.88-1.mga9?distro=mageia-9 | Mageia:9 | curl | affected | introduced 0, fixed 7.88-2.mga9
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines(), ids=lambda line: line.split()[0])
def test_bounds_of_every_ecosystem(case: str) -> None:
    _, purl, ecosystem, name, expected, events = (part.strip() for part in case.split("|"))
    assert found(purl, ecosystem, name, *events.split(", ")) == expected


def test_versions_named_one_by_one() -> None:
    named = ("1.0", "1.1", "2004d")
    for version, expected in (("1.0.0", "affected"), ("2004d", "affected"), ("1.2", "-")):
        assert found(f"pkg:pypi/a@{version}", "PyPI", "a", versions=named) == expected


def test_commits_decide_about_commits_only() -> None:
    events = ("introduced aaaa", "fixed bbbb")
    for version, expected in (("aaaa", "affected"), ("bbbb", "-"), ("1.0", "unknown")):
        assert found(f"pkg:pypi/a@{version}", "PyPI", "a", *events, kind="GIT") == expected
    # and where versions are named as well, these decide
    assert found("pkg:pypi/a@2.0", "PyPI", "a", *events, versions=("1.0",), kind="GIT") == "-"
