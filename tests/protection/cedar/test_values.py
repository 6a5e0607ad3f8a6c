"""Values as Cedar tells them apart, which is not as Python does."""

import pytest

from panshi.errors import BadInputError
from panshi.protection.cedar.addresses import IpAddress
from panshi.protection.cedar.decimals import Decimal
from panshi.protection.cedar.instants import Datetime, Duration
from panshi.protection.cedar.values import SetValue, Truth, Uid, key, normal, same, type_name


def test_truths_are_no_numbers_not_even_in_sets_and_records():
    assert not same(True, 1)
    assert not same(normal({1}), normal({True}))
    assert not same({"a": 0}, {"a": False})
    assert len(normal((1, True, 0, False))) == 4


def test_the_same_number_of_milliseconds_is_not_the_same_value():
    assert not same(Datetime(5), Duration(5))
    assert not same(Decimal(5), Duration(5))
    assert key(Datetime(5)) != key(Duration(5))


def test_an_entity_is_no_set_of_two_strings():
    # Given a name of an entity, which Python holds for a pair
    uid = Uid("User", "a")

    # Then it stays an entity, alone and in a set
    assert normal(uid) == uid
    assert normal((uid,)) == SetValue({uid})
    assert str(uid) == 'User::"a"'


def test_records_are_equal_by_their_fields_however_deep():
    assert same({"a": {"b": frozenset({1, 2})}}, {"a": {"b": (2, 1, 1)}})
    assert not same({"a": 1}, {"a": 1, "b": 2})


@pytest.mark.parametrize("foreign", [1.5, None, object(), b"x"])
def test_what_cedar_has_no_value_for_is_refused(foreign):
    with pytest.raises(BadInputError):
        normal(foreign)


def test_a_subclass_of_text_or_number_is_taken_for_what_it_is():
    class Word(str):
        __slots__ = ()

    assert type(normal(Word("a"))) is str
    assert key(True) is Truth.TRUE


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "bool"),
        (1, "long"),
        ("a", "string"),
        (SetValue(), "set"),
        ({}, "record"),
        (Uid("User", "a"), "entity of type `User`"),
        (IpAddress.parse("::1"), "ipaddr"),
    ],
)
def test_types_have_cedars_names(value, name):
    assert type_name(value) == name
