"""The whole document against a running server: what it promises is what comes, whatever is asked.

Schemathesis makes requests that fit the document and requests that do not. None may be answered
by a fault of the server, a status or a form the document does not name, or be let in without a
token. Examples are few and always the same; `PANSHI_EXAMPLES` asks for more of them.
"""

import json
import os

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from panshi.api.openapi import document
from panshi.api.route import PREFIX
from panshi.api.routes import ROUTES
from panshi.node.authority import permitted
from panshi.protection.access.roles import ROLES
from tests.api.server import home_with_tokens, serve
from tests.simulators.patience import PATIENCE

EXAMPLES = int(os.environ.get("PANSHI_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]
ACTION = {(each.method, PREFIX + each.path.replace(":rest", "")): each.action for each in ROUTES}

TOO_LONG = 414

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    tokens = home_with_tokens(folder)
    address, process = serve(folder, PANSHI_API_RATE="100000")
    yield address, tokens
    process.terminate()
    process.wait(PATIENCE)


schema = schemathesis.openapi.from_dict(document())


def test_the_document_served_is_the_one_tested(server):
    served = requests.get(f"{server[0]}/api/openapi.json", timeout=PATIENCE).json()
    assert served == json.loads(json.dumps(document()))
    assert requests.get(f"{server[0]}/api/v1/openapi.json", timeout=PATIENCE).json() == served


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_what_the_document_promises_is_what_comes(case, server):
    address, tokens = server
    action = ACTION.get((case.method.upper(), case.path), "framework.view")
    role = next((each for each in ROLES if permitted(each, action)), None) if action else None
    headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
    response = case.call(base_url=address, headers=headers, timeout=60)
    if response.status_code != TOO_LONG:  # the web server's own answer, before ours
        case.validate_response(response, checks=CHECKS, headers=headers)
