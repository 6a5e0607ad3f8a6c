"""Cedar policies compiled to an index whose answers equal Cedar's own.

Cedar (https://docs.cedarpolicy.com) is the language; its own parser and validator, by cedarpy,
read what people write. Decisions, determining policies and errors equal cedarpy's.
"""

from panshi.protection.cedar.addresses import IpAddress
from panshi.protection.cedar.compiled import CompiledPolicies, compile_policies
from panshi.protection.cedar.decimals import Decimal
from panshi.protection.cedar.decision import Decision, PolicyError, Request
from panshi.protection.cedar.entities import Entity, EntityStore
from panshi.protection.cedar.instants import Datetime, Duration
from panshi.protection.cedar.reading import Link
from panshi.protection.cedar.schema import Schema
from panshi.protection.cedar.values import Uid, Value, uid

__all__ = [
    "CompiledPolicies",
    "Datetime",
    "Decimal",
    "Decision",
    "Duration",
    "Entity",
    "EntityStore",
    "IpAddress",
    "Link",
    "PolicyError",
    "Request",
    "Schema",
    "Uid",
    "Value",
    "compile_policies",
    "uid",
]
