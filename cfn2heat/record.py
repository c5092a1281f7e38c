"""Slotted value classes that cost little to define; the command defines some eighty of them each time that it starts.

A dataclass would say the same, but importing dataclasses brings in inspect (7 ms), and each frozen class with slots compiles six
methods (0.5 ms). Here one method is compiled, __init__, and only when the first instance of a class is made: most calls need
less than half of the classes.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[T], T]:
        """What type checkers alone need."""
        return lambda function: function


class _Factory:
    """The default of a field that is made anew for each instance."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], T]) -> T:
    """Give a field a default that each instance has for itself, such as a list."""
    return _Factory(default_factory)  # type: ignore[return-value]


def fields(value: Any) -> tuple[str, ...]:
    """Names of a record's fields, in order."""
    names: tuple[str, ...] = value.__match_args__
    return names


def replace(value: T, **changes: Any) -> T:
    """A record like another but for these fields."""
    return type(value)(**{name: getattr(value, name) for name in fields(value)} | changes)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make a class one of frozen values with slots: its annotated names are the arguments of its constructor.

    Type checkers hold it frozen; refusing at run time as well would make each instance cost twice as much.
    """
    return _made(cls)  # type: ignore[no-any-return]


@dataclass_transform(field_specifiers=(field,))
def mutable_record(cls: type[T]) -> type[T]:
    """Make a class the same with slots that may be set, which is why it has no hash."""
    made = _made(cls)
    made.__hash__ = None
    return made  # type: ignore[no-any-return]


def _made(cls: Any) -> Any:
    """Make the class once more, for slots can only be given to a new one."""
    names = tuple(cls.__annotations__)
    defaults = {name: vars(cls)[name] for name in names if name in vars(cls)}
    left_out = {"__dict__", "__weakref__", *defaults}
    members = {name: value for name, value in vars(cls).items() if name not in left_out}
    members["__slots__"] = members["__match_args__"] = names
    members["__repr__"] = _describe
    members["__eq__"], members["__hash__"] = _comparisons(names)
    made: Any = type(cls.__name__, cls.__bases__, members)
    made.__qualname__ = cls.__qualname__

    def first_init(self: Any, *values: Any, **named: Any) -> None:
        """Stand in until the first instance is made: then the real __init__ takes this one's place."""
        made.__init__ = _initializer(made, names, defaults)
        made.__init__(self, *values, **named)

    made.__init__ = first_init
    return made


def _initializer(made: Any, fields: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
    """Compile __init__, which fills the slots."""
    names: dict[str, Any] = {"MISSING": object()}
    parameters, lines = ["self"], []
    for name in fields:
        parameter, value = name, name
        if isinstance(defaults.get(name), _Factory):
            names[f"make_{name}"] = defaults[name].make
            parameter, value = f"{name}=MISSING", f"make_{name}() if {name} is MISSING else {name}"
        elif name in defaults:
            names[f"default_{name}"] = defaults[name]
            parameter = f"{name}=default_{name}"
        parameters.append(parameter)
        lines.append(f" self.{name} = {value}\n")
    exec(f"def __init__({', '.join(parameters)}):\n{''.join(lines) or ' pass'}", names)  # noqa: S102  names of fields, nothing from outside
    initializer: Callable[..., None] = names["__init__"]
    initializer.__qualname__ = f"{made.__qualname__}.__init__"
    return initializer


def _describe(self: Any) -> str:
    inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({inside})"


def _comparisons(names: tuple[str, ...]) -> tuple[Callable[[Any, Any], bool], Callable[[Any], int]]:
    """Make __eq__ and __hash__, by value; an attrgetter is quicker than a loop."""
    values = attrgetter(*names) if names else type

    def equals(self: Any, other: Any) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def hash_values(self: Any) -> int:
        return hash(values(self))

    return equals, hash_values
