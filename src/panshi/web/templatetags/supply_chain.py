"""What templates on the software supply chain share."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from panshi.protection.supply_chain.findings.counting import BillState
from panshi.protection.supply_chain.findings.finding import Finding, Ssvc
from panshi.web.supply_chain_tabs import tabs
from panshi.web.supply_chain_words import BILL_STATES, DECISIONS, GONE, STATUSES
from panshi.web.words import Pair, pick

register = template.Library()


@register.inclusion_tag("parts/supply_chain_tabs.html", takes_context=True)
def supply_chain_tabs(context: Mapping[str, object]) -> dict[str, object]:
    """Show the tabs above a page on the software supply chain."""
    request = context["request"]
    if not isinstance(request, HttpRequest):
        return {"tabs": ()}
    return {"tabs": tuple(tabs(request, str(context.get("estate_id", ""))))}


@register.simple_tag
def bill_mark(state: BillState) -> SafeString:
    """Say how fresh a bill is."""
    return _mark(*BILL_STATES[state])


@register.simple_tag
def ssvc_mark(decision: Ssvc | None) -> SafeString:
    """Say how urgent a finding is."""
    return _mark(*DECISIONS[decision]) if decision else format_html("{}", "—")


@register.simple_tag
def finding_mark(finding: Finding) -> SafeString:
    """Say what is known of a finding: proven fixed by a bill, or by statements and versions."""
    return _mark(*(GONE if finding.fixed_at else STATUSES[finding.status]))


def _mark(word: Pair, kind: str) -> SafeString:
    return format_html('<span class="state {}">{}</span>', kind, pick(word))
