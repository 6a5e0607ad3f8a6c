"""What the names of versions, suites, groups and weaknesses mean, in every tool's spelling."""

import pytest

from panshi.observe.tls.names import (
    Version,
    group_named,
    is_ephemeral,
    is_hybrid,
    is_weak,
    version_named,
    weakness_named,
)
from panshi.observe.tls.suites import SUITES


@pytest.mark.parametrize(
    ("spelling", "version"),
    [
        ("TLSv1", Version.TLS10),
        ("TLSv1.0", Version.TLS10),
        ("TLS1", Version.TLS10),
        ("TLS1_1", Version.TLS11),
        ("tls_1_2", Version.TLS12),
        ("TLS 1.3", Version.TLS13),
        ("SSLv3", Version.SSL3),
        ("ssl_2_0", Version.SSL2),
        ("DTLSv1.2", None),
        ("", None),
    ],
)
def test_every_tool_s_spelling_of_a_version_is_known(spelling, version):
    assert version_named(spelling) is version


@pytest.mark.parametrize(
    "suite",
    [
        "TLS_RSA_WITH_NULL_SHA",
        "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_DHE_RSA_WITH_DES_CBC_SHA",
        "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
        "TLS_SHA256_SHA256",
        "DES-CBC3-SHA",
        "EXP-RC4-MD5",
        "ADH-AES256-SHA",
        "AECDH-AES128-SHA",
        "ECDHE-RSA-NULL-SHA",
    ],
)
def test_null_export_rc4_des_3des_and_anonymous_suites_are_weak(suite):
    assert is_weak(suite)


@pytest.mark.parametrize(
    "suite",
    ["TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA"],
)
def test_other_suites_are_not_weak(suite):
    assert not is_weak(suite)


def test_ephemeral_key_exchange_is_read_from_the_name():
    assert is_ephemeral("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
    assert is_ephemeral("ECDHE-ECDSA-CHACHA20-POLY1305")
    assert is_ephemeral("TLS_CHACHA20_POLY1305_SHA256")
    assert not is_ephemeral("AES256-GCM-SHA384")
    assert not is_ephemeral("TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256")


@pytest.mark.parametrize(
    ("spelling", "group", "hybrid"),
    [
        ("x25519mlkem768", "X25519MLKEM768", True),
        ("X25519_MLKEM768", "X25519MLKEM768", True),
        ("SecP256r1MLKEM768", "SecP256r1MLKEM768", True),
        ("X25519Kyber768Draft00", "X25519Kyber768Draft00", True),
        ("MLKEM768", "MLKEM768", False),
        ("prime256v1", "secp256r1", False),
        ("P-384", "secp384r1", False),
        ("X25519", "x25519", False),
        ("ffdhe2048", "ffdhe2048", False),
        ("brainpoolP256r1", "brainpoolP256r1", False),
    ],
)
def test_groups_get_one_spelling_and_hybrids_are_recognised(spelling, group, hybrid):
    assert group_named(spelling) == group
    assert is_hybrid(group_named(spelling)) is hybrid


def test_a_weakness_has_one_name_whatever_the_tool_calls_it():
    assert weakness_named("CCS") == weakness_named("openssl_ccs_injection") == "ccs-injection"
    assert weakness_named("Some_New_One") == "some-new-one"


def test_the_table_of_suites_holds_the_codes_of_the_standards():
    # RFC 8446 B.4, RFC 5289 and RFC 7905
    assert SUITES[0x1301] == "TLS_AES_128_GCM_SHA256"
    assert SUITES[0xC030] == "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    assert SUITES[0xCCA9] == "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
    assert len(set(SUITES.values())) == len(SUITES)
