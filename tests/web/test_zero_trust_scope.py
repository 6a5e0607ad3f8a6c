"""The zero-trust wizard: every step answers in a sentence, answers are sealed and taken back."""

import re

import pytest

from panshi.node.zero_trust.scope import scoped

SCOPE = "/e/small-bank/scope/"
STEPS = ("", "facts/", "fields/", "scores/", "choice/", "roadmap/")


def systems(bank):
    return scoped(bank, "small-bank").scope.systems


@pytest.mark.parametrize("step", STEPS)
def test_every_step_answers_in_its_first_line(ciso, step):
    answer = ciso.get(SCOPE + step)

    assert answer.status_code == 200
    assert '<p class="lead">' in answer.content.decode()


def test_every_field_and_standing_can_be_asked_for(ciso):
    for field in ("remote_work", "cloud_access", "cross_institution", "nonsense"):
        for step in ("fields/", "scores/"):
            assert ciso.get(f"{SCOPE}{step}?of={field}&standing=out&q=x").status_code == 200


def test_one_answer_for_a_group_is_one_record_and_can_be_taken_back(ciso, bank):
    # Given systems of which nobody knows whether staff reach them from outside
    fact = "remote_staff_access"
    missing = scoped(bank, "small-bank").scope.asks[fact]
    page = ciso.get(f"{SCOPE}facts/?fact={fact}").content.decode()
    assert page.count('name="system"') == min(len(missing), 30)

    # When one answer is given for all that fit
    form = {"fact": fact, "value": "true", "every": "1", "why": "interview"}
    answer = ciso.post(f"{SCOPE}facts/answer/", form, follow=True)
    assert answer.status_code == 200

    # Then every one of them is in the field, by one record
    now = scoped(bank, "small-bank").scope
    assert fact not in now.asks
    (given,) = [each for each in now.said.answers if not each.withdrawn_by]
    assert set(given.body.systems) == set(missing)
    assert given.body.answered_by == ciso.user.get_username()

    # And taking it back makes it unknown again
    back = {"number": given.number, "fact": fact}
    assert ciso.post(f"{SCOPE}facts/withdraw/", back, follow=True).status_code == 200
    assert scoped(bank, "small-bank").scope.asks[fact] == missing


def test_an_answer_without_value_or_system_is_refused_on_the_page(ciso, bank):
    before = bank.log.size()
    for form in ({"fact": "vpn_only"}, {"fact": "vpn_only", "value": "true"}, {"value": "true"}):
        answer = ciso.post(f"{SCOPE}facts/answer/", form, follow=True)
        assert answer.status_code == 200
        assert 'class="error"' in answer.content.decode()
    assert not [
        each for each in bank.log.since(before) if each.observation.kind.startswith("record.zt")
    ]


def test_one_system_tells_its_fields_reasons_and_sources(ciso, bank):
    first = systems(bank)[0].system
    page = ciso.get(f"{SCOPE}system/{first.id}/").content.decode()

    assert first.name in page
    assert page.count("<h2") >= 4
    assert ciso.get(f"{SCOPE}system/system:nobody/").status_code == 404


def test_a_decision_takes_a_reason_and_can_be_taken_back(ciso, bank):
    form = {"back": "choice", "field": "remote_work", "choice": "chosen", "why": ""}
    refused = ciso.post(f"{SCOPE}choice/decide/", form, follow=True).content.decode()
    assert 'class="error"' in refused

    ciso.post(f"{SCOPE}choice/decide/", form | {"why": "pilot"}, follow=True)
    assert "remote_work" in scoped(bank, "small-bank").scope.chosen_fields

    ciso.post(f"{SCOPE}choice/decide/", form | {"why": "over", "choice": "computed"}, follow=True)
    assert not scoped(bank, "small-bank").scope.said.decisions


@pytest.mark.parametrize("form", ["pdf", "xlsx", "docx"])
def test_the_sheet_is_a_file(ciso, form):
    answer = ciso.get(f"{SCOPE}file/?form={form}")

    assert answer.status_code == 200
    assert re.search(rf'filename="zero-trust-scope-.*\.{form}"', answer["Content-Disposition"])
    assert ciso.get(f"{SCOPE}file/?form=exe").status_code == 404


def test_stages_with_dates_that_cannot_be_read_are_said_on_the_page(ciso):
    assert ciso.get(f"{SCOPE}roadmap/?targets=V=soon").status_code == 422


def test_audit_reads_and_changes_nothing(person):
    auditor = person("internal_audit")
    for step in STEPS:
        page = auditor.get(SCOPE + step)
        assert page.status_code == 200
        assert 'action="/e/small-bank/scope/' not in page.content.decode()
    for step in ("facts/answer/", "facts/withdraw/", "choice/decide/", "label/"):
        assert auditor.post(SCOPE + step).status_code == 403
