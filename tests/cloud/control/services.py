"""What the cloud consists of: a record per project and per process. Nothing here does anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HOST = "cloud"  # the name every service calls its machine by, so that it outlives a change of the machine's own
IP = "127.0.0.1"
REGION = "RegionOne"


@dataclass(frozen=True)
class Service:
    """One process: a WSGI application with a port, or a command, and the answer that says it is ready."""

    name: str
    run: str  # "package.module:callable"; of a WSGI application "package.module"
    port: bool = False
    arguments: tuple[str, ...] = ()
    queue: str = ""  # ready when this queue has a consumer; a service with a port is ready when that answers
    after: tuple[str, ...] = ()
    threads: int = 6
    eventlet: bool = False  # replaces modules as it starts, so it must not inherit them already imported

    @property
    def wsgi(self) -> bool:
        """Whether it is an application that our server serves."""
        return ":" not in self.run


@dataclass(frozen=True)
class Project:
    """One OpenStack project: its databases, what makes their tables, its processes and its catalog entries.

    Every process finds its configuration through HOME and OS_<PROJECT>_CONFIG_DIR, so that none is named here.
    """

    name: str
    services: tuple[Service, ...]
    databases: tuple[str, ...] = ()
    migrations: tuple[tuple[str, ...], ...] = ()  # (callable, argument, ...)
    catalog: tuple[tuple[str, str, str], ...] = ()  # (type, service with the port, path)
    core: bool = False
    user: bool = True


TENANT = "%(tenant_id)s"
ANY_SERVER = "{scheme}://{username}:{password}@{hostname}:{port}"  # Nova fills it from its configuration: ports may change
DESIGNATE_CONF = "--config-file=$etc/designate/designate.conf"  # its commands look in /etc/designate only
SWIFT_MODULES = {"account": "account", "container": "container", "object": "obj", "proxy": "proxy"}

PROJECTS = (
    Project(
        "keystone",
        (Service("keystone", "stand_ins.keystone", port=True, threads=16),),
        databases=("keystone",),
        migrations=(("keystone.cmd.manage:main", "db_sync"), ("control.identity:main",)),
        core=True,
        user=False,
    ),
    Project(
        "placement",
        (Service("placement", "placement.wsgi.api", port=True),),
        databases=("placement",),
        migrations=(("placement.cmd.manage:main", "db", "sync"),),
        catalog=(("placement", "placement", ""),),
        core=True,
    ),
    Project(
        "nova",
        (
            Service("nova", "nova.wsgi.osapi_compute", port=True, threads=12),
            Service("nova-conductor", "nova.cmd.conductor:main", queue="conductor"),
            Service("nova-scheduler", "nova.cmd.scheduler:main", queue="scheduler"),
            Service(
                "nova-compute",
                "stand_ins.nova:main",
                queue=f"compute.{HOST}",
                after=("keystone", "placement", "nova-conductor"),
            ),
        ),
        databases=("nova", "nova_api", "nova_cell0"),
        migrations=(
            ("nova.cmd.manage:main", "api_db", "sync"),
            ("nova.cmd.manage:main", "cell_v2", "map_cell0", f"--database_connection={ANY_SERVER}/nova_cell0?{{query}}"),
            (
                "nova.cmd.manage:main",
                "cell_v2",
                "create_cell",
                "--name=cell1",
                f"--database_connection={ANY_SERVER}/{{path}}?{{query}}",
                f"--transport-url={ANY_SERVER}/{{path}}",
            ),
            ("nova.cmd.manage:main", "db", "sync"),
        ),
        catalog=(("compute", "nova", "/v2.1"),),
        core=True,
    ),
    Project(
        "neutron",
        (
            Service("neutron", "neutron.wsgi.api", port=True, threads=12),
            Service("neutron-rpc", "neutron.cmd.server:main_rpc", queue="q-plugin"),
        ),
        databases=("neutron",),
        migrations=(("neutron.db.migration.cli:main", "upgrade", "heads"),),
        catalog=(("network", "neutron", ""),),
        core=True,
    ),
    Project(
        "glance",
        (Service("glance", "glance.wsgi.api", port=True),),
        databases=("glance",),
        migrations=(("glance.cmd.manage:main", "db_sync"),),
        catalog=(("image", "glance", ""),),
        core=True,
    ),
    Project(
        "heat",
        (
            Service("heat", "heat.wsgi.api", port=True),
            Service("heat-cfn", "heat.wsgi.cfn", port=True),
            Service("heat-engine", "heat.cmd.engine:main", queue="engine"),
        ),
        databases=("heat",),
        migrations=(("heat.cmd.manage:main", "db_sync"),),
        catalog=(("orchestration", "heat", f"/v1/{TENANT}"), ("cloudformation", "heat-cfn", "/v1")),
        core=True,
    ),
    Project(
        "cinder",
        (
            Service("cinder", "cinder.wsgi.api", port=True),
            Service("cinder-scheduler", "cinder.cmd.scheduler:main", queue="cinder-scheduler", eventlet=True),
            Service("cinder-volume", "cinder.cmd.volume:main", queue=f"cinder-volume.{HOST}@fake", eventlet=True),
        ),
        databases=("cinder",),
        migrations=(("cinder.cmd.manage:main", "db", "sync"),),
        catalog=(("block-storage", "cinder", f"/v3/{TENANT}"), ("volumev3", "cinder", f"/v3/{TENANT}")),
    ),
    Project(
        "swift",
        tuple(
            Service(
                f"swift-{part}",
                f"swift.{SWIFT_MODULES[part]}.server:main",
                port=True,
                arguments=(f"$etc/swift/{part}.conf",),
                eventlet=True,
            )
            for part in SWIFT_MODULES
        ),
        catalog=(("object-store", "swift-proxy", f"/v1/AUTH_{TENANT}"),),
    ),
    Project(
        "barbican",
        (Service("barbican", "stand_ins.barbican", port=True),),
        databases=("barbican",),
        migrations=(("barbican.cmd.barbican_manage:main", "db", "upgrade"),),
        catalog=(("key-manager", "barbican", ""),),
    ),
    Project(
        "zaqar",
        (Service("zaqar", "zaqar.transport.wsgi.app", port=True),),
        catalog=(("messaging", "zaqar", ""),),
    ),
    Project(
        "mistral",
        (
            Service("mistral", "mistral.wsgi", port=True),
            Service(
                "mistral-server",
                "mistral.cmd.launch:main",
                arguments=("--server", "engine,executor,notifier"),
                queue="mistral_engine",
            ),
        ),
        databases=("mistral",),
        migrations=(
            ("mistral.db.sqlalchemy.migration.cli:main", "upgrade", "head"),
            ("mistral.db.sqlalchemy.migration.cli:main", "populate"),
        ),
        catalog=(("workflowv2", "mistral", "/v2"),),
    ),
    Project(
        "octavia",
        (
            Service("octavia", "octavia.wsgi.api", port=True),
            Service("octavia-worker", "octavia.cmd.octavia_worker:main", queue="octavia_provisioning_v2"),
        ),
        databases=("octavia", "octavia_persistence"),
        migrations=(
            ("octavia.db.migration.cli:main", "upgrade", "head"),
            ("octavia.db.migration.cli:main", "upgrade_persistence"),
        ),
        catalog=(("load-balancer", "octavia", ""),),
    ),
    Project(
        "designate",
        (
            Service("designate", "designate.wsgi.api", port=True),
            Service("designate-central", "designate.cmd.central:main", arguments=(DESIGNATE_CONF,), queue="central"),
            Service("designate-mdns", "designate.cmd.mdns:main", arguments=(DESIGNATE_CONF,), port=True),
            Service(
                "designate-worker",
                "designate.cmd.worker:main",
                arguments=(DESIGNATE_CONF,),
                queue="worker",
                after=("designate-central",),
            ),
            Service(
                "designate-producer",
                "designate.cmd.producer:main",
                arguments=(DESIGNATE_CONF,),
                queue="producer",
                after=("designate-central",),
            ),
        ),
        databases=("designate",),
        migrations=(("designate.cmd.manage:main", DESIGNATE_CONF, "database", "sync"),),
        catalog=(("dns", "designate", ""),),
    ),
    Project(
        "aodh",
        (
            Service("aodh", "aodh.wsgi.api", port=True),
            Service("aodh-evaluator", "aodh.cmd.alarm:evaluator"),
            Service("aodh-notifier", "aodh.cmd.alarm:notifier"),
        ),
        databases=("aodh",),
        migrations=(("aodh.cmd.storage:dbsync",),),
        catalog=(("alarming", "aodh", ""),),
    ),
    Project(
        "gnocchi",
        (Service("gnocchi", "gnocchi.wsgi.api", port=True), Service("gnocchi-metricd", "gnocchi.cli.metricd:metricd")),
        databases=("gnocchi",),
        migrations=(("gnocchi.cli.manage:upgrade",),),
        catalog=(("metric", "gnocchi", ""),),
    ),
    Project(
        "manila",
        (
            Service("manila", "manila.wsgi.api", port=True),
            Service("manila-scheduler", "manila.cmd.scheduler:main", queue="manila-scheduler"),
            Service("manila-share", "manila.cmd.share:main", queue=f"manila-share.{HOST}@dummy"),
        ),
        databases=("manila",),
        migrations=(("manila.cmd.manage:main", "db", "sync"),),
        catalog=(("sharev2", "manila", "/v2"), ("share", "manila", f"/v1/{TENANT}")),
    ),
    Project(
        "trove",
        (
            Service("trove", "trove.cmd.app_wsgi", port=True, eventlet=True),
            Service("trove-taskmanager", "trove.cmd.taskmanager:main", queue="taskmanager", eventlet=True),
        ),
        databases=("trove",),
        migrations=(("trove.cmd.manage:main", "db_sync"),),
        catalog=(("database", "trove", f"/v1.0/{TENANT}"),),
    ),
    Project(
        "magnum",
        (
            Service("magnum", "magnum.wsgi.api", port=True),
            Service("magnum-conductor", "magnum.cmd.conductor:main", queue="magnum-conductor"),
        ),
        databases=("magnum",),
        migrations=(("magnum.cmd.db_manage:main", "upgrade"),),
        catalog=(("container-infra", "magnum", "/v1"),),
    ),
)

# What the services themselves need; each is a program of a Debian package.
INFRASTRUCTURE = ("mariadb", "memcached", "redis", "epmd", "rabbitmq", "rabbitmq-dist", "named", "rndc")


def port_names() -> list[str]:
    """Everything that listens, in the order of its place in the block of ports."""
    return [*INFRASTRUCTURE, *(service.name for project in PROJECTS for service in project.services if service.port)]


def chosen(only_core: bool) -> Iterator[Project]:
    """The projects to start."""
    return (project for project in PROJECTS if project.core or not only_core)
