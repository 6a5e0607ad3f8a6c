"""The forms in which tickets come, and one way to read them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

import msgspec

from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Channel
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.records import Record
from panshi.observe.tickets.draft import Draft
from panshi.observe.tickets.ocsf import is_finding, ocsf
from panshi.observe.tickets.stix import is_bundle, stix

MOST = 5_000
"Tickets of one document."
LIMITS = Limits(max_bytes=32 * MIB)


class Form(StrEnum):
    """How a document says tickets."""

    TICKET = "ticket"
    "Our schema: one ticket, a batch, or one a line."
    WAZUH = "wazuh"
    ELASTIC = "elastic"
    SPLUNK = "splunk"
    OCSF = "ocsf"
    STIX = "stix"
    IODEF = "iodef"
    MAIL = "mail"
    SHEET = "sheet"

    @property
    def channel(self) -> Channel:
        """The way such a document comes in."""
        return _CHANNELS.get(self, Channel.FILE)


_CHANNELS = {
    Form.TICKET: Channel.API,
    Form.WAZUH: Channel.WAZUH,
    Form.ELASTIC: Channel.ELASTIC,
    Form.SPLUNK: Channel.SPLUNK,
    Form.MAIL: Channel.MAIL,
    Form.SHEET: Channel.SHEET,
}


def drafts(form: Form, path: Path, now: datetime) -> tuple[Draft, ...]:
    """Give the drafts of a document."""
    found = tuple(islice(_drafts(form, path, now), MOST + 1))
    if len(found) > MOST:
        raise BadInputError(f"more than {MOST:,} tickets", place=path.name, remedy="split it")
    if not found:
        raise BadInputError("holds no ticket", place=path.name)
    return found


def recognised(path: Path) -> Form:
    """Tell the form of a file by its name and how it begins."""
    ending = path.suffix.lower()
    by_name = {".xlsx": Form.SHEET, ".eml": Form.MAIL, ".xml": Form.IODEF}
    if ending in by_name:
        return by_name[ending]
    first = next(_records(path), None)
    if first is None:
        return Form.TICKET
    if is_bundle(first):
        return Form.STIX
    if is_finding(first):
        return Form.OCSF
    marks = {"rule": Form.WAZUH, "search_name": Form.SPLUNK, "kibana.alert.uuid": Form.ELASTIC}
    marks |= {"kibana": Form.ELASTIC, "_source": Form.ELASTIC, "result": Form.SPLUNK}
    return next((form for mark, form in marks.items() if mark in first), Form.TICKET)


def _drafts(form: Form, path: Path, now: datetime) -> Iterator[Draft]:
    match form:
        case Form.MAIL:
            from panshi.observe.tickets.mail import mail  # noqa: PLC0415 -- only where one is read

            yield from mail(path, now)
        case Form.SHEET:
            from panshi.observe.tickets.sheet import sheet  # noqa: PLC0415 -- as above

            yield from sheet(path, now)
        case Form.IODEF:
            from panshi.observe.tickets.iodef import iodef  # noqa: PLC0415 -- lxml loads slowly

            yield from iodef(path, now)
        case Form.STIX:
            for record in _records(path):
                yield from stix(record, now)
        case Form.TICKET:
            yield from (dict(each) for each in _records(path))
        case Form.OCSF:
            yield from (ocsf(each, now) for each in _records(path))
        case Form.WAZUH | Form.ELASTIC | Form.SPLUNK:
            reader = _alert_reader(form)
            yield from (reader(each, now) for each in _records(path))


def _alert_reader(form: Form) -> Callable[[Record, datetime], Draft]:
    from panshi.observe.tickets import alerts  # noqa: PLC0415 -- only where one is read

    return {Form.WAZUH: alerts.wazuh, Form.ELASTIC: alerts.elastic}.get(form, alerts.splunk)


_LISTS = ("tickets", "alerts", "findings")
"Names under which a document holds several."


def _records(path: Path) -> Iterator[Record]:
    """Give the objects of a JSON document: one, an array, one a line, or a named list."""
    with open_source(path, LIMITS) as source:
        raw = b"".join(iter(source.read, b"")).removeprefix(b"\xef\xbb\xbf")
    for value in _values(raw, path.name):
        if not isinstance(value, dict):
            raise BadInputError("expected an object", place=path.name)
        several = next((value[each] for each in _LISTS if isinstance(value.get(each), list)), None)
        if several is None:
            yield value
        elif all(isinstance(each, dict) for each in several):
            yield from several
        else:
            raise BadInputError("expected objects in the list", place=path.name)


def _values(raw: bytes, place: str) -> Iterator[object]:
    try:
        whole = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        lines = raw.splitlines()
        if isinstance(error, RecursionError) or len(lines) <= 1:
            raise _no_json(error, place) from error
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield msgspec.json.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as inner:
                    raise _no_json(inner, f"{place}:{number}") from inner
        return
    yield from whole if isinstance(whole, list) else [whole]


def _no_json(error: Exception, place: str) -> BadInputError:
    told = "nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
    return BadInputError(f"is not valid JSON: {told}", place=place)
