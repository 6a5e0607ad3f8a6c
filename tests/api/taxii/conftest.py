"""A hub behind the API, with a token of its staff and members that read and write."""

import base64
import json
from itertools import count

import pytest

from tests.api.asking import ask

MEDIA = "application/taxii+json;version=2.1"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def kept_hub(tmp_path_factory):
    """The node the API serves, made once: what people did stays, objects do not."""
    from panshi.api.asgi import senders
    from panshi.node.alliance.hub import prepare_hub
    from panshi.node.home import Home
    from panshi.node.node import Node
    from panshi.node.running import running_node

    home = tmp_path_factory.mktemp("hub")
    with Node.open(Home(path=home)) as node:
        prepare_hub(node, actor="lin.yating", name="Hub")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANSHI_HOME", str(home))
        running_node.cache_clear()
        senders.cache_clear()
        yield running_node()
        running_node().close()
        running_node.cache_clear()
        senders.cache_clear()


@pytest.fixture
def hub(kept_hub):
    """The hub without objects."""
    from panshi.node.alliance import objects
    from panshi.store.stix_objects import PLACE

    yield kept_hub
    objects.store(kept_hub).close()
    objects._open.pop(kept_hub)
    for file in (kept_hub.home.path / PLACE).parent.iterdir():
        file.unlink()


@pytest.fixture
def token_of(hub):
    """Make a token of a role of the hub."""

    def made(role):
        name = f"t-{next(NUMBERS)}"
        return hub.tokens.make(name=name, role=role, days=1, now=hub.clock())

    return made


@pytest.fixture
def staff(token_of):
    return Client(token_of("analyst"))


@pytest.fixture
def member_of(hub):
    """Let a member in and give a client with a token of it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from panshi.node.alliance.admission import admission
    from panshi.node.alliance.members import MemberDesk, enrol, member

    def made(name, *, kind="institution", communities=(), scopes=("taxii.read", "taxii.write")):
        name = f"{name}-{next(NUMBERS)}"
        code = MemberDesk(hub, actor="lin.yating").invite(
            name, called=name, sector="banking", kind=kind, communities=communities
        )
        enrol(hub, code, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        MemberDesk(hub, actor="chen.weiting").approve(name)
        clear = admission(hub).issue_token(member(hub, name), "t", scopes, days=1, actor="x")
        return Client(clear, name)

    return made


class Client:
    """One who asks by HTTP Basic, as TAXII clients do."""

    def __init__(self, clear, user=""):
        shown = base64.b64encode(f"{user}:{clear}".encode()).decode()
        self.headers = {"accept": MEDIA, "authorization": f"Basic {shown}", "host": "hub.example"}

    def ask(self, method, path, *, query="", body=b"", **headers):
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        if method == "POST":
            named = {"content-type": MEDIA, "content-length": str(len(body)), **named}
        told = {**self.headers, **named}
        return ask(method, path, query=query, body=body, headers=told, prefix="/taxii2/")

    def get(self, path, query=""):
        status, head, body = self.ask("GET", path, query=query)
        return status, head, json.loads(body)

    def add(self, path, *objects):
        body = json.dumps({"objects": objects}).encode()
        status, _head, told = self.ask("POST", path, body=body)
        return status, json.loads(told)
