"""Any body of any kind: Hypothesis strategies derived from the registered dataclasses."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from types import NoneType, UnionType
from typing import NewType, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from panshi.model.resilience.graph import Delay
from panshi.model.zone import INSTITUTION_ZONE

TEXT = st.text(max_size=12).filter(lambda text: "\0" not in text)
PLAIN = {
    str: st.text(max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.sampled_from((UTC, INSTITUTION_ZONE))),
    timedelta: st.timedeltas(),
    NoneType: st.none(),
    Delay: st.builds(
        lambda ends, day, evidence: Delay(
            low=min(ends),
            likely=sorted(ends)[1],
            high=max(ends),
            measured_on=day,
            evidence=evidence,
        ),
        st.lists(st.floats(0, 1e9), min_size=3, max_size=3),
        st.none() | st.dates(),
        st.text(max_size=20),
    ),
}


def values(hint):
    """Strategy for any value of a type a body may have."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, NewType):
        return values(hint.__supertype__)
    if get_origin(hint) is tuple:
        inner, *more = get_args(hint)
        if more == [Ellipsis]:
            return st.lists(values(inner), max_size=3).map(tuple)
        return st.tuples(values(inner), *map(values, more))
    if get_origin(hint) is UnionType or isinstance(hint, UnionType):
        return st.one_of(*(values(part) for part in get_args(hint)))
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{f.name: values(hints[f.name]) for f in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, str):
        return st.sampled_from(list(hint))
    raise TypeError(f"no strategy for {hint}")
