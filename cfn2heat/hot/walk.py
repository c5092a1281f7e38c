"""Walking HOT values: every value below one, and rewriting from the root down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource


def children(value: hot.HotValue) -> tuple[hot.HotValue, ...]:
    """The values directly below one."""
    match value:
        case hot.HotList():
            return value.items
        case hot.HotMap():
            return tuple(value.entries.values())
        case hot.GetParam() | hot.GetAttr():
            return value.path
        case hot.If():
            rest = () if value.otherwise is None else (value.otherwise,)
            return (value.condition, value.then, *rest)
        case hot.ListJoin():
            return value.lists
        case hot.StrReplace():
            return (value.template, *value.params.values())
        case hot.StrSplit():
            return (value.source,) if value.index is None else (value.source, value.index)
        case hot.Yaql():
            return tuple(value.data.values())
        case hot.Function():
            return (value.argument,)
    return ()


def walk(value: hot.HotValue) -> Iterator[hot.HotValue]:
    """A value and everything below it."""
    stack = [value]
    while stack:
        node = stack.pop()
        yield node
        if node.__class__ is not hot.Literal:  # which most are
            stack.extend(children(node)[::-1])


def rewrite(value: hot.HotValue, change: Callable[[hot.HotValue], hot.HotValue | None]) -> hot.HotValue:
    """Replace values from the root down: what change gives stands (and is not entered), None goes deeper."""
    changed = change(value)
    if changed is not None:
        return changed

    def down(member: hot.HotValue) -> hot.HotValue:
        return rewrite(member, change)

    return rebuild(value, down)


def rebuild(value: hot.HotValue, down: Callable[[hot.HotValue], hot.HotValue]) -> hot.HotValue:
    """The same value with each value directly below it changed."""
    match value:
        case hot.HotList():
            return hot.HotList(tuple(map(down, value.items)))
        case hot.HotMap():
            return hot.HotMap({key: down(member) for key, member in value.entries.items()})
        case hot.GetParam():
            return hot.GetParam(value.name, tuple(map(down, value.path))) if value.path else value
        case hot.GetAttr():
            return hot.GetAttr(value.resource, value.attribute, tuple(map(down, value.path))) if value.path else value
        case hot.If():
            otherwise = None if value.otherwise is None else down(value.otherwise)
            return hot.If(down(value.condition), down(value.then), otherwise)
        case hot.ListJoin():
            return hot.ListJoin(value.delimiter, tuple(map(down, value.lists)))
        case hot.StrReplace():
            return hot.StrReplace(down(value.template), {key: down(member) for key, member in value.params.items()})
        case hot.StrSplit():
            return hot.StrSplit(value.delimiter, down(value.source), None if value.index is None else down(value.index))
        case hot.Yaql():
            return hot.Yaql(value.expression, {key: down(member) for key, member in value.data.items()})
        case hot.Function():
            return hot.Function(value.name, down(value.argument))
    return value


def references(resource: HotResource) -> set[str]:
    """Names of the resources that a resource needs: by its values and by depends_on."""
    found = set(resource.depends_on)
    for value in (*resource.properties.values(), resource.metadata):
        for node in walk(value) if value is not None else ():
            if isinstance(node, hot.GetResource):
                found.add(node.name)
            elif isinstance(node, hot.GetAttr):
                found.add(node.resource)
    return found
