"""The STIX patterning language, beside stix2-patterns."""

import ast
import random
import re
from pathlib import Path

import pytest
import stix2patterns
from stix2patterns.validator import run_validator

from panshi.alliance.stix.pattern import MAX_DEPTH, MAX_LENGTH, Comparison, comparisons
from panshi.errors import BadInputError

TESTS = Path(stix2patterns.__file__).parent / "test" / "v21"
TOKENS = """
    [ ] ( ) AND OR NOT FOLLOWEDBY LIKE IN = != < >= 'x' 5 -5 .5 h'ab' t'2016-01-01T00:00:00Z'
    START STOP WITHIN SECONDS REPEATS TIMES , : . * EXISTS true ipv4-addr value file:name //x
    /*c*/ \\ é
""".split()  # noqa: SIM905 -- reads best as words


def ours(pattern):
    try:
        comparisons(pattern)
    except BadInputError:
        return False
    return True


def peer(pattern):
    """What the peer says of the syntax alone; hashes are judged elsewhere."""
    try:
        told = run_validator(pattern, "2.1")
    except Exception:  # noqa: BLE001 -- the peer falls over in many ways
        return False
    return not [each for each in told if "is not a valid" not in each]


@pytest.fixture(scope="module")
def known():
    if not TESTS.is_dir():
        pytest.skip("this stix2-patterns carries no tests")
    found = [each.strip() for each in (TESTS / "spec_examples.txt").read_text().splitlines()]
    tree = ast.parse((TESTS / "test_validator.py").read_text())
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [each for each in (*found, *texts) if isinstance(each, str) and "[" in each]


def test_the_peer_s_own_patterns_are_read_as_it_reads_them(known):
    assert len(known) > 50
    assert [each for each in known if ours(each) != peer(each)] == []


def test_patterns_with_a_token_changed_are_read_as_the_peer_reads_them(known):
    chance, made = random.Random(5), []
    for _ in range(200):
        parts = re.findall(r"\w+|\s+|.", chance.choice(known))
        at = chance.randrange(len(parts))
        parts[at : at + chance.randrange(2)] = [f" {chance.choice(TOKENS)} "] * chance.randrange(2)
        made.append("".join(parts))
    assert [each for each in made if ours(each) != peer(each)] == []


def test_what_is_compared_is_given_back():
    found = comparisons(
        "[file:hashes.'SHA-256' = 'ab' AND x-y:a[*].b NOT IN (1, 'c')] WITHIN 5 SECONDS"
    )
    assert found == (
        Comparison("file", ("hashes", "SHA-256"), "=", ("ab",)),
        Comparison("x-y", ("a", "[*]", "b"), "IN", ("1", "c"), negated=True),
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 100_000,
        "[" + "(" * (MAX_DEPTH + 1) + "a:b = 1" + ")" * (MAX_DEPTH + 1) + "]",
        "['" + "\\" * 50_001,
        "[a:b = b'" + "A" * 90_001,
        "[a:b = 'x']" * (MAX_LENGTH // 10),
        "/*" * 40_000,
        "",
        "\x00",
    ],
    ids=range(8),
)
def test_hostile_patterns_are_refused_in_linear_time(hostile):
    assert not ours(hostile)
