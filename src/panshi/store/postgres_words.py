"""What PostgreSQL says in codes, said in words; shared by everything that rests in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo, errors

from panshi.errors import PanshiError, StoreError


@contextmanager
def told(what: str, *, place: str, schema: str, wait: float) -> Iterator[None]:
    """Turn the driver's errors about `what` ("the estates") into a `StoreError` with a remedy."""
    try:
        yield
    except PanshiError:
        raise
    except errors.LockNotAvailable as error:
        raise StoreError(
            f"another writer held {what} for more than {wait:g} seconds",
            place=place,
            remedy="wait until it is done and try again; nothing was written",
        ) from error
    except errors.DiskFull as error:
        raise StoreError(
            "the database server's disk is full; nothing of this was written",
            place=place,
            remedy="free some space there and try again",
        ) from error
    except (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege) as error:
        raise StoreError(
            f"this database user may not write {what}: {first_line(error)}",
            place=place,
            remedy=f"grant it CREATE on the database and all rights on schema {schema}",
        ) from error
    except psycopg.OperationalError as error:
        raise StoreError(
            f"the database cannot be reached: {first_line(error)}",
            place=place,
            remedy="see that the server runs and the address is right",
        ) from error
    except psycopg.Error as error:
        raise StoreError(
            f"PostgreSQL says: {first_line(error)}", place=place, remedy="see the server's log"
        ) from error


def without_password(url: str) -> str:
    """Name a database as messages may."""
    try:
        parts: dict[str, Any] = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        return "PostgreSQL"
    return f"PostgreSQL {parts.get('host', '')}/{parts.get('dbname', '')}"


def first_line(error: psycopg.Error) -> str:
    """Give the sentence of an error that tells people something."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
