"""Fills Keystone's tables without Keystone's API: users, roles, domains and the catalog. Runs in the cloud's environment.

The catalog's addresses depend on the ports of a start; `address` sets them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from .configuration import PASSWORD, database_url, url
from .services import PROJECTS, REGION

MEMBER = ("member", "reader", "heat_stack_owner", "creator", "load-balancer_member", "swiftoperator")
ADMIN = ("admin", "member", "heat_stack_owner", "creator", "load-balancer_admin", "swiftoperator", "key-manager:service-admin")
OTHERS: tuple[str, ...] = ("service", "heat_stack_user", "observer", "audit", "manager", "ResellerAdmin")
OTHERS += ("load-balancer_observer", "load-balancer_global_observer")
DOMAINS = {"heat": "heat_domain_admin", "magnum": "magnum_domain_admin"}
INTERFACES = ("public", "internal", "admin")
CATALOG = {
    "identity": ("keystone", "keystone", "/v3"),
    **{kind: (project.name, service, path) for project in PROJECTS for kind, service, path in project.catalog},
}


def main() -> None:
    """Make everybody and everything that the services expect to find."""
    from keystone.cmd.bootstrap import Bootstrapper
    from keystone.common import sql
    from keystone.conf import CONF, configure

    configure()
    sql.initialize()
    CONF([], project="keystone")
    keystone = Bootstrapper()  # loads the backends
    keystone.admin_username, keystone.admin_password = "admin", PASSWORD
    keystone.project_name, keystone.admin_role_name, keystone.region_id = "admin", "admin", REGION
    keystone.bootstrap()
    _people(keystone.default_domain_id, keystone.admin_user_id, keystone.project_id)
    _catalog()


def _people(domain: str, admin: str, admin_project: str) -> None:
    roles = _roles({*MEMBER, *ADMIN, *OTHERS})
    service, demo = _project("service", domain), _project("demo", domain)
    _grant(admin, admin_project, (roles[name] for name in ADMIN))
    _grant(_user("demo", domain), demo, (roles[name] for name in MEMBER))
    for project in PROJECTS:
        if project.user:
            _grant(_user(project.name, domain), service, (roles[name] for name in ("admin", "service")))
    for name, user in DOMAINS.items():
        own = _new_id()
        _providers().resource_api.create_domain(own, {"id": own, "name": name, "enabled": True})
        _providers().assignment_api.create_grant(roles["admin"], user_id=_user(user, own), domain_id=own)


def _roles(names: Iterable[str]) -> dict[str, str]:
    known = {role["name"]: role["id"] for role in _providers().role_api.list_roles()}
    for name in sorted(set(names) - set(known)):
        known[name] = _new_id()
        _providers().role_api.create_role(known[name], {"id": known[name], "name": name})
    return known


def _project(name: str, domain: str) -> str:
    project = {"id": _new_id(), "name": name, "domain_id": domain, "enabled": True}
    return str(_providers().resource_api.create_project(project["id"], project)["id"])


def _user(name: str, domain: str) -> str:
    return str(
        _providers().identity_api.create_user({"name": name, "domain_id": domain, "password": PASSWORD, "enabled": True})["id"]
    )


def _grant(user: str, project: str, roles: Iterable[str]) -> None:
    has = _providers().assignment_api.get_roles_for_user_and_project(user, project)
    for role in set(roles) - set(has):
        _providers().assignment_api.add_role_to_user_and_project(user, project, role)


def _catalog() -> None:
    for kind, (name, _, _) in CATALOG.items():
        _providers().catalog_api.create_service(kind, {"id": kind, "type": kind, "name": name, "enabled": True})
        for interface in INTERFACES:
            endpoint: dict[str, Any] = {"id": f"{kind}-{interface}", "service_id": kind, "interface": interface}
            endpoint |= {"url": "http://not.yet.invalid", "region_id": REGION, "enabled": True}
            _providers().catalog_api.create_endpoint(endpoint["id"], endpoint)


def address(ports: Mapping[str, int]) -> None:
    """Set where the services answer at this start."""
    import sqlalchemy

    change = sqlalchemy.text("UPDATE endpoint SET url = :url WHERE service_id = :service")
    rows = [{"service": kind, "url": url(ports, service) + path} for kind, (_, service, path) in CATALOG.items()]
    with sqlalchemy.create_engine(database_url(ports, "keystone")).begin() as connection:
        connection.execute(change, rows)


def _providers() -> Any:
    from keystone.common import provider_api

    return provider_api.ProviderAPIs


def _new_id() -> str:
    return uuid.uuid4().hex
