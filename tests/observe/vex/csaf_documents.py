"""CSAF documents written after the standard, whole and with one thing wrong."""

import copy
import json


def document(**changes):
    """A csaf_vex document that passes: one product affected, one not, one fixed, one looked at."""
    made = {
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "publisher": {
                "category": "vendor",
                "name": "Acme",
                "namespace": "https://acme.example",
            },
            "title": "Acme VEX",
            "notes": [{"category": "summary", "text": "What reaches our products."}],
            "tracking": {
                "id": "ACME-2026-1",
                "status": "final",
                "version": "2",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-02-01T00:00:00Z",
                "revision_history": [
                    {"number": "1", "date": "2026-01-01T00:00:00Z", "summary": "first"},
                    {"number": "2", "date": "2026-02-01T00:00:00Z", "summary": "second"},
                ],
            },
        },
        "product_tree": {
            "branches": [
                {
                    "category": "vendor",
                    "name": "Acme",
                    "branches": [
                        {
                            "category": "product_name",
                            "name": "Teller",
                            "branches": [
                                version("1.0", "T1", "pkg:generic/acme/teller@1.0"),
                                version("1.1", "T11", "pkg:generic/acme/teller"),
                                version("1.2", "T12", "pkg:generic/acme/teller@1.2"),
                                {
                                    "category": "product_version_range",
                                    "name": "vers:semver/>=2.0.0|<3.0.0",
                                    "product": product("T2", "pkg:generic/acme/teller"),
                                },
                            ],
                        }
                    ],
                }
            ],
            "full_product_names": [
                product("LIB", "pkg:pypi/jinja2@3.0.0"),
                product("OS", "", cpe="cpe:2.3:o:acme:linux:9:*:*:*:*:*:*:*"),
            ],
            "product_groups": [{"group_id": "G", "product_ids": ["T1", "T11"]}],
            "relationships": [
                {
                    "category": "default_component_of",
                    "product_reference": "LIB",
                    "relates_to_product_reference": "T12",
                    "full_product_name": {"name": "lib in teller", "product_id": "T12:LIB"},
                },
                {
                    "category": "installed_on",
                    "product_reference": "LIB",
                    "relates_to_product_reference": "OS",
                    "full_product_name": {"name": "lib on os", "product_id": "OS:LIB"},
                },
            ],
        },
        "vulnerabilities": [
            {
                "cve": "CVE-2026-1001",
                "ids": [{"system_name": "GHSA", "text": "GHSA-aaaa-bbbb-cccc"}],
                "title": "Template escape",
                "notes": [{"category": "description", "text": "A template may escape."}],
                "product_status": {
                    "known_affected": ["T1"],
                    "known_not_affected": ["T2", "T12:LIB"],
                    "fixed": ["T12"],
                    "under_investigation": ["T11"],
                },
                "flags": [
                    {
                        "label": "vulnerable_code_not_in_execute_path",
                        "product_ids": ["T2", "T12:LIB"],
                    }
                ],
                "remediations": [
                    {"category": "vendor_fix", "details": "update to 1.2", "group_ids": ["G"]}
                ],
                "scores": [
                    {
                        "products": ["T1"],
                        "cvss_v3": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
                    }
                ],
                "cwe": {"id": "CWE-79", "name": "XSS"},
            }
        ],
    }
    return copy.deepcopy(made) | changes


def version(name, product_id, purl):
    return {"category": "product_version", "name": name, "product": product(product_id, purl)}


def product(product_id, purl, cpe=""):
    helper = {key: value for key, value in (("purl", purl), ("cpe", cpe)) if value}
    return {
        "name": product_id,
        "product_id": product_id,
        "product_identification_helper": helper,
    }


def packed(made):
    return json.dumps(made).encode()
