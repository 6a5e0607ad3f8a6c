"""The packaged knowledge as bytes: frameworks, crosswalks and parameters, each with its file name.

Reading needs the file system, judging does not: the loaders in `panshi.governance.frameworks` take
the bytes given here. Frameworks come in the order people look for them, others after by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from panshi.errors import UsageError

type Content = tuple[str, bytes]
"""File name below `content/`, for messages, and the file's bytes."""

_FIRST = ("zt36.yaml", "blueprint.yaml", "actionplan.yaml", "emerging.yaml")


def frameworks() -> tuple[Content, ...]:
    """Every framework file."""
    found = dict(_files("frameworks"))
    first = [name for name in (f"frameworks/{each}" for each in _FIRST) if name in found]
    rest = [name for name in found if name not in first]
    return tuple((name, found[name]) for name in (*first, *rest))


def framework(framework_id: str) -> Content:
    """One framework file by the framework's id, which is the file's stem."""
    wanted = f"frameworks/{framework_id}.yaml"
    for name, raw in _files("frameworks"):
        if name == wanted:
            return name, raw
    known = ", ".join(name.removeprefix("frameworks/")[:-5] for name, _ in frameworks())
    raise UsageError(f"there is no framework {framework_id!r}", remedy=f"frameworks: {known}")


def mappings() -> tuple[Content, ...]:
    """Every crosswalk file."""
    return tuple(_files("crosswalks"))


def parameters() -> Content:
    """Give the governed thresholds."""
    return "parameters.yaml", _content().joinpath("parameters.yaml").read_bytes()


def policies(name: str) -> Content:
    """One file of access policies."""
    return f"policies/{name}", _content().joinpath("policies", name).read_bytes()


def documents() -> Content:
    """Give the kinds of document that attestations rest on."""
    return "documents.yaml", _content().joinpath("documents.yaml").read_bytes()


def offices() -> Content:
    """Give the offices of an institution and what is asked of their holders."""
    return "offices.yaml", _content().joinpath("offices.yaml").read_bytes()


def authority() -> Content:
    """Give who may approve which exception."""
    return "authority.yaml", _content().joinpath("authority.yaml").read_bytes()


def indicators() -> Content:
    """Give the indicators that ship."""
    return "indicators.yaml", _content().joinpath("indicators.yaml").read_bytes()


def glossary() -> Content:
    """Give the words of security in two languages, by which texts are compared."""
    return "glossary.yaml", _content().joinpath("glossary.yaml").read_bytes()


def work_roles() -> Content:
    """Give the NICE work roles for which projects state hours."""
    return "work_roles.yaml", _content().joinpath("work_roles.yaml").read_bytes()


def zero_trust(name: str) -> Content:
    """Give one file of what zero trust is judged by."""
    return f"zero_trust/{name}", _content().joinpath("zero_trust", name).read_bytes()


def supply_chain(name: str) -> Content:
    """Give one file of what the software supply chain is judged by."""
    return f"supply_chain/{name}", _content().joinpath("supply_chain", name).read_bytes()


def alliance(name: str) -> Content:
    """Give one file of what joint defence is judged by."""
    return f"alliance/{name}", _content().joinpath("alliance", name).read_bytes()


def resilience(name: str) -> Content:
    """Give one file of what resilience is judged by."""
    return f"resilience/{name}", _content().joinpath("resilience", name).read_bytes()


def scenarios() -> tuple[Content, ...]:
    """Give every disaster that ships."""
    return tuple(_files("resilience/scenarios"))


def secure_development(name: str) -> Content:
    """Give one file of what the making of software is judged by."""
    place = f"secure_development/{name}"
    return place, _content().joinpath("secure_development", name).read_bytes()


def extraction(name: str) -> Content:
    """Give one file of what free text is read by."""
    return f"extraction/{name}", _content().joinpath("extraction", name).read_bytes()


def demo(name: str) -> Content:
    """Give one file of the demo bank."""
    return f"demo/{name}", _content().joinpath("demo", name).read_bytes()


def _content() -> Traversable:
    return files("panshi").joinpath("content")


def _files(folder: str) -> Iterator[Content]:
    found = (each for each in _content().joinpath(folder).iterdir() if each.name.endswith(".yaml"))
    for each in sorted(found, key=lambda file: file.name):
        yield f"{folder}/{each.name}", each.read_bytes()
