"""The messages of Envoy's `envoy.service.auth.v3.Authorization`, as far as they are spoken here.

Built from field numbers at import (ADR 0156): fields that are not named here are skipped when read,
as protobuf prescribes, and never written. Enumerations are written as integers, which is the same
on the wire.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, struct_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

SERVICE = "envoy.service.auth.v3.Authorization"
METHOD = "Check"
OVERWRITE = 2
"HeaderValueOption.append_action OVERWRITE_IF_EXISTS_OR_ADD: what a client sent is replaced."

_PACKAGE = "panshi.ext_authz"
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "int32": _Field.TYPE_INT32,
    "bool": _Field.TYPE_BOOL,
}

# Message → field → (number, type); `*` marks a repeated field, `map` a map of texts.
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "CheckRequest": {"attributes": (1, "AttributeContext")},
    "AttributeContext": {
        "source": (1, "Peer"),
        "request": (4, "Request"),
        "context_extensions": (10, "map"),
    },
    "Peer": {
        "address": (1, "Address"),
        "service": (2, "string"),
        "principal": (4, "string"),
        "certificate": (5, "string"),
    },
    "Address": {"socket_address": (1, "SocketAddress")},
    "SocketAddress": {"address": (2, "string")},
    "Request": {"http": (2, "HttpRequest")},
    "HttpRequest": {
        "id": (1, "string"),
        "method": (2, "string"),
        "headers": (3, "map"),
        "path": (4, "string"),
        "host": (5, "string"),
        "scheme": (6, "string"),
    },
    "CheckResponse": {
        "status": (1, "Status"),
        "denied_response": (2, "DeniedHttpResponse"),
        "ok_response": (3, "OkHttpResponse"),
        "dynamic_metadata": (4, ".google.protobuf.Struct"),
    },
    "Status": {"code": (1, "int32"), "message": (2, "string")},
    "DeniedHttpResponse": {
        "status": (1, "HttpStatus"),
        "headers": (2, "*HeaderValueOption"),
        "body": (3, "string"),
    },
    "OkHttpResponse": {
        "headers": (2, "*HeaderValueOption"),
        "headers_to_remove": (5, "*string"),
    },
    "HttpStatus": {"code": (1, "int32")},
    "HeaderValueOption": {"header": (1, "HeaderValue"), "append_action": (3, "int32")},
    "HeaderValue": {"key": (1, "string"), "value": (2, "string")},
}


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(
        name="panshi/ext_authz.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[struct_pb2.DESCRIPTOR.name],
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add(message, name, field, number, kind)
    return file


def _add(
    message: descriptor_pb2.DescriptorProto, owner: str, field: str, number: int, kind: str
) -> None:
    added = message.field.add(name=field, number=number, label=_Field.LABEL_OPTIONAL)
    if kind == "map":
        entry_name = "".join(each.capitalize() for each in field.split("_")) + "Entry"
        entry = message.nested_type.add(name=entry_name)
        entry.options.map_entry = True
        for number_, part in ((1, "key"), (2, "value")):
            entry.field.add(
                name=part,
                number=number_,
                label=_Field.LABEL_OPTIONAL,
                type=_Field.TYPE_STRING,
            )
        added.type, added.label = _Field.TYPE_MESSAGE, _Field.LABEL_REPEATED
        added.type_name = f".{_PACKAGE}.{owner}.{entry_name}"
        return
    if kind.startswith("*"):
        added.label = _Field.LABEL_REPEATED
    scalar = _SCALARS.get(kind.removeprefix("*"))
    if scalar is not None:
        added.type = scalar
        return
    added.type = _Field.TYPE_MESSAGE
    bare = kind.removeprefix("*")
    added.type_name = bare if bare.startswith(".") else f".{_PACKAGE}.{bare}"


_POOL = DescriptorPool()
_POOL.Add(descriptor_pb2.FileDescriptorProto.FromString(struct_pb2.DESCRIPTOR.serialized_pb))
_POOL.Add(_file())


def _class(name: str) -> Any:  # noqa: ANN401 -- protobuf makes the classes at run time
    return GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


CheckRequest = _class("CheckRequest")
CheckResponse = _class("CheckResponse")
