"""What a page looks at: an estate, a field, and one assessment of each framework per request."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest
from django.utils import timezone

from panshi.model.estate import Estate
from panshi.model.verdict import Assessment
from panshi.web.frame import ESTATE_KEY
from panshi.web.nodes import node
from panshi.web.words import FIELD_NAMES


class Looking:
    """An estate and a field (場域), with the assessments a page asked for so far."""

    def __init__(self, estate: Estate, field: str, fields: tuple[str, ...]) -> None:
        """Remember what is looked at; nothing is judged yet."""
        self.fields = fields
        self.estate = estate
        self.field = field
        self.today: date = timezone.localdate()
        self._assessments: dict[str, Assessment] = {}

    def assess(self, framework_id: str) -> Assessment:
        """Judge a framework, once per page."""
        found = self._assessments.get(framework_id)
        if found is None:
            found = node().assess(framework_id, self.estate.id, in_field=self.field)
            self._assessments[framework_id] = found
        return found

    @property
    def context(self) -> dict[str, object]:
        """What every template about an estate needs."""
        return {
            "looking": self,
            "estate": self.estate,
            "estate_id": self.estate.id,
            "field": self.field,
            "field_names": {each: FIELD_NAMES[each] for each in self.fields if each in FIELD_NAMES},
        }


def looking(request: HttpRequest, estate_id: str) -> Looking:
    """Look at an estate, and remember it for pages that are about none in particular."""
    if estate_id not in node().estate_ids():
        raise Http404(estate_id)
    if request.session.get(ESTATE_KEY) != estate_id:
        request.session[ESTATE_KEY] = estate_id
    field = request.GET.get("field", "")
    fields = node().judging.ask(lambda assessor: tuple(assessor.fields), estate_id)
    return Looking(node().estate(estate_id), field if field in fields else "", fields)
