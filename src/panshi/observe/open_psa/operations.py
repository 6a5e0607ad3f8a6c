"""What the operations of Open-PSA expressions do with numbers.

Each has the count of arguments it takes. Built-in distributions over time as the format defines
them (section "Built-ins"); `periodic-test` with tests that take no time, and repair at once (four
arguments) or at a rate (five).
"""

from __future__ import annotations

import math
from collections.abc import Callable

type Values = tuple[float, ...]


def _glm(parts: Values) -> float:
    """Fails on demand with gamma, then at rate lambda, is repaired at rate mu, after time t."""
    gamma, rate, repair, time = parts
    total = rate + repair
    if total == 0:
        return gamma
    return (rate - (rate - gamma * total) * math.exp(-total * time)) / total


def _weibull(parts: Values) -> float:
    scale, shape, start, time = parts
    return 0.0 if time <= start else -math.expm1(-math.pow((time - start) / scale, shape))


def _tested(parts: Values) -> float:
    """Fails at a rate; found and repaired at tests every tau from theta on.

    Between tests it works, has failed unseen, or is in repair, where a test found it failed.
    """
    rate, *repair, every, first, time = parts
    if rate < 0 or every <= 0 or first < 0 or time < 0 or (repair and repair[0] <= 0):
        raise ValueError
    if time <= first:
        return -math.expm1(-rate * time)
    rounds, rest = divmod(time - first, every)
    if not repair:
        return -math.expm1(-rate * (rest or every))
    failed, mended = -math.expm1(-rate * first), 0.0
    if rounds > _MOST_TESTS:
        raise ValueError
    for length in (*(every for _ in range(int(rounds))), rest):
        sick = failed + mended  # what a test finds, and what was not yet mended
        still = math.exp(-repair[0] * length)
        again = _mended_and_failed(rate, repair[0], length)
        working = 1 - sick
        failed = working * -math.expm1(-rate * length) + sick * again
        mended = sick * still
    return failed + mended


_MOST_TESTS = 1_000_000


def _mended_and_failed(rate: float, repair: float, time: float) -> float:
    """Chance of being mended and having failed again."""
    if math.isclose(rate, repair):
        return 1 - math.exp(-rate * time) * (1 + rate * time)
    mended, failed = -math.expm1(-repair * time), -math.expm1(-rate * time)
    return (rate * mended - repair * failed) / (rate - repair)


def _lognormal(parts: Values) -> float:
    """Mean, error factor, level; or mu and sigma."""
    if len(parts) == 3:  # noqa: PLR2004 -- the first form
        return parts[0]
    return math.exp(parts[0] + parts[1] ** 2 / 2)


def _histogram(parts: Values) -> float:
    """Lower end, then upper end and weight of each bin: the mean."""
    low, found, whole = parts[0], 0.0, 0.0
    for high, weight in zip(parts[1::2], parts[2::2], strict=True):
        if high <= low or weight < 0:
            raise ValueError
        found += weight * (low + high) / 2
        whole += weight
        low = high
    return found / whole


_ANY = 1_001
_ONE, _TWO = range(1, 2), range(2, 3)
_PLAIN: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "ceil": math.ceil,
    "floor": math.floor,
}


def _of_one(function: Callable[[float], float]) -> tuple[range, Callable[[Values], float]]:
    return _ONE, lambda parts: function(parts[0])


OPERATIONS: dict[str, tuple[range, Callable[[Values], float]]] = {
    **{name: _of_one(function) for name, function in _PLAIN.items()},
    "neg": (_ONE, lambda parts: -parts[0]),
    "add": (range(1, _ANY), math.fsum),
    "sub": (range(2, _ANY), lambda parts: parts[0] - math.fsum(parts[1:])),
    "mul": (range(1, _ANY), math.prod),
    "div": (range(2, _ANY), lambda parts: parts[0] / math.prod(parts[1:])),
    "mod": (_TWO, lambda parts: math.fmod(int(parts[0]), int(parts[1]))),
    "pow": (_TWO, lambda parts: math.pow(*parts)),
    "min": (range(1, _ANY), min),
    "max": (range(1, _ANY), max),
    "mean": (range(1, _ANY), lambda parts: math.fsum(parts) / len(parts)),
    "not": (_ONE, lambda parts: float(not parts[0])),
    "and": (range(1, _ANY), lambda parts: float(all(parts))),
    "or": (range(1, _ANY), lambda parts: float(any(parts))),
    "eq": (_TWO, lambda parts: float(parts[0] == parts[1])),
    "df": (_TWO, lambda parts: float(parts[0] != parts[1])),
    "lt": (_TWO, lambda parts: float(parts[0] < parts[1])),
    "gt": (_TWO, lambda parts: float(parts[0] > parts[1])),
    "leq": (_TWO, lambda parts: float(parts[0] <= parts[1])),
    "geq": (_TWO, lambda parts: float(parts[0] >= parts[1])),
    "exponential": (_TWO, lambda parts: -math.expm1(-parts[0] * parts[1])),
    "GLM": (range(4, 5), _glm),
    "Weibull": (range(4, 5), _weibull),
    "periodic-test": (range(4, 6), _tested),
    "uniform-deviate": (_TWO, lambda parts: (parts[0] + parts[1]) / 2),
    "normal-deviate": (_TWO, lambda parts: parts[0]),
    "lognormal-deviate": (range(2, 4), _lognormal),
    "gamma-deviate": (_TWO, lambda parts: parts[0] * parts[1]),
    "beta-deviate": (_TWO, lambda parts: parts[0] / (parts[0] + parts[1])),
    "histogram": (range(3, _ANY, 2), _histogram),
}
