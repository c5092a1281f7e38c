"""A cloud is asked for what is wanted, and what it does not tell is said."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace as Some

import pytest
from keystoneauth1.exceptions import ConnectFailure
from openstack.exceptions import ForbiddenException, HttpException
from requests import Request, Response

from cfn2heat.deploy.needs import _knowledge, _names, quota_words
from cfn2heat.deploy.rooms import NETWORK, Room
from cfn2heat.deploy.rooms import READERS as ROOMS
from cfn2heat.deploy.survey import READERS, SERVICES, survey
from cfn2heat.hot.catalog import lookup

ROOT = Path(__file__).parents[3]


def answer(body, status=200):
    """What a service answers over HTTP."""
    response = Response()
    response.status_code, response.url, response.request = status, "http://192.0.2.1/x", Request("GET")
    response.headers["content-type"], response._content = "application/json", json.dumps(body).encode()
    return response


def raising(error):
    def call(*_, **__):
        raise error

    return call


def heat(path):
    """An orchestration service that knows one type, hides another and refuses a third."""
    if path == "/resource_types":
        return answer({"resource_types": ["OS::Nova::Server"]})
    if path == "/template_versions":
        hot = {"version": "heat_template_version.2018-08-31", "type": "hot", "aliases": ["heat_template_version.rocky"]}
        return answer({"template_versions": [hot, {"version": "AWSTemplateFormatVersion.2010-09-09", "type": "cfn"}]})
    return answer({}, {"OS::Nova::Flavor": 403, "OS::Blazar::Host": 404}.get(path.rpartition("/")[2], 400))


def cloud(**services):
    """A connection to a small cloud."""
    access = Some(role_names=("member",), user_domain_name="Default", project_name="garden")
    public = {"interface": "public", "region_id": "one", "url": "https://nova.example.org"}
    catalog = [
        {"type": "compute", "endpoints": [{**public, "interface": "internal", "url": "x"}, public]},
        {"type": "dns", "endpoints": [{**public, "region_id": "two"}]},
    ]
    return Some(
        **{
            "compute": Some(
                flavors=lambda: [Some(id="f1", name="m1.small", vcpus=1, ram=2048, disk=20)],
                keypairs=lambda: [Some(id=None, name="gardener")],
                availability_zones=lambda: [
                    Some(name="a", state={"available": True}),
                    Some(name="b", state={"available": False}),
                ],
            ),
            "orchestration": Some(get=heat),
            "session": Some(auth=Some(get_access=lambda session: access)),
            "config": Some(get_region_name=lambda: "one"),
            "service_catalog": catalog,
            "current_project_id": "p1",
            "endpoint_for": lambda service: "https://x.example.org",
            **services,
        }
    )


def names(found, kind):
    return [(thing.id, thing.name) for thing in found.things[kind]]


def test_only_what_is_wanted_is_read():
    found = survey(cloud(), ["nova.flavor", "nova.keypair", "nova.zone"], [])
    assert names(found, "nova.flavor") == [("f1", "m1.small")]
    assert names(found, "nova.keypair") == [("gardener", "gardener")]
    assert names(found, "nova.zone") == [("a", "a")]
    assert found.things["nova.flavor"][0].facts == {"vcpus": 1, "ram": 2048, "disk": 20}
    assert found.rooms == {}
    assert found.unread == {}
    assert found.services == {"compute": "https://nova.example.org"}
    assert found.versions == ("2018-08-31", "rocky")
    assert found.user == {"roles": ["member"], "domain": "Default", "project": "garden"}


def test_types_that_heat_does_not_list_are_asked_for_one_by_one():
    found = survey(cloud(), [], [], ["OS::Nova::Server", "OS::Nova::Flavor", "OS::Blazar::Host", "OS::Neutron::RouterGateway"])
    assert found.refused == {
        "OS::Nova::Flavor": "this user's roles do not allow it",
        "OS::Blazar::Host": "the cloud does not have it",
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectFailure("no road"), "ConnectFailure: no road"),
        (ForbiddenException("no", response=answer({}, 403)), "this user may not ask"),
        (HttpException("broken\npipe", response=answer({}, 502)), "HttpException: HttpException: 502: broken pipe"),
    ],
)
def test_what_is_not_told_is_said_with_the_reason(error, reason):
    found = survey(cloud(dns=Some(zones=raising(error))), ["designate.zone", "nova.flavor"], [])
    assert found.unread.keys() == {"designate.zone"}
    assert found.unread["designate.zone"].startswith(reason.partition(": HttpException")[0])
    assert "designate.zone" not in found.things
    assert "nova.flavor" in found.things


def test_a_service_that_is_not_there_is_not_asked():
    present = cloud(
        endpoint_for=lambda service: None if service in ("block-storage", "orchestration") else "https://x.example.org"
    )
    found = survey(present, ["cinder.vtype", "nova.flavor"], ["volume"], ["OS::Nova::Server"])
    absent = dict.fromkeys(["cinder.vtype", "volume", "resource types", "template versions"], "the cloud has no such service")
    assert found.unread == absent
    assert found.things.keys() == {"nova.flavor"}


def test_a_bug_of_ours_is_no_silent_cloud():
    with pytest.raises(AttributeError):
        survey(cloud(dns=Some()), ["designate.zone"], [])


def test_a_heat_that_does_not_answer_refuses_nothing():
    found = survey(cloud(orchestration=Some(get=lambda path: answer({}, 503))), [], [], ["OS::Nova::Server"])
    assert found.refused == {}
    assert found.unread.keys() == {"resource types", "template versions"}


def test_quotas():
    limits = Some(
        absolute=Some(
            instances=10, instances_used=3, total_cores=20, total_cores_used=4, total_ram=-1, total_ram_used=0, server_groups=5,
            server_groups_used=0,
        )
    )  # fmt: skip
    detail = {"port": {"limit": 50, "used": 7, "reserved": 2}, "network": {"limit": -1, "used": 0}}
    network = Some(get=lambda path: answer({"quota": detail}) if path == "/quotas/p1/details.json" else answer({}, 404))
    quota = Some(load_balancers=2, listeners=-1, pools=None, members=9, health_monitors=-1)
    balancer = Some(
        get_quota=lambda project: quota,
        load_balancers=lambda: [Some()],
        listeners=raising(AssertionError("without a limit nothing is counted")),
        pools=lambda: [Some(members=[1, 2]), Some(members=[3])],
        health_monitors=raising(AssertionError("without a limit nothing is counted")),
    )
    found = survey(
        cloud(compute=Some(get_limits=lambda: limits), network=network, load_balancer=balancer),
        [],
        ["compute", "network", "balancer"],
    )
    assert found.unread == {}
    assert found.rooms["compute.instances"] == Room(10, 3)
    assert found.rooms["compute.ram"].left is None
    assert found.rooms["network.port"].left == 41
    assert "network.router" not in found.rooms
    assert found.rooms["balancer.load_balancer"] == Room(2, 1)
    assert found.rooms["balancer.member"] == Room(9, 3)
    assert "balancer.pool" not in found.rooms


def image(id, name, status="active"):
    return Some(id=id, name=name, status=status, os_distro=None, os_version=None, architecture=None, min_disk=0, min_ram=0)


def test_images_of_others_are_found_by_their_id_alone():
    shelves = {
        (): [image("i1", "mine"), image("i2", "half", "queued")],
        (("visibility", "community"),): [image("i3", "theirs")],
        (("member_status", "pending"), ("visibility", "shared")): [image("i4", "offered")],
    }
    service = Some(images=lambda **query: shelves[tuple(sorted(query.items()))])
    assert names(survey(cloud(image=service), ["glance.image"], []), "glance.image") == [("i1", "mine"), ("i3", ""), ("i4", "")]


def test_a_default_volume_type_is_known():
    types = [Some(id="v1", name="a"), Some(id="v2", name="b")]
    service = Some(types=lambda: types, get=lambda path: answer({"volume_type": {"id": "v2"}}))
    found = survey(cloud(block_storage=service), ["cinder.vtype"], [])
    assert [thing.facts["is_default"] for thing in found.things["cinder.vtype"]] == [False, True]


# ---- the data ---------------------------------------------------------------------------------------------------------


def test_the_names_are_those_of_the_catalog():
    spec = importlib.util.spec_from_file_location("generate_names", ROOT / "scripts" / "generate_names.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.generate() == script.TARGET.read_bytes(), "stale: run scripts/generate_names.py"


def test_every_kind_that_is_named_can_be_read():
    assert {kind for paths in _names().values() for kind in paths.values()} <= READERS.keys()
    assert {name.partition(".")[0] for name in [*READERS, *ROOMS]} <= SERVICES.keys()


def test_the_quotas_speak_of_what_exists():
    for type, takes in _knowledge()["takes"].items():
        schema = lookup(type)
        assert schema is not None, type
        for quota, rule in takes.items():
            assert quota_words(quota, 2)
            named = [rule[key] for key in ("property", "members") if key in rule] if isinstance(rule, dict) else []
            assert set(named) <= schema.properties.keys(), (type, quota)
    for type, group in _knowledge()["groups"].items():
        assert {group["member"], *group["count"]} <= lookup(type).properties.keys(), type


def test_every_quota_is_read_somewhere():
    words = _knowledge()["words"]
    assert {quota.partition(".")[0] for quota in words} == ROOMS.keys()
    assert {quota.partition(".")[2] for quota in words if quota.startswith("network.")} == set(NETWORK)


@pytest.mark.parametrize(
    ("quota", "count", "said"),
    [
        ("network.router", 1, "1 router"),
        ("network.ikepolicy", 1, "1 IKE policy"),
        ("compute.cores", 1, "1 vCPU"),
        ("volume.gigabytes", 1, "1 GB of volumes"),
        ("network.port", 3, "3 ports"),
    ],
)
def test_quotas_in_words(quota, count, said):
    assert quota_words(quota, count) == said
