"""Every address of the console against everybody: what the policies permit, and nothing else.

The table is made from the addresses themselves, so a new page is in it at once; a named part of
an address that `PARTS` does not know fails. Whoever may read gets no fault; whoever may not is
told so, whatever the method.
"""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from panshi.node.authority import decided
from panshi.protection.access.roles import ROLES
from tests.web.small_bank import ATTESTED, BANK, HOSTS, SYSTEMS

PARTS = {
    "member": "bank-017",
    "object_id": "indicator--0",
    "sight": "0" * 32,
    "threat_report": "weekly",
    "ticket_id": "ticket--0",
    "member_id": "bank-017",
    "campaign_number": "1",
    "collection_alias": "sharing",
    "asset_id": HOSTS[0],
    "comment_id": "0" * 32,
    "control_id": ATTESTED.partition("/")[2],
    "ending": "yaml",
    "estate_id": BANK,
    "finding_id": "0" * 24,
    "framework_id": ATTESTED.partition("/")[0],
    "number": "none-1",
    "key_id": "none-such",
    "name": "nobody-of-this-name",
    "observation_id": "0" * 32,
    "pk": "999999",
    "proposal": "0" * 32,
    "report": "board",
    "service": "service:none",
    "sha256": "0" * 64,
    "source": "nmap",
    "subscription": "bank-017-1",
    "supplier_id": "supplier:none",
    "system_id": SYSTEMS[0],
    "token": "made-up",
    "view_id": "999999",
}
"Values for the named parts of addresses, by name; most of things that are there."
DOWNLOADS = ("/file/", "/bundle/")
"Made anew at each request, for seconds; the tests of reports ask for them."
ANSWERS = {200, 204, 302, 303, 304, 400, 404, 405, 410}
"What a page may answer to whoever may read it."


def patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        elif isinstance(entry, URLPattern):
            yield entry


def guarded():
    return [entry for entry in patterns(get_resolver()) if entry.callback.panshi_action]


def reachable():
    return [(entry, path_of(entry)) for entry in guarded() if path_of(entry) is not None]


def path_of(entry):
    """Fill the named parts; gives None where one is unknown."""
    route = str(entry.pattern)
    if entry.pattern.converters or "<" in route:
        route = re.sub(r"\(\?P<(\w+)>.*?\)(?=/|\$|$)", r"<\1>", route)
    names = re.findall(r"<(?:\w+:)?(\w+)>", route)
    if not set(names) <= set(PARTS):
        return None
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: PARTS[found.group(1)], route)
    return "/" + route.lstrip("^").rstrip("$")


def test_every_named_part_has_a_value():
    assert [str(each.pattern) for each in guarded() if path_of(each) is None] == []


def test_whoever_is_not_signed_in_is_sent_to_sign_in(visitor):
    wrong = []
    for _entry, path in reachable():
        for method in ("get", "post"):
            answer = getattr(visitor, method)(path)
            if answer.status_code != 302 or "/account/login/" not in answer["Location"]:
                wrong.append((path, method, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_what_the_policies_permit_and_changes_nothing_else(person, role):
    # Given somebody with one role, when they go to every address
    client, wrong = person(role), []
    for entry, path in reachable():
        allowed = decided((role,), entry.callback.panshi_action).allowed
        if not allowed:
            # Then what is not theirs is refused, however it is asked
            found = {client.get(path).status_code, client.post(path).status_code}
            if found != {403}:
                wrong.append((path, found))
        elif not path.endswith(DOWNLOADS):
            # And what is theirs is answered without a fault
            answer = client.get(path)
            own = entry.callback.panshi_action == "account.self"  # some pages are not for everyone
            if answer.status_code not in (ANSWERS | {403} if own else ANSWERS):
                wrong.append((path, answer.status_code))
    assert not wrong
