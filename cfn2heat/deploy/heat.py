"""Heat as we ask it, through python-heatclient: stacks and events as records, each refusal as a CloudError."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from heatclient import exc  # type: ignore[import-untyped]
from heatclient.v1.client import Client  # type: ignore[import-untyped]
from keystoneauth1 import exceptions as roads

from cfn2heat.deploy.cloud import CloudError, connect
from cfn2heat.deploy.refusals import MISSING, refusal, unreachable
from cfn2heat.deploy.stack import Event, Stack

if TYPE_CHECKING:
    from openstack.connection import Connection

DEPTH = 10
"""How deep nested stacks are looked into."""
_SILENT = logging.getLogger("cfn2heat.deploy.silent")
_SILENT.setLevel(logging.CRITICAL)  # what is sent holds secrets: keystoneauth would write them to a debug log


class Heat:
    """The stacks of one project."""

    @classmethod
    def of(cls, os_cloud: str | None) -> Heat:
        """The stacks that a login of clouds.yaml, or of the environment, leads to."""
        return cls(connect(os_cloud))

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        region = {"region_name": connection.config.region_name} if connection.config.region_name else {}
        interface = connection.config.get_interface("orchestration")
        self._client = Client(session=connection.session, interface=interface, logger=_SILENT, **region)

    def find(self, name: str) -> Stack | None:
        """The stack of this name or id, or None."""
        for key in ("name", "id"):
            with told(name):
                for found in self._client.stacks.list(filters={key: name}):
                    return self.look(Stack.read(found.to_dict()))
        return None

    def look(self, stack: Stack, *, outputs: bool = False) -> Stack:
        """A stack as it is now; one that has gone is one whose deletion is complete."""
        try:
            with told(stack.name):
                return Stack.read(self._client.stacks.get(stack.path, resolve_outputs=outputs).to_dict())
        except CloudError as error:
            if error.diagnostic.code != MISSING:
                raise
            return stack.deleted()

    def all(self) -> Iterator[Stack]:
        """Every stack of the project, in brief."""
        with told("stacks"):
            for found in self._client.stacks.list():
                yield Stack.read(found.to_dict())

    def preview(self, body: dict[str, Any]) -> list[Any]:
        """What a stack would be made of: resources, lists of them for nested stacks."""
        with told(body["stack_name"]):
            found: list[Any] = self._client.stacks.preview(**body).to_dict()["resources"]
            return found

    def preview_update(self, stack: Stack, body: dict[str, Any]) -> dict[str, list[Any]]:
        """What an update would do: resources by unchanged, updated, replaced, added, deleted; Heat fails over nested ones."""
        with told(stack.name):
            found: dict[str, list[Any]] = self._client.stacks.preview_update(stack.path, **body)["resource_changes"]
            return found

    def create(self, body: dict[str, Any]) -> Stack:
        """Begin to create a stack."""
        with told(body["stack_name"]):
            made = self._client.stacks.create(**body)["stack"]
            return Stack(made["id"], body["stack_name"], "CREATE", "IN_PROGRESS")

    def update(self, stack: Stack, body: dict[str, Any]) -> None:
        """Begin to update a stack."""
        with told(stack.name):
            self._client.stacks.update(stack.path, **body)

    def delete(self, stack: Stack) -> None:
        """Begin to delete a stack; one that has gone is fine."""
        try:
            with told(stack.name):
                self._client.stacks.delete(stack.path)
        except CloudError as error:
            if error.diagnostic.code != MISSING:
                raise

    def events(
        self, stack: Stack, marker: str | None, *, limit: int, newest_first: bool = False, nested: bool = True
    ) -> list[Event]:
        """A page of events of a stack, and of those nested in it, after a marker."""
        order = "desc" if newest_first else "asc"
        with told(stack.name):
            found = self._client.events.list(
                stack.path, nested_depth=DEPTH if nested else None, limit=limit, marker=marker, sort_dir=order
            )
            return [Event.read(event.to_dict(), stack) for event in found]

    def template(self, stack: Stack) -> dict[str, Any]:
        """The template that a stack has, as data."""
        with told(stack.name):
            found: dict[str, Any] = self._client.stacks.template(stack.path)
            return found

    def files(self, stack: Stack) -> dict[str, str]:
        """The files that a stack has."""
        with told(stack.name):
            found: dict[str, str] = self._client.stacks.files(stack.path)
            return found

    def parameters(self, stack: Stack) -> dict[str, Any]:
        """The values that a stack was given; stars stand for hidden ones."""
        with told(stack.name):
            found: dict[str, Any] = self._client.stacks.environment(stack.path).get("parameters", {})
            return found

    def output_names(self, stack: Stack) -> list[str]:
        """The names of a stack's outputs."""
        with told(stack.name):
            return [output["output_key"] for output in self._client.stacks.output_list(stack.path)["outputs"]]

    def output(self, stack: Stack, name: str) -> Any:
        """The value of an output; None when it cannot be computed."""
        with told(stack.name):
            return self._client.stacks.output_show(stack.path, name)["output"].get("output_value")


@contextmanager
def told(subject: str) -> Iterator[None]:
    """Every way in which a request fails, as a CloudError."""
    try:
        yield
    except exc.HTTPException as error:
        raise refusal(subject, error.code, error.message) from error
    except roads.HttpError as error:  # Keystone's, when a token is asked for in the middle
        raise refusal(subject, error.http_status, error.message) from error
    except roads.ClientException as error:
        raise unreachable(subject, error) from error
