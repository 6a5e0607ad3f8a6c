"""Thresholds change with a reason, inside their limits, and every change is sealed."""

from panshi.evidence.log import Filter


def test_a_change_is_sealed_with_who_and_why(ciso, bank):
    # When the CISO raises the confidence
    answer = ciso.post("/parameters/confidence/", {"value": "0.92", "why": "董事會決議"})
    # Then the change is in the log, in force, and shown first
    assert answer.status_code == 302
    newest = bank.log.page(Filter(kind="record.parameter/1"))[0].observation.body
    assert (newest.name, newest.value, newest.changed_by) == (
        "confidence",
        0.92,
        ciso.user.username,
    )
    text = ciso.get("/parameters/").content.decode()
    assert "董事會決議" in text
    ciso.post("/parameters/confidence/", {"value": "0.9", "why": "恢復原值"})


def test_what_is_outside_the_limits_is_refused_with_the_limits(ciso, bank):
    size = bank.log.kinds().get("record.parameter/1", 0)
    for value in ("7", "-1", "nan", "many", ""):
        assert (
            ciso.post("/parameters/confidence/", {"value": value, "why": "test"}).status_code == 400
        )
    assert bank.log.kinds().get("record.parameter/1", 0) == size
