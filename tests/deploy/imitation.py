"""A Keystone and a Heat over real HTTP on loopback, small enough to be told how to fail.

Stacks are kept in memory. Each look at a stack in progress brings it one event further; what was scripted to fail fails.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import yaml

PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
PASSWORD = "swordfish-and-chips"
Answer = tuple[int, Any]


@dataclass
class Fault:
    """What goes wrong with the next requests that fit: a status, a broken connection, or silence."""

    method: str
    path: str
    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    reset: bool = False
    hang: float = 0.0
    landed: bool = False
    """Whether the request is carried out before the answer is lost."""
    before: Callable[[], None] | None = None


@dataclass
class StackState:
    """A stack: its content, its state, the events that are there, and those to come."""

    id: str
    name: str
    body: dict[str, Any]
    action: str = "CREATE"
    status: str = "IN_PROGRESS"
    reason: str = ""
    updated: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    coming: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Resource ("" for the stack), state, reason, and the action that begins with it."""

    @property
    def template(self) -> dict[str, Any]:
        """The template as data."""
        text = self.body["template"]
        found = yaml.safe_load(text) if isinstance(text, str) else text
        return json.loads(json.dumps(found, default=str))


class Imitation:
    """The cloud: starts on a free port, and remembers every request."""

    def __init__(self) -> None:
        self.stacks: dict[str, StackState] = {}
        self.tokens: set[str] = set()
        self.issued: list[str] = []
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, Any]] = []
        self.fail: dict[str, str] = {}
        """Resources that fail, with the reason."""
        self.endless = False
        """Whether stacks stay in progress."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()

    def expire(self) -> None:
        """No token given so far is valid any longer."""
        self.tokens.clear()

    def fault(self, method: str, path: str, **how: Any) -> Fault:
        """Let the next fitting requests go wrong."""
        self.faults.append(Fault(method, path, **how))
        return self.faults[-1]

    def asked(self, method: str, path: str = "") -> list[Any]:
        """The bodies of the requests of this kind so far."""
        return [body for verb, url, body in self.requests if verb == method and re.search(path, url)]

    def by_name(self, name: str) -> StackState | None:
        """The stack of a name."""
        return next((stack for stack in self.stacks.values() if stack.name == name), None)

    # ---- Heat --------------------------------------------------------------------------------------------------------

    def heat(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        """Answer a request to Heat."""
        if path == "/resource_types":
            return 200, {
                "resource_types": ["OS::Heat::RandomString", "OS::Heat::Value", "OS::Neutron::Net", "OS::Neutron::Subnet"]
            }
        if path.startswith("/resource_types/"):
            return error(403, "The resource type is not offered.")
        if path == "/template_versions":
            return 200, {"template_versions": [{"version": "heat_template_version.2021-04-16", "type": "hot", "aliases": []}]}
        if path == "/stacks/preview":
            return 200, {"stack": {"resources": [self.previewed(name, one) for name, one in resources(body).items()]}}
        if path == "/stacks" and method == "POST":
            return self.create(body)
        if path == "/stacks":
            wanted = {key: query[key][0] for key in ("name", "id") if key in query}
            fitting = [one for one in self.stacks.values() if wanted in ({}, {"name": one.name}, {"id": one.id})]
            return 200, {"stacks": [self.shown(one) for one in fitting]}
        _, _, name, id_, *rest = path.split("/")
        stack = self.stacks.get(id_)
        if stack is None or stack.name != name:
            return error(404, f"The Stack ({name}) could not be found.")
        return self.of_stack(stack, method, "/".join(rest), query, body)

    def of_stack(self, stack: StackState, method: str, rest: str, query: dict[str, list[str]], body: Any) -> Answer:
        """Answer a request to one stack."""
        if rest == "preview":
            return 200, {"resource_changes": self.changes(stack, body)}
        if rest == "events":
            return 200, {"events": self.page(stack, query)}
        if rest == "template":
            return 200, stack.template
        if rest == "files":
            return 200, stack.body.get("files", {})
        if rest == "environment":
            return 200, {"parameters": masked(stack)}
        if rest == "outputs":
            return 200, {"outputs": [{"output_key": name} for name in stack.template.get("outputs") or {}]}
        if rest.startswith("outputs/"):
            name = rest.partition("/")[2]
            return 200, {"output": {"output_key": name, "output_value": self.outputs(stack)[name]}}
        if method == "DELETE":
            self.begin(stack, "DELETE")
            return 204, None
        if method in ("PUT", "PATCH"):
            if stack.status == "IN_PROGRESS":
                return error(409, f"Stack {stack.name} already has an action ({stack.action}) in progress.")
            old = stack.body
            stack.body = {**body, "parameters": {**(old["parameters"] if method == "PATCH" else {}), **body["parameters"]}}
            stack.updated = f"2026-01-01T00:00:{len(self.requests) % 60:02}Z"
            self.begin(stack, "UPDATE")
            return 202, {}
        self.advance(stack)
        return 200, {
            "stack": self.shown(stack)
            | {"outputs": [{"output_key": name, "output_value": value} for name, value in self.outputs(stack).items()]}
        }

    def create(self, body: Any) -> Answer:
        """Create a stack."""
        if self.by_name(body["stack_name"]):
            return error(409, f"The Stack ({body['stack_name']}) already exists.")
        stack = StackState(str(uuid4()), body["stack_name"], body)
        self.stacks[stack.id] = stack
        self.begin(stack, "CREATE")
        return 201, {"stack": {"id": stack.id, "links": []}}

    def begin(self, stack: StackState, action: str) -> None:
        """Script what happens from here."""
        stack.action, stack.status = action, "IN_PROGRESS"
        stack.coming = []
        self.happen(stack, "", "IN_PROGRESS", f"Stack {action} started")
        for name in resources(stack.body):
            stack.coming.append((name, "IN_PROGRESS", "state changed", ""))
            if name in self.fail and action != "DELETE":
                stack.coming += [
                    (name, "FAILED", self.fail[name], ""),
                    ("", "FAILED", f"Resource {action} failed: {self.fail[name]}", ""),
                ]
                if not stack.body.get("disable_rollback", True):
                    stack.coming.append(("", "IN_PROGRESS", "Stack ROLLBACK started", "ROLLBACK"))
                    stack.coming.append(("", "COMPLETE", "Stack ROLLBACK completed successfully", ""))
                return
            stack.coming.append((name, "COMPLETE", "state changed", ""))
        stack.coming.append(("", "COMPLETE", f"Stack {action} completed successfully", ""))

    def advance(self, stack: StackState) -> None:
        """One event further."""
        if self.endless or not stack.coming:
            return
        name, status, reason, action = stack.coming.pop(0)
        stack.action = action or stack.action
        self.happen(stack, name, status, reason)

    def happen(self, stack: StackState, name: str, status: str, reason: str) -> None:
        """Write an event; one of the stack as a whole changes its state."""
        id_ = str(uuid4())
        href = f"{self.url}/heat/v1/{PROJECT}/stacks/{stack.name}/{stack.id}"
        stack.events.append(
            {
                "id": id_,
                "event_time": "2026-01-01T00:00:00Z",
                "resource_name": name or stack.name,
                "physical_resource_id": f"{name}-id" if name else stack.id,
                "resource_status": f"{stack.action}_{status}",
                "resource_status_reason": reason,
                "links": [{"rel": "stack", "href": href}],
            }
        )
        if not name:
            stack.status, stack.reason = status, reason
            if stack.action == "DELETE" and status == "COMPLETE":
                del self.stacks[stack.id]

    def page(self, stack: StackState, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Events after a marker; as Heat does, those of a stack without resources are found only when it alone is asked for."""
        if "nested_depth" in query and (stack.action, stack.status) == ("ROLLBACK", "COMPLETE"):
            return []
        events = stack.events[::-1] if query.get("sort_dir") == ["desc"] else stack.events
        if "marker" in query:
            ids = [event["id"] for event in events]
            events = events[ids.index(query["marker"][0]) + 1 :]
        return events[: int(query["limit"][0])]

    def shown(self, stack: StackState) -> dict[str, Any]:
        """A stack as Heat shows it."""
        return {
            "id": stack.id,
            "stack_name": stack.name,
            "stack_status": f"{stack.action}_{stack.status}",
            "stack_status_reason": stack.reason,
            "creation_time": "2026-01-01T00:00:00Z",
            "updated_time": stack.updated or None,
            "tags": stack.body.get("tags", "").split(",") if stack.body.get("tags") else None,
            "parameters": masked(stack),
            "disable_rollback": stack.body.get("disable_rollback", True),
        }

    def outputs(self, stack: StackState) -> dict[str, Any]:
        """Outputs, with parameters put in."""
        return {name: put_in(output["value"], stack) for name, output in (stack.template.get("outputs") or {}).items()}

    def previewed(self, name: str, definition: dict[str, Any]) -> dict[str, Any]:
        """A resource in a preview."""
        return {"resource_name": name, "resource_type": definition["type"]}

    def changes(self, stack: StackState, body: Any) -> dict[str, list[Any]]:
        """What a preview of an update says: as little as Heat's does when nothing refers to anything."""
        old, new = resources(stack.body), resources(body)
        had, given = stack.body["parameters"], {**stack.body["parameters"], **body["parameters"]}
        found: dict[str, list[Any]] = {"unchanged": [], "updated": [], "replaced": [], "added": [], "deleted": []}
        for name in {**old, **new}:
            if name not in new:
                kind = "deleted"
            elif name not in old:
                kind = "added"
            else:
                kind = "unchanged" if put(old[name], had) == put(new[name], given) else "updated"
            found[kind].append(self.previewed(name, (new if name in new else old)[name]))
        return found


def put(value: Any, parameters: dict[str, Any]) -> str:
    """A definition with its parameters, to compare it."""
    return re.sub(r'\{"get_param": "(\w+)"\}', lambda found: str(parameters.get(found[1])), json.dumps(value, sort_keys=True))


def put_in(value: Any, stack: StackState) -> Any:
    """A value with its parameters."""
    if isinstance(value, dict) and "get_param" in value:
        return stack.body["parameters"].get(value["get_param"])
    if isinstance(value, dict):
        return {key: put_in(member, stack) for key, member in value.items()}
    return value


def masked(stack: StackState) -> dict[str, Any]:
    """The stack's parameters, hidden ones as stars."""
    declared = stack.template.get("parameters") or {}
    return {name: "******" if declared.get(name, {}).get("hidden") else value for name, value in stack.body["parameters"].items()}


def resources(body: dict[str, Any]) -> dict[str, Any]:
    """The resources of a template that was sent."""
    found: dict[str, Any] = StackState("", "", body).template.get("resources") or {}
    return found


def error(status: int, message: str) -> Answer:
    """An error as Heat writes it."""
    return status, {"code": status, "title": "Error", "error": {"message": message, "type": "Error", "traceback": None}}


def handler(cloud: Imitation) -> type[BaseHTTPRequestHandler]:
    """The class that answers for a cloud."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two would wait for each other

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def answer(self) -> None:
            """Answer any request, after the faults."""
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            cloud.requests.append((self.command, self.path, body))
            fault = next((one for one in cloud.faults if self.command == one.method and re.search(one.path, self.path)), None)
            if fault is None:
                self.send(*self.route(body))
                return
            fault.times -= 1
            if fault.times == 0:
                cloud.faults.remove(fault)
            if fault.before:
                fault.before()
            result = self.route(body) if fault.landed or not (fault.reset or fault.hang or fault.status) else None
            if fault.hang:
                time.sleep(fault.hang)
            if fault.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
            elif fault.status:
                self.send(fault.status, fault.body or error(fault.status, "so it was told")[1], fault.headers)
            elif result is not None:
                self.send(*result)

        def route(self, body: Any) -> Answer:
            """To Keystone or to Heat."""
            url = urlsplit(self.path)
            if url.path.startswith("/identity"):
                return keystone(cloud, self.command, url.path, body)
            if self.headers.get("X-Auth-Token") not in cloud.tokens:
                return 401, {"error": {"message": "The request you have made requires authentication.", "title": "Unauthorized"}}
            prefix = f"/heat/v1/{PROJECT}"
            if not url.path.startswith(prefix):
                return error(404, "not found")
            return cloud.heat(self.command, url.path[len(prefix) :], parse_qs(url.query), body)

        def send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            """Send an answer."""
            data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if isinstance(body, dict) and "token" in body:
                self.send_header("X-Subject-Token", cloud.issued[-1])
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    return Handler


def keystone(cloud: Imitation, method: str, path: str, body: Any) -> Answer:
    """Discovery and tokens."""
    if method == "GET":
        version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": f"{cloud.url}/identity/v3/"}]}
        return 200, {"version": version}
    if body["auth"]["identity"]["password"]["user"]["password"] != PASSWORD:
        return 401, {"error": {"message": "The request you have made requires authentication.", "title": "Unauthorized"}}
    cloud.issued.append(f"token-{uuid4().hex}")
    cloud.tokens.add(cloud.issued[-1])
    catalog = [
        {
            "type": kind,
            "name": kind,
            "id": kind,
            "endpoints": [{"interface": "public", "region": "R", "region_id": "R", "id": kind, "url": f"{cloud.url}{place}"}],
        }
        for kind, place in (("identity", "/identity/v3"), ("orchestration", f"/heat/v1/{PROJECT}"))
    ]
    token = {
        "methods": ["password"],
        "user": {"id": "u1", "name": "ann", "domain": {"id": "default", "name": "Default"}},
        "project": {"id": PROJECT, "name": "shop", "domain": {"id": "default", "name": "Default"}},
        "roles": [{"id": "r1", "name": "member"}],
        "issued_at": "2026-01-01T00:00:00.000000Z",
        "expires_at": "2099-01-01T00:00:00.000000Z",
        "catalog": catalog,
    }
    return 201, {"token": token}
