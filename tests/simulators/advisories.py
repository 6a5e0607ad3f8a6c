"""Small feeds after their publishers' formats: OSV, KEV, EPSS; and ways to damage them."""

import csv
import gzip
import io
import json
import random
import zipfile


def osv_record(name="DEMO-2026-0001", *, package="lib-a", ecosystem="PyPI", **more):
    return {
        "schema_version": "1.7.0",
        "id": name,
        "modified": "2026-07-01T10:00:00Z",
        "published": "2026-06-01T10:00:00Z",
        "aliases": [f"CVE-2026-{name.rpartition('-')[2]}"],
        "summary": "made up for a test",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]}
                ],
            }
        ],
        **more,
    }


def osv_records(count, **more):
    return [osv_record(f"DEMO-2026-{number:04}", **more) for number in range(1, count + 1)]


def osv_zip(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for each in records:
            named = each.get("id", "none") if isinstance(each, dict) else "damaged"
            raw = json.dumps(each) if isinstance(each, dict) else each
            pack.writestr(f"{named}.json", raw)
    return path


def kev_entry(cve="CVE-2026-0001", **more):
    return {
        "cveID": cve,
        "vendorProject": "Acme",
        "product": "Gateway",
        "vulnerabilityName": "Acme Gateway Injection",
        "dateAdded": "2026-06-02",
        "shortDescription": "made up for a test",
        "requiredAction": "Apply updates.",
        "dueDate": "2026-06-23",
        "knownRansomwareCampaignUse": "Known",
        "notes": "",
        "cwes": ["CWE-74"],
        **more,
    }


def kev_catalogue(entries, *, released="2026-07-01T00:00:00.0000Z", **more):
    return {
        "title": "made up",
        "catalogVersion": released[:10],
        "dateReleased": released,
        "count": len(entries),
        "vulnerabilities": list(entries),
        **more,
    }


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def epss_text(rows, *, day="2026-07-02"):
    out = io.StringIO()
    out.write(f"#model_version:v2026.01.01,score_date:{day}T00:00:00+0000\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("cve", "epss", "percentile"))
    writer.writerows(rows)
    return out.getvalue().encode()


def epss_file(path, rows, *, day="2026-07-02"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(epss_text(rows, day=day), mtime=0))
    return path


def feed_folder(root, *, records=5):
    """One small folder laid out as people bring feeds."""
    osv_zip(root / "osv" / "PyPI" / "all.zip", osv_records(records))
    entries = [kev_entry("CVE-2026-0001"), kev_entry("CVE-2026-0002")]
    write_json(root / "kev" / "kev.json", kev_catalogue(entries))
    rows = [(f"CVE-2026-{number:04}", 0.01 * number, 0.5) for number in range(1, 8)]
    epss_file(root / "epss" / "epss_scores-current.csv.gz", rows)
    (root / "README.md").write_text("not a feed")
    return root


def damaged(raw, seed):
    """Bytes with a few of them changed, cut, doubled or filled: the same for the same seed."""
    choose = random.Random(seed)
    made = bytearray(raw)
    for _ in range(choose.randint(1, 4)):
        at = choose.randrange(max(len(made), 1))
        match choose.randrange(6):
            case 0:
                made[at : at + 1] = bytes([choose.randrange(256)])
            case 1:
                del made[at : at + choose.randint(1, 40)]
            case 2:
                made[at:at] = made[at : at + choose.randint(1, 200)]
            case 3:
                made[at:at] = choose.choice((b"[" * 5_000, b"{", b'"', b"\0" * 20, b"9" * 5_000))
            case 4:
                made[at:at] = choose.choice((b"null", b"-1", b"1e999", b"\xff\xfe", b"\\ud800"))
            case _:
                del made[at:]
    return bytes(made)
