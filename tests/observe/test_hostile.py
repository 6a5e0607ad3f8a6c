"""What no file may do to any observer of files: crash it, exhaust it, or pass as something else."""

import os

import pytest

from panshi.errors import BadInputError
from panshi.observe.sources import source
from tests.observe.hostile import observe, watched

NAMES = (
    *("cyclonedx", "spdx", "sarif", "openscap", "lynis"),
    *("oscal", "osquery", "zap", "trivy", "grype", "prowler", "garak", "entra", "okta", "wazuh"),
    *("attestation", "threat-model", "junit", "coverage", "code-review"),
)
MARKUP = ("cyclonedx", "openscap", "oscal", "zap", "junit", "coverage")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def test_a_sparse_gigabyte_is_refused_by_its_size_before_it_is_read(name, tmp_path):
    path = tmp_path / "huge"
    path.touch()
    os.truncate(path, 2**30)

    said, grown = watched(name, path)

    assert "BadInputError" in said
    assert "is larger than " in said
    assert grown < 64


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"<a>", b'{"components":[', b"<component>"])
def test_a_million_levels_are_refused_without_a_crash(name, opening, tmp_path):
    path = tmp_path / "deep"
    path.write_bytes(opening * 1_000_000)

    said, grown = watched(name, path)

    assert "BadInputError" in said
    assert str(path) in said
    assert grown < 200


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 4096, b" " * 3_000_000, b'"' + b"x" * 3_000_000, b"{}", b"[]", b"null", b"<a/>"],
    ids=["empty", "zeros", "spaces", "text", "object", "array", "null", "element"],
)
def test_what_is_no_document_of_the_kind_is_refused(name, content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(BadInputError) as caught:
        observe(source(name), path)

    assert str(path) in caught.value.place
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", MARKUP)
def test_entities_are_refused_and_never_expanded(name, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("TOP-SECRET")
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for declared in (
        f'<!ENTITY x SYSTEM "file://{secret}">',
        f'<!ENTITY % x SYSTEM "file://{secret}"> %x;',
        f'<!ENTITY l0 "lol">{lol}<!ENTITY x "&l11;">',
    ):
        path = tmp_path / "evil.xml"
        path.write_text(f"<!DOCTYPE bom [{declared}]><bom><a>&x;</a></bom>")

        said, grown = watched(name, path)

        assert "BadInputError" in said
        assert "entit" in said.lower()
        assert "TOP-SECRET" not in said
        assert grown < 100


def test_a_folder_a_pipe_a_device_and_nothing_are_refused(name, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path in (tmp_path, pipe, tmp_path / "absent"):
        with pytest.raises(BadInputError, match=str(path)):
            observe(source(name), path)


def test_a_packed_file_is_named_as_such(name, tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00" + bytes(20))

    with pytest.raises(BadInputError, match="gzip"):
        observe(source(name), path)


PASSED = (
    b"</Group><TestResult><rule-result idref='r'><result>pass</result></rule-result>"
    b"</TestResult></Benchmark>"
)
OSQUERY = (
    b'{"name":"users","hostIdentifier":"h","unixTime":1700000000,"epoch":0,"counter":0,'
    b'"columns":{"username":"a","uid":"1","shell":"/bin/sh","directory":"/home/a"},'
    b'"action":"added"}\n'
)
WAZUH = (
    b'{"timestamp":"2026-01-01T00:00:00+00:00","rule":{"level":5,"id":"1"},"agent":{"name":"a"},'
    b'"full_log":"something that somebody wrote"}\n'
)
PROWLER = (
    b'{"class_uid":2004,"metadata":{"event_code":"c","product":{"name":"Prowler"}},"time":1700000000,'
    b'"status_code":"PASS","cloud":{"provider":"aws","account":{"uid":"1"}},"resources":[{"uid":"r"}]}'
)
SIGN_IN = (
    b'{"userPrincipalName":"a@b","createdDateTime":"2026-01-01T00:00:00Z","status":{"errorCode":0},'
    b'"authenticationRequirement":"multiFactorAuthentication","location":{"city":"x"}}'
)
LARGE_BYTES = 28_000_000
"Held as plain values, each of the files below would take more than the 100 MiB it may take."
LARGE = {
    "oscal": (
        b'{"assessment-results":{"metadata":{"oscal-version":"1.1.2"},"results":[{"attestations":[',
        b'{"parts":[{"name":"x","prose":"a long statement that nobody reads here"}]},',
        b'{}],"findings":[{"target":{"target-id":"a","status":{"state":"satisfied"}}}]}]}}',
    ),
    "osquery": (b"", OSQUERY, OSQUERY),
    "zap": (
        b'{"@programName":"ZAP","site":[{"@host":"h","@port":"80","alerts":[',
        b'{"pluginid":"1","riskcode":"1","confidence":"2","desc":"some text","instances":[]},',
        b'{"pluginid":"1","riskcode":"1","confidence":"2"}]}]}',
    ),
    "trivy": (
        b'{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Class":"os-pkgs","Vulnerabilities":[',
        b'{"VulnerabilityID":"CVE-1","PkgName":"p","Severity":"LOW","Description":"some text"},',
        b"{}]}]}",
    ),
    "grype": (
        b'{"descriptor":{"name":"grype","version":"1"},"source":{"type":"image"},"matches":[',
        b'{"vulnerability":{"id":"CVE-1","severity":"Low"},"artifact":{"name":"p"}},',
        b"{}]}",
    ),
    "prowler": (b"[", PROWLER + b",", PROWLER + b"]"),
    "garak": (
        b'{"entry_type":"init","garak_version":"1"}\n',
        b'{"entry_type":"attempt","probe_classname":"a.b","outputs":["what the model said"]}\n',
        b'{"entry_type":"eval","probe":"a.b","detector":"c.d","passed":1,"total":1}\n',
    ),
    "entra": (b'{"value":[', SIGN_IN + b",", SIGN_IN + b"]}"),
    "okta": (
        b"",
        b'{"login":"a@b","factors":[{"factorType":"push","status":"INACTIVE"}]}\n',
        b'{"login":"a@b","factors":[]}\n',
    ),
    "wazuh": (b"", WAZUH, WAZUH),
    "cyclonedx": (
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[',
        b'{"type":"library","name":"openssl","version":"3.0.15","purl":"pkg:deb/x@3"},',
        b'{"type":"library","name":"last"}]}',
    ),
    "spdx": (
        b'{"spdxVersion":"SPDX-2.3","packages":[',
        b'{"SPDXID":"SPDXRef-1","name":"openssl","versionInfo":"3.0.15","supplier":"NOASSERTION"},',
        b'{"name":"last"}]}',
    ),
    "sarif": (
        b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[',
        b'{"ruleId":"R","level":"error","message":{"text":"abc"},"codeFlows":[1,2]},',
        b"{}]}]}",
    ),
    "openscap": (
        b"<Benchmark><Group>",
        b'<Rule id="r" severity="high"><description>some text</description></Rule>',
        PASSED,
    ),
    "lynis": (
        b"lynis_version=3.0.8\n",
        b"suggestion[]=DEB-0280|Install something to set something|-|-|\n",
        b"hardening_index=5\nreport_datetime_end=2026-01-01 00:00:00\nfinish=true\n",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_memory_stays_flat_for_a_large_file(name, tmp_path):
    head, entry, tail = LARGE[name]
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(head)
        for _ in range(20):
            file.write(entry * (LARGE_BYTES // 20 // len(entry)))
        file.write(tail)

    said, grown = watched(name, path)

    # Lists of accounts are read to their end, and then take no subject; others are folded into one.
    assert "can name only one" in said if name in {"entra", "okta"} else said == "seen 1"
    assert grown < 100
