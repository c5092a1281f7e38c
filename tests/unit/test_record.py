"""Records behave as dataclasses with slots do."""

import copy
import dataclasses
import pickle

import pytest

from cfn2heat.record import field, fields, mutable_record, record, replace


@record
class Point:
    """A point."""

    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict)

    @property
    def sum(self):
        """Both together."""
        return self.x + self.y


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    """The same by the standard library."""

    x: int
    y: int = 0
    tags: dict[str, int] = dataclasses.field(default_factory=dict)


@record
class Pair:
    """Two values that can be hashed."""

    a: object
    b: object


@record
class Empty:
    """Nothing inside."""


@mutable_record
class Open:
    """What may be changed."""

    x: int
    tags: list[int] = field(default_factory=list)


def test_mutable_records_can_be_set_and_copied_but_not_hashed():
    value = Open(1)
    value.x = 2
    value.tags.append(3)
    assert value == Open(2, [3]) != Open(1, [3])
    assert copy.deepcopy(value) == value
    assert copy.deepcopy(value).tags is not value.tags
    assert pickle.loads(pickle.dumps(value)) == value
    assert replace(value, x=5) == Open(5, [3])
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)
    with pytest.raises(AttributeError):
        value.other = 1


def test_made_by_place_by_name_and_by_default():
    assert (Point(1, 2).x, Point(x=1, y=2).y, Point(1).y, Point(1).tags, Point(1, tags={"a": 1}).tags) == (1, 2, 0, {}, {"a": 1})
    assert Point(1).tags is not Point(1).tags
    assert Point(1, 2).sum == 3


@pytest.mark.parametrize("arguments", [(), (1, 2, {}, 4)])
def test_wrong_arguments(arguments):
    for kind in (Point, Model):
        with pytest.raises(TypeError, match="__init__"):
            kind(*arguments)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=2)


def test_equal_by_value_and_kind():
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert Point(1) != Model(1)
    assert Empty() == Empty()


def test_hashed_by_value():
    assert hash(Pair(1, "a")) == hash(Pair(1, "a"))
    assert len({Pair(1, "a"), Pair(1, "a"), Pair(1, "b")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_no_other_attributes():
    point = Point(1)
    with pytest.raises(AttributeError):
        point.other = 2
    assert not hasattr(point, "__dict__")


def test_read_as_dataclasses_are():
    assert repr(Point(1)) == "Point(x=1, y=0, tags={})"
    assert repr(Model(1)) == repr(Point(1)).replace("Point", "Model")
    assert fields(Point) == ("x", "y", "tags")
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    match Point(1, 2):
        case Point(x, y=2):
            assert x == 1
        case _:
            pytest.fail("no match")


@pytest.mark.parametrize("value", [Point(1, 2, {"a": 3}), Pair([1], Pair(1, 2)), Empty()])
def test_copied_and_pickled(value):
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value
