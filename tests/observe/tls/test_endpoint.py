"""Folding an offer into a body: what must be known before something good is said."""

from datetime import date

from panshi.observe.tls.endpoint import Certificate, Offer, endpoint_body
from panshi.observe.tls.names import Version

ECDHE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
STATIC = "TLS_RSA_WITH_AES_128_GCM_SHA256"


def body(**offer):
    return endpoint_body("192.0.2.7:443", Offer(**offer))


def test_versions_are_ordered_and_the_lowest_is_told():
    seen = body(versions=frozenset({Version.TLS13, Version.SSL3, Version.TLS12}))

    assert seen.protocols == ("SSLv3", "TLSv1.2", "TLSv1.3")
    assert seen.lowest_protocol == 0.3


def test_forward_secrecy_needs_every_suite_of_tls12_to_be_ephemeral():
    versions = frozenset({Version.TLS12})

    assert body(versions=versions, suites={Version.TLS12: (ECDHE,)}).forward_secrecy
    assert not body(versions=versions, suites={Version.TLS12: (ECDHE, STATIC)}).forward_secrecy


def test_unknown_suites_of_tls12_are_not_taken_for_forward_secret():
    assert not body(versions=frozenset({Version.TLS12, Version.TLS13})).forward_secrecy


def test_tls13_alone_is_forward_secret_and_older_versions_alone_are_not():
    assert body(versions=frozenset({Version.TLS13})).forward_secrecy
    assert not body(
        versions=frozenset({Version.TLS10}), suites={Version.TLS10: (ECDHE,)}
    ).forward_secrecy


def test_suites_groups_and_certificate_are_carried_over_once_each():
    seen = body(
        versions=frozenset({Version.TLS12, Version.TLS13}),
        suites={
            Version.TLS12: (ECDHE, "TLS_RSA_WITH_RC4_128_SHA", ECDHE),
            Version.TLS13: ("TLS_AES_128_GCM_SHA256",),
        },
        groups=("prime256v1", "secp256r1", "X25519MLKEM768"),
        certificate=Certificate(expires=date(2027, 1, 31), key_algorithm="RSA", key_bits=2048),
        weaknesses=("rc4", "rc4"),
    )

    assert seen.ciphers == (ECDHE, "TLS_RSA_WITH_RC4_128_SHA", "TLS_AES_128_GCM_SHA256")
    assert seen.weak_ciphers == 1
    assert seen.groups == ("secp256r1", "X25519MLKEM768")
    assert seen.hybrid_key_exchange
    assert seen.certificate_expires == date(2027, 1, 31)
    assert seen.certificate_trusted is None
    assert seen.vulnerabilities == ("rc4",)
