"""Ask medallion (memory backend) through its own test client; prints objects a second as JSON."""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
import time

import medallion
from _taxii_work import envelopes

MEDIA = "application/taxii+json;version=2.1"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
DATA = {
    "/discovery": {"title": "x", "default": "http://localhost/a/", "api_roots": []},
    "a": {
        "information": {"title": "x", "versions": [MEDIA], "max_content_length": 104857600},
        "status": [],
        "collections": [
            {
                "id": COLLECTION,
                "title": "x",
                "can_read": True,
                "can_write": True,
                "media_types": ["application/stix+json;version=2.1"],
                "objects": [],
                "manifest": [],
            }
        ],
    },
}


def main() -> None:
    """Add so many objects, then fetch them in pages of 1,000."""
    size = int(sys.argv[1])
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(DATA, file)
    medallion.set_config(medallion.application_instance, "users", {"users": {"u": "p"}})
    medallion.set_config(
        medallion.application_instance, "taxii", {"taxii": {"max_page_size": 1000}}
    )
    backend = {
        "module": "medallion.backends.memory_backend",
        "module_class": "MemoryBackend",
        "filename": file.name,
    }
    medallion.set_config(medallion.application_instance, "backend", {"backend": backend})
    medallion.register_blueprints(medallion.application_instance)
    client = medallion.application_instance.test_client()
    headers = {
        "Authorization": "Basic " + base64.b64encode(b"u:p").decode(),
        "Accept": MEDIA,
        "Content-Type": MEDIA,
    }
    address = f"/a/collections/{COLLECTION}/objects/"
    start = time.process_time()
    for body in envelopes(size, min(size, 1000)):
        assert client.post(address, data=body, headers=headers).status_code == 202
    added = time.process_time() - start
    start, given, more = time.process_time(), 0, "?limit=1000"
    while more:
        answer = client.get(address + more, headers=headers).get_json()
        given += len(answer["objects"])
        more = f"?limit=1000&next={answer['next']}" if answer.get("more") else ""
    assert given > size - 10, given  # it loses one between pages now and then
    sys.stdout.write(json.dumps({"in": size / added, "out": given / (time.process_time() - start)}))
    sys.stdout.flush()
    os.unlink(file.name)  # noqa: PTH108 -- gone with the process
    os._exit(0)  # its session checker would wait


if __name__ == "__main__":
    main()
