"""Starts the services and waits until each is ready. Runs in the cloud's environment, and ends then."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from pathlib import Path

import setproctitle

from . import configuration, hatchery, identity, ports, processes, rings
from .places import Place
from .readiness import Queues
from .services import IP, Service, chosen

PATIENCE = 240
AT_ONCE = 12  # the first to be started are the first to be ready; others wait for them


def main(state: str, only: str = "all", one: str = "") -> None:
    """Start them all; or be the one named, in a process without inherited imports."""
    place = Place(Path(state))
    services = [service for project in chosen(only == "core") for service in project.services]
    if one:
        serve(place, next(service for service in services if service.name == one))
    hatchery.warm()
    identity.address(ports.known(place))
    hatchery.finish(place.log / "rings.log", lambda: rings.write(place))
    Start(place, services, only).run()


class Start:
    """One start of many services."""

    def __init__(self, place: Place, services: list[Service], only: str) -> None:
        self.place, self.only = place, only
        self.ports = ports.known(place)
        self.waiting = services
        self.starting: dict[str, tuple[Service, int]] = {}
        self.ready: set[str] = set()
        self.queues = Queues(self.ports["rabbitmq"])
        self.began = time.monotonic()

    def run(self) -> None:
        """Start each as soon as what it waits for is ready."""
        while self.waiting or self.starting:
            for service in [each for each in self.waiting if self.ready.issuperset(each.after)][: AT_ONCE - len(self.starting)]:
                self.waiting.remove(service)
                self.starting[service.name] = service, self.start(service)
            for service, pid in list(self.starting.values()):
                self.check(service, pid)
            if time.monotonic() - self.began > PATIENCE:
                sys.exit(f"not ready after {PATIENCE} s: {', '.join(self.starting)}; logs: {self.place.log}")
            time.sleep(0.25)

    def start(self, service: Service) -> int:
        """Hatch its process, which keeps its own record before anything else can go wrong."""

        def work() -> None:
            processes.record_of(os.getpid()).write(self.place.run, service.name)
            os.chdir(self.place.run)
            if service.eventlet:
                state = str(self.place.state)
                os.execv(sys.executable, [sys.executable, "-m", __spec__.name, state, self.only, service.name])
            serve(self.place, service)

        return hatchery.hatch(self.place.log / f"{service.name}.log", work)

    def check(self, service: Service, pid: int) -> None:
        """Note that it is ready, or that it ended."""
        if os.waitpid(pid, os.WNOHANG)[0]:
            sys.exit(f"{service.name} ended as it started: {self.place.log / service.name}.log")
        if (service.port and not ports.answers(self.ports[service.name])) or (
            service.queue and not self.queues.served(service.queue)
        ):
            return
        del self.starting[service.name]
        self.ready.add(service.name)
        print(f"{time.monotonic() - self.began:6.1f} s  {service.name}", flush=True)


def serve(place: Place, service: Service) -> None:
    """Be this service, under its own name."""
    setproctitle.setproctitle(f"{service.name} ({place.state})")
    if not service.wsgi:
        hatchery.call(service.run, configuration.arguments(place, service.arguments), service.name)
    from cheroot import wsgi

    sys.argv = [service.name]
    application = importlib.import_module(service.run).application
    server = wsgi.Server((IP, ports.known(place)[service.name]), application, numthreads=service.threads, request_queue_size=256)
    server.keep_alive_conn_limit = 0  # a client never meets a connection that is just being closed
    server.timeout = 120
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    server.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
