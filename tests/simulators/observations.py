"""Observations to fill a log with: plain, repeatable, of several kinds."""

from datetime import UTC, date, datetime, timedelta

from panshi.model.bodies.devices import DevicePosture
from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.bodies.resilience import TrainingRecord
from panshi.model.observation import Observation, Outcome

DAY = datetime(2026, 9, 1, 8, tzinfo=UTC)
RECEIVED = datetime(2026, 10, 1, 12, tzinfo=UTC)


def device(number, *, day=0, **body):
    """A device posture; `day` counts from the first of September."""
    return Observation(
        kind="device.posture/1",
        subject=f"device:d-{number:05d}",
        observed_at=DAY + timedelta(days=day),
        collector="mdm 1.2",
        body=DevicePosture(managed=True, patch_age_days=number, source="mdm", **body),
    )


def account(name, *, day=0, **body):
    """An account with personal data in its body."""
    return Observation(
        kind="account.authenticators/1",
        subject=f"account:{name}",
        observed_at=DAY + timedelta(days=day),
        collector="directory export",
        body=AccountAuthenticators(enabled=True, last_sign_in=date(2026, 8, 31), **body),
    )


def training(person, topic, *, day=0, hours=1.5):
    """A course of a person; the facet tells courses apart."""
    return Observation(
        kind="training.record/1",
        subject=f"person:{person}",
        facet=topic,
        observed_at=DAY + timedelta(days=day),
        collector="訓練清單",
        body=TrainingRecord(course=topic, topic=topic, hours=hours, completed=date(2026, 8, 1)),
    )


def unreachable(number, *, day=0, reason="連線逾時"):
    """A look that failed."""
    return Observation(
        kind="device.posture/1",
        subject=f"device:d-{number:05d}",
        observed_at=DAY + timedelta(days=day),
        collector="mdm 1.2",
        outcome=Outcome.UNREACHABLE,
        reason=reason,
    )


def absent(number, *, day=0):
    """A look that surely found nothing."""
    return Observation(
        kind="device.posture/1",
        subject=f"device:d-{number:05d}",
        observed_at=DAY + timedelta(days=day),
        collector="mdm 1.2",
        outcome=Outcome.ABSENT,
    )


def shape(sealed):
    """What tells two answers of a log apart at a glance."""
    seen = sealed.observation
    return (seen.kind, seen.subject, seen.facet, seen.outcome, (seen.observed_at - DAY).days)
