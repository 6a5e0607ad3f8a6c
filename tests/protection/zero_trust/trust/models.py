"""A small trust model of our own, so that tests of rules do not depend on the weights that ship."""

from panshi.protection.zero_trust.trust.model import Family, Grade, NoveltyModel, TrustModel
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind


def family(name, about, grades, *, required=False, fresh=1_000.0, half=500.0, recovers=0.0):
    return Family(
        id=name,
        title_zh=name,
        title_en=name,
        about=about,
        required=required,
        fresh_for_s=fresh,
        half_life_s=half,
        recovers_s=recovers,
        grades={
            grade: Grade(id=grade, title_zh=grade, title_en=grade, weight=weight)
            for grade, weight in grades.items()
        },
        lowest=0.0 if grades else -3.0,
        highest=0.0 if grades else 1.0,
        why_zh="因為",
        why_en="because",
        cites="own",
    )


FAMILIES = (
    family(
        "authenticator",
        SubjectKind.SESSION,
        {"phishing_resistant": 2.0, "aal3": 1.6, "aal2": 1.0, "aal1": -0.5, "weak": -2.0},
        required=True,
        fresh=8_000.0,
        half=4_000.0,
    ),
    family(
        "device.compliance",
        SubjectKind.DEVICE,
        {"compliant": 1.0, "not_compliant": -3.0},
        required=True,
    ),
    family("account", SubjectKind.USER, {"fine": 0.2, "odd": -1.5, "bad": -6.0}),
    family("behaviour", SubjectKind.SESSION, {"usual": 0.3, "odd": -2.0}, recovers=300.0),
    family("address", SubjectKind.ADDRESS, {"clear": 0.1, "listed": -6.0}),
    family("place", SubjectKind.SESSION, {}),
)
MODEL = TrustModel(
    version="test",
    prior=0.0,
    skew_s=60.0,
    missed_beats=3,
    step_up_s=300.0,
    idle_s=0.0,
    levels=(("高", "high", 50), ("無", "none", 0)),
    families={each.id: each for each in FAMILIES},
    novelty=NoveltyModel(smoothing=8.0, mimicry=0.25, forgets_s=1e6, countries=60),
)
SUBJECTS = (
    Subject(SubjectKind.SESSION, "s"),
    Subject(SubjectKind.USER, "amy"),
    Subject(SubjectKind.DEVICE, "nb"),
    Subject(SubjectKind.ADDRESS, "203.0.113.7"),
)


def said(kind, grade="", *, at=0.0, source="src", value=0.0, fresh_for=0.0, about=None):
    kinds = {each.kind: each for each in SUBJECTS}
    return Signal(
        kind=kind,
        subject=about or kinds[MODEL.families[kind].about],
        value=grade or value,
        weight_class=grade,
        observed_at=at,
        received_at=at,
        source=source,
        fresh_for_s=fresh_for,
    )
