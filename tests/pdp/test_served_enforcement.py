"""`panshi zt serve` as a process: proxies ask by HTTP and gRPC, tokens decide who may ask."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import grpc
import pytest

from panshi.node.zero_trust.point_files import PointTokens
from panshi.pdp.ext_authz_messages import METHOD, SERVICE, CheckRequest, CheckResponse
from panshi.protection.zero_trust.enforcement.credential import session_id_of
from tests.simulators.patience import PATIENCE
from tests.simulators.proxies import EXAMPLES
from tests.simulators.running_point import ENTITIES, POLICIES

pytestmark = pytest.mark.slow
SECRET = "s" * 32


@contextmanager
def served(folder):
    (folder / "policies").mkdir()
    (folder / "policies" / "test.cedar").write_text(POLICIES, "utf-8")
    (folder / "entities.json").write_text(json.dumps(ENTITIES), "utf-8")
    tokens = PointTokens(folder / "tokens")
    secret = tokens.add("pep", ["zt.enforce", "zt.sessions"], days=1, now=time.time())
    weak = tokens.add("weak", ["zt.evaluate"], days=1, now=time.time())
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "zt", "serve", "--policies", str(folder / "policies"),
         "--entities", str(folder / "entities.json"), "--port", "0", "--ext-authz-port", "0",
         "--routes", str(EXAMPLES / "routes.yaml"), "--tokens", str(folder / "tokens"), "--json"],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        told = b""
        while not told.endswith(b"\n}\n"):
            line = process.stdout.readline()
            assert line, "it did not start"
            told += line
        yield json.loads(told), secret, weak
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def ask(ready, path, *, token, method="GET", body=None, **headers):
    request = urllib.request.Request(ready["address"] + path, method=method)
    request.data = None if body is None else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for name, value in (given | headers).items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers)


def check(ready, token, path="/pay/x"):
    request = CheckRequest()
    http = request.attributes.request.http
    http.method, http.host, http.path = "GET", "pay.test", path
    http.headers["cookie"] = f"panshi_zt={SECRET}"
    http.headers["x-panshi-admin"] = "yes"
    with grpc.insecure_channel(f"127.0.0.1:{ready['ext_authz_port']}") as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/{METHOD}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=CheckResponse.FromString,
        )
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        return call(request, metadata=metadata, timeout=PATIENCE)


def test_proxies_ask_the_process_and_show_their_token(tmp_path):
    with served(tmp_path) as (ready, secret, weak):
        # Given somebody signed in
        session = {"id": session_id_of(SECRET), "user": {"type": "User", "id": "amy"}}
        session["assurance"] = 2
        assert ask(ready, "/zt/v1/sessions", token=secret, method="POST", body=session)[0] == 200
        original = {"X_Original_Method": "GET", "X_Original_URI": "/pay/x"}
        original |= {"X_Original_Host": "pay.test"}
        path = "/zt/v1/forward-auth"

        # Then their session is taken from cookie or from the client's own bearer token
        cookie = {"Cookie": f"panshi_zt={SECRET}"}
        status, headers = ask(ready, path, token=secret, **original, **cookie)
        assert (status, headers["x-panshi-user"]) == (200, "amy")
        bearer = {"X_Original_Authorization": f"Bearer {SECRET}"}
        assert ask(ready, path, token=secret, **original, **bearer)[0] == 200
        assert ask(ready, path, token=secret, **original)[0] == 401

        # And no other token may ask
        assert ask(ready, path, token=weak, **original, **cookie)[0] == 403
        assert ask(ready, path, token="nobody", **original, **cookie)[0] == 401

        # And Envoy is answered alike
        answer = check(ready, secret)
        assert answer.status.code == 0
        named = {each.header.key: each.header.value for each in answer.ok_response.headers}
        assert named["x-panshi-user"] == "amy"
        assert list(answer.ok_response.headers_to_remove) == ["x-panshi-admin"]
        assert answer.dynamic_metadata["user"] == "amy"
        assert check(ready, secret, "/nowhere").denied_response.status.code == 403
        for other in (weak, "nobody", ""):
            with pytest.raises(grpc.RpcError) as refused:
                check(ready, other)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
