"""Users and groups of a source beside those of Keystone, where an administrator made the stack: nobody else sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.cloud.deployed import Deployed, Fact
from tests.cloud.evaluate import UNKNOWN, Ref


def user(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A user, with the name that is said, in all the groups that the source puts it into and in no others."""
    if "user" not in stack.seen:
        return
    seen = stack.thing("user", name)
    yield Fact(name, "user", True, seen is not None)
    if seen is None:
        return
    if "UserName" in asked:
        yield Fact(f"{name}.Properties.UserName", "name of the user", stack.text(asked["UserName"]), seen["name"])
    groups = [_group(stack, one) for one in (*asked.get("Groups", []), *_added(stack, name))]
    yield Fact(
        f"{name}.Properties.Groups", "groups of the user", UNKNOWN if UNKNOWN in groups else sorted(set(groups)), seen["groups"]
    )


def _added(stack: Deployed, user: str) -> Iterator[Any]:
    for name, resource in stack.source.resources().items():
        if resource.get("Type") == "AWS::IAM::UserToGroupAddition":
            asked = stack.source.properties(name)
            if Ref(user) in asked.get("Users", []):
                yield asked.get("GroupName", UNKNOWN)


def _group(stack: Deployed, value: Any) -> Any:
    return (stack.id("user_group", value.id) or UNKNOWN) if isinstance(value, Ref) else UNKNOWN


def group(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A group, with the name that is said."""
    if "user_group" not in stack.seen:
        return
    seen = stack.thing("user_group", name)
    yield Fact(name, "group of users", True, seen is not None)
    if seen is not None and "GroupName" in asked:
        yield Fact(f"{name}.Properties.GroupName", "name of the group", stack.text(asked["GroupName"]), seen["name"])


CHECKS = {"AWS::IAM::User": user, "AWS::IAM::Group": group}
