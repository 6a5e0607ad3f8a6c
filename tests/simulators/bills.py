"""Small bills of materials, as CycloneDX, for tests of what is done with them."""

import json


def bill(*parts, made="2026-10-01T00:00:00Z", brought_by=None):
    """Write a bill: each part is a purl; `brought_by` maps a purl to the one that brings it."""
    brought = brought_by or {}
    below = {"app": [each for each in parts if each not in brought]}
    for each, parent in brought.items():
        below.setdefault(parent, []).append(each)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": made,
            "component": {"type": "application", "bom-ref": "app", "name": "application"},
        },
        "components": [component(each) for each in parts],
        "dependencies": [{"ref": ref, "dependsOn": on} for ref, on in below.items()],
    }
    return json.dumps(document).encode()


def component(purl):
    """Give one component by its package URL."""
    name, _, version = purl.rpartition("/")[2].partition("@")
    said = {"type": "library", "bom-ref": purl, "name": name, "purl": purl}
    return said | ({"version": version} if version else {})
