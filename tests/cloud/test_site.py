"""`site init` and `site check` on a real cloud: what is read is true, and each kind of lack is found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cfn2heat.deploy.needs import needs
from cfn2heat.deploy.preflight import lacks, survey_for
from cfn2heat.diagnostics import Severity
from cfn2heat.table.loader import load_table
from cfn2heat.table.site import read_site

SHOP = Path(__file__).parents[2] / "examples" / "shop.yaml"
HEAD = {"heat_template_version": "2021-04-16"}
SERVER = {"image": "cirros", "flavor": "m1.tiny", "key_name": "default", "networks": [{"network": "shared"}]}


def run(*arguments: object) -> tuple[int, str, str]:
    """The command as a user runs it."""
    words = [sys.executable, "-m", "cfn2heat", *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout, done.stderr


def errors(connection: Any, template: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and subject of what a template needs and the cloud lacks."""
    wanted = needs({**HEAD, **template}, {}, {})
    found = lacks(wanted, survey_for(connection, wanted))
    return [(one.code, one.subject) for one in found if one.severity is Severity.ERROR]


def made(type: str, /, **properties: Any) -> dict[str, Any]:
    """A template with one resource."""
    return {"resources": {"Thing": {"type": type, "properties": properties}}}


# ---- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site_file(cloud: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `site init` writes of the cloud."""
    path: Path = tmp_path_factory.mktemp("site") / "site.yaml"
    status, _, said = run("site", "init", "--os-cloud", "demo", "-o", path)
    assert status == 0, said
    return path


def test_the_site_file_is_true(site_file: Path, demo: Any) -> None:
    site = read_site(site_file, load_table())
    assert set(site.lookup("flavors").values()) <= {one.name for one in demo.compute.flavors()}
    assert set(site.lookup("volume_types").values()) <= {one.name for one in demo.block_storage.types()}
    assert site.lookup("flavors")["t2.nano"] == "m1.tiny"
    assert site.value("external_network") == "public"
    assert site.value("zones") == ["nova"]
    assert site.value("heat_version") == "2021-04-16"
    assert {"load-balancer", "messaging", "object-store"} <= set(site.value("services"))
    assert demo.current_project_id in site.value("object_store_url")
    assert demo.session.get(site.value("messaging_url").removesuffix("/v2"), raise_exc=False).status_code in (200, 300)
    assert not site.allows("keystone_admin")


def test_the_shipped_example_lacks_nothing_with_it(site_file: Path) -> None:
    values = ["--parameter", "KeyName=default", "--parameter", "ImageId=cirros"]
    assert run("site", "check", SHOP, "--os-cloud", "demo", "--site", site_file, *values) == (
        0,
        "1 template: nothing lacks\n",
        "",
    )


def test_the_shipped_example_needs_a_site(cloud: Any) -> None:
    status, said, found = run("site", "check", SHOP, "--os-cloud", "demo", "--parameter", "external_network=nowhere")
    assert (status, said) == (1, "1 template: 2 things lacking\n")
    assert "C2H6503 external_network: The cloud has no network nowhere." in found
    assert "examples/shop.yaml:89:3: error C2H6503 Shop.flavor: The cloud has no flavor t3.small." in found


def test_init_for_the_example(cloud: Any) -> None:
    status, text, _ = run("site", "init", "--os-cloud", "demo", "--template", SHOP)
    assert status == 0
    assert "\n  t3.small: m1.medium  # 2 vCPU, 2 GiB -> 2 vCPU, 4 GiB\n" in text
    assert "t3.micro" not in text


# ---- each kind of lack ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        (made("OS::Nova::Server", **SERVER | {"image": "nothing"}), "Thing.image"),
        (made("OS::Nova::Server", **SERVER | {"flavor": "m9.huge"}), "Thing.flavor"),
        (made("OS::Nova::Server", **SERVER | {"key_name": "nobody"}), "Thing.key_name"),
        (made("OS::Nova::Server", **SERVER | {"availability_zone": "mars"}), "Thing.availability_zone"),
        (made("OS::Nova::Server", **SERVER | {"networks": [{"network": "nowhere"}]}), "Thing.networks.*.network"),
        (made("OS::Nova::Server", **SERVER | {"security_groups": ["nobody"]}), "Thing.security_groups"),
        (made("OS::Neutron::FloatingIP", floating_network="nowhere"), "Thing.floating_network"),
        (made("OS::Neutron::RouterInterface", router="none", subnet="shared-subnet"), "Thing.router"),
        (made("OS::Octavia::LoadBalancer", vip_subnet="none"), "Thing.vip_subnet"),
        (made("OS::Cinder::Volume", size=1, volume_type="gold"), "Thing.volume_type"),
        (made("OS::Cinder::Volume", size=1, availability_zone="mars"), "Thing.availability_zone"),
        (made("OS::Cinder::Volume", size=1, snapshot_id="none"), "Thing.snapshot_id"),
        (made("OS::Designate::RecordSet", zone="nowhere.example.org.", type="A", records=["192.0.2.1"]), "Thing.zone"),
        (made("OS::Manila::Share", size=1, share_protocol="NFS", share_type="none"), "Thing.share_type"),
        (made("OS::Trove::Instance", flavor="m9.huge", size=1, datastore_type="mysql", datastore_version="8.0"), "Thing.flavor"),
        (
            made("OS::Trove::Instance", flavor="m1.small", size=1, datastore_type="mysql", datastore_version="1.0"),
            "Thing.datastore_version",
        ),
    ],
)
def test_a_thing_that_is_not_there(demo: Any, template: dict[str, Any], subject: str) -> None:
    assert errors(demo, template) == [("C2H6503", subject)]


@pytest.mark.parametrize(
    "template",
    [
        made("OS::Nova::Server", **SERVER, availability_zone="nova", security_groups=["default"]),
        made("OS::Octavia::LoadBalancer", vip_subnet="shared-subnet"),
        made("OS::Cinder::Volume", size=1, availability_zone="nova"),
        made("OS::Manila::Share", size=1, share_protocol="NFS", share_type="default"),
        made("OS::Trove::Instance", flavor="m1.small", size=1, datastore_type="mysql", datastore_version="8.0"),
        made("OS::Neutron::RouterGateway", router_id={"get_resource": "Other"}, network="public"),
    ],
)
def test_what_is_there_passes(demo: Any, template: dict[str, Any]) -> None:
    assert errors(demo, template) == []


def test_a_type_that_a_member_may_not_make(demo: Any) -> None:
    assert errors(demo, made("OS::Nova::Flavor", ram=64, vcpus=1)) == [("C2H6502", "Thing")]
    assert errors(demo, made("OS::No::Such", size=1)) == [("C2H6502", "Thing")]


def test_a_version_that_heat_does_not_know(demo: Any) -> None:
    assert errors(demo, {"heat_template_version": "2099-01-01"}) == [("C2H6501", "heat_template_version")]


@pytest.fixture
def twins(demo: Any) -> Iterator[str]:
    """A name that two networks bear."""
    name = "site-test-twins"
    networks = [demo.network.create_network(name=name) for _ in range(2)]
    yield name
    for network in networks:
        demo.network.delete_network(network)


def test_a_name_that_two_networks_bear(demo: Any, twins: str) -> None:
    assert errors(demo, made("OS::Nova::Server", **SERVER | {"networks": [{"network": twins}]})) == [
        ("C2H6504", "Thing.networks.*.network")
    ]


@pytest.fixture
def greedy(admin: Any) -> Iterator[str]:
    """An image that wants a larger disk than the smallest flavor has."""
    image = admin.image.create_image(
        name="site-test-greedy",
        container_format="bare",
        disk_format="raw",
        data=b"x" * 512,
        min_disk=30,
        visibility="public",
        validate_checksum=False,
    )
    yield image.name
    admin.image.delete_image(image)


def test_a_flavor_that_is_too_small_for_the_image(demo: Any, greedy: str) -> None:
    assert errors(demo, made("OS::Nova::Server", **SERVER | {"image": greedy})) == [("C2H6505", "Thing")]
    assert errors(demo, made("OS::Nova::Server", **SERVER | {"image": greedy, "flavor": "m1.medium"})) == []


@pytest.fixture
def poor(admin: Any) -> Iterator[Any]:
    """A connection to a project that may have next to nothing."""
    import openstack

    domain, name, password = admin.identity.find_domain("Default").id, "site-test-poor", "site-test-poor-word"
    project = admin.identity.create_project(name=name, domain_id=domain)
    user = admin.identity.create_user(name=name, domain_id=domain, password=password, default_project_id=project.id)
    for role in ("member", "load-balancer_member"):
        admin.identity.assign_project_role_to_user(project, user, admin.identity.find_role(role))
    admin.compute.update_quota_set(project, instances=1, cores=3, ram=4096)
    admin.block_storage.update_quota_set(project, volumes=1, gigabytes=5)
    admin.network.update_quota(project.id, networks=0, ports=1, floating_ips=0, routers=0, security_groups=0)
    admin.load_balancer.update_quota(project.id, load_balancers=0)
    auth = {**admin.config.get_auth_args(), "username": name, "password": password, "project_name": name}
    yield openstack.connect(auth=auth, region_name=admin.config.get_region_name(), identity_api_version="3")
    for group in admin.network.security_groups(project_id=project.id):
        admin.network.delete_security_group(group)
    admin.identity.delete_user(user)
    admin.identity.delete_project(project)


def test_quotas(poor: Any) -> None:
    server = {"type": "OS::Nova::Server", "properties": {"flavor": "m1.medium", "networks": [{"network": "shared"}]}}
    resources = {
        "Group": {"type": "OS::Heat::ResourceGroup", "properties": {"count": 2, "resource_def": server}},
        "Net": {"type": "OS::Neutron::Net"},
        "Router": {"type": "OS::Neutron::Router"},
        "Address": {"type": "OS::Neutron::FloatingIP", "properties": {"floating_network": "public"}},
        "Door": {"type": "OS::Neutron::SecurityGroup"},
        "Disk": {"type": "OS::Cinder::Volume", "properties": {"size": 6}},
        "Tape": {"type": "OS::Cinder::Volume", "properties": {"size": 6}},
        "Balancer": {"type": "OS::Octavia::LoadBalancer", "properties": {"vip_subnet": "shared-subnet"}},
    }
    wanted = needs({**HEAD, "resources": resources}, {}, {})
    found = lacks(wanted, survey_for(poor, wanted))
    assert {one.code for one in found} == {"C2H6506"}
    said = {one.message.removeprefix("The template takes ").partition(",")[0] for one in found}
    assert said == {
        *("2 servers", "4 vCPU", "8192 MiB of memory", "3 ports", "1 network", "1 router", "1 floating IP"),
        *("1 security group", "2 volumes", "12 GB of volumes", "1 load balancer"),
    }
