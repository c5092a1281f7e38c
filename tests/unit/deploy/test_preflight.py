"""What a template needs and a cloud lacks is said before anything is made."""

import copy

import pytest

from cfn2heat.deploy import preflight
from cfn2heat.deploy.needs import needs
from cfn2heat.deploy.rooms import Room
from cfn2heat.deploy.survey import Survey, Thing
from cfn2heat.diagnostics import Severity
from cfn2heat.record import replace

CLOUD = Survey(
    things={
        "nova.flavor": [
            Thing("f1", "m1.small", {"vcpus": 1, "ram": 2048, "disk": 20}),
            Thing("f2", "m1.large", {"vcpus": 4, "ram": 8192, "disk": 80}),
        ],
        "glance.image": [
            Thing("i1", "debian-12", {"min_disk": 2, "min_ram": 0}),
            Thing("i2", "huge", {"min_disk": 40, "min_ram": 4096}),
            Thing("i3", "twice", {}),
            Thing("i4", "twice", {}),
        ],
        "nova.keypair": [Thing("gardener", "gardener")],
        "neutron.network": [Thing("n1", "public"), Thing("n2", "shared")],
        "neutron.security_group": [Thing("g1", "default"), Thing("g2", "default")],
        "nova.zone": [Thing("nova", "nova")],
        "cinder.vtype": [Thing("v1", "ssd")],
    },
    rooms={
        "compute.instances": Room(10, 8),
        "compute.cores": Room(20, 14),
        "compute.ram": Room(-1, 0),
        "volume.gigabytes": Room(100, 70),
        "volume.volumes": Room(10, 0),
        "network.port": Room(50, 10),
    },
    types=frozenset({"OS::Nova::Server"}),
    versions=("2018-08-31", "rocky"),
)
TEMPLATE = {
    "heat_template_version": "2018-08-31",
    "parameters": {
        "Image": {"type": "string", "default": "debian-12", "constraints": [{"custom_constraint": "glance.image"}]},
        "Type": {"type": "string", "default": "t3.small"},
        "flavors": {"type": "json", "default": {"t3.small": "m1.small"}},
    },
    "resources": {
        "Web": {
            "type": "OS::Nova::Server",
            "properties": {
                "image": {"get_param": "Image"},
                "flavor": {"get_param": ["flavors", {"get_param": "Type"}]},
                "key_name": "gardener",
                "availability_zone": "nova",
                "networks": [{"network": "shared"}],
                "security_groups": ["default"],
            },
        }
    },
}


def lacks(template, files, parameters, survey):
    """What a template needs and a cloud lacks."""
    return preflight.lacks(needs(template, files, parameters), survey)


def changed(**properties):
    """The template with other properties of its server."""
    template = copy.deepcopy(TEMPLATE)
    template["resources"]["Web"]["properties"].update(properties)
    return template


def found(template, survey=CLOUD, files=None, **parameters):
    """Code and subject of each error."""
    errors = [one for one in lacks(template, files or {}, parameters, survey) if one.severity is Severity.ERROR]
    return [(one.code, one.subject) for one in errors]


def test_nothing_lacks():
    assert lacks(TEMPLATE, {}, {}, CLOUD) == []


@pytest.mark.parametrize(
    ("properties", "code", "subject"),
    [
        ({"flavor": "m1.huge"}, "C2H6503", "Web.flavor"),
        ({"image": "debian-13"}, "C2H6503", "Web.image"),
        ({"image": "twice"}, "C2H6504", "Web.image"),
        ({"image": "huge"}, "C2H6505", "Web"),
        ({"key_name": "nobody"}, "C2H6503", "Web.key_name"),
        ({"networks": [{"network": "nowhere"}]}, "C2H6503", "Web.networks.*.network"),
        ({"availability_zone": "far"}, "C2H6503", "Web.availability_zone"),
        ({"security_groups": ["door"]}, "C2H6503", "Web.security_groups"),
    ],
)
def test_a_thing_that_is_not_there(properties, code, subject):
    assert (code, subject) in found(changed(**properties))


@pytest.mark.parametrize(
    "properties", [{"image": "i3"}, {"flavor": "f2"}, {"flavor": {"get_resource": "Flavor"}}, {"key_name": ""}]
)
def test_ids_and_what_is_not_known_yet_pass(properties):
    assert found(changed(**properties)) == []


def test_a_thing_is_said_once_with_all_places_and_what_there_is():
    [lack] = lacks(TEMPLATE, {}, {"Image": "debian-1"}, CLOUD)
    assert lack.subject == "Image"
    assert lack.message == "The cloud has no image debian-1. Web.image names it, too."
    assert lack.advice == "There is debian-12, huge, twice: name one of them, or make debian-1."


def test_a_flavor_that_the_table_of_the_site_does_not_have_is_named():
    assert found(TEMPLATE, Type="t3.small", flavors={"t3.small": "t3.small"}) == [("C2H6503", "Web.flavor")]


def test_a_resource_that_is_not_made_needs_nothing():
    template = changed(key_name="nobody")
    template["conditions"] = {"Never": {"equals": ["a", "b"]}}
    template["resources"]["Web"]["condition"] = "Never"
    assert found(template) == []


def test_an_unknown_version():
    assert found({**TEMPLATE, "heat_template_version": "2021-04-16"}) == [("C2H6501", "heat_template_version")]


def test_a_refused_type():
    survey = replace(CLOUD, refused={"OS::Octavia::LoadBalancer": "the cloud does not have it", "OS::Other::Thing": "no"})
    template = {**TEMPLATE, "resources": {"Door": {"type": "OS::Octavia::LoadBalancer"}}}
    assert found(template, survey) == [("C2H6502", "Door")]


def group(size):
    """A group of servers of their own template."""
    member = {"type": "member.yaml", "properties": {"flavor": "m1.large", "volume": 10}}
    return {
        "heat_template_version": "2018-08-31",
        "resources": {
            "Herd": {"type": "OS::Heat::AutoScalingGroup", "properties": {"min_size": size, "max_size": 9, "resource": member}}
        },
    }


MEMBER = {
    "parameters": {"flavor": {"type": "string"}, "volume": {"type": "number"}},
    "resources": {
        "Cow": {"type": "OS::Nova::Server", "properties": {"flavor": {"get_param": "flavor"}}},
        "Bell": {"type": "OS::Cinder::Volume", "properties": {"size": {"get_param": "volume"}, "volume_type": "gold"}},
    },
}


def test_members_of_a_group_are_counted():
    errors = found(group(4), files={"member.yaml": MEMBER})
    assert errors == [("C2H6503", "Bell.volume_type"), ("C2H6506", "Cow"), ("C2H6506", "Cow"), ("C2H6506", "Bell")]


def test_a_small_group_finds_room():
    assert found(group(1), files={"member.yaml": MEMBER}) == [("C2H6503", "Bell.volume_type")]


def test_a_lack_in_a_nested_template_carries_its_file():
    [lack, *_] = lacks(group(1), {"member.yaml": MEMBER}, {}, CLOUD)
    assert lack.span.file == "member.yaml"


def test_what_a_quota_says():
    [message] = [one.message for one in lacks(group(3), {"member.yaml": MEMBER}, {}, CLOUD) if "vCPU" in one.message]
    assert message == "The template takes 12 vCPU, and the project's quota leaves 6 (14 of 20 used)."


def test_servers_take_ports_and_volumes_of_their_own():
    properties = {
        "networks": [{"network": "a"}, {"port": "b"}],
        "block_device_mapping_v2": [{"volume_size": 8, "image": "x"}, {"volume_id": "y", "volume_size": 9}, {"swap_size": 1}],
    }
    takes = needs({"resources": {"Web": {"type": "OS::Nova::Server", "properties": properties}}}, {}, {}).takes
    amounts = {take.quota: take.amount for take in takes}
    assert amounts == {"compute.instances": 1, "network.port": 1, "volume.volumes": 1, "volume.gigabytes": 8}


def test_a_template_that_contains_itself_ends():
    files = {"a.yaml": {"resources": {"Again": {"type": "a.yaml"}}}}
    assert found({**TEMPLATE, "resources": {"First": {"type": "a.yaml"}}}, files=files) == []


def test_a_parameter_without_a_value_is_a_note_with_what_there_is():
    template = copy.deepcopy(TEMPLATE)
    del template["parameters"]["Image"]["default"]
    [note] = lacks(template, {}, {}, CLOUD)
    assert (note.code, note.severity, note.subject) == ("C2H6507", Severity.NOTE, "Image")
    assert note.message.endswith("the cloud has debian-12, huge, twice.")


def test_what_could_not_be_read_is_said_and_not_guessed():
    things = {kind: things for kind, things in CLOUD.things.items() if kind != "nova.keypair"}
    survey = replace(CLOUD, things=things, unread={"nova.keypair": "this user may not ask", "octavia.pool": "no such service"})
    [note] = lacks(changed(key_name="nobody"), {}, {}, survey)
    assert (note.code, note.severity) == ("C2H6508", Severity.NOTE)
    assert note.message == "The key pairs of this cloud could not be read (this user may not ask), so nothing is known of them."


def test_a_cloud_without_heat():
    absent = dict.fromkeys(("resource types", "template versions"), "the cloud has no such service")
    [lack] = lacks(TEMPLATE, {}, {}, replace(CLOUD, unread=absent, types=frozenset(), versions=()))
    assert (lack.code, lack.severity, lack.subject) == ("C2H6502", Severity.ERROR, "orchestration")


def test_only_what_counts_is_asked_for():
    wanted = needs(TEMPLATE, {}, {})
    assert wanted.kinds() == {
        "nova.flavor",
        "glance.image",
        "nova.keypair",
        "nova.zone",
        "neutron.network",
        "neutron.security_group",
    }
    assert wanted.quotas() == {"compute", "network"}


@pytest.mark.parametrize("odd", [{"resources": {"A": None}}, {"resources": {"A": {"type": 1}}}, {"parameters": {"A": 1}}, {}])
def test_odd_templates_are_left_to_heat(odd):
    assert found({"heat_template_version": "2018-08-31", **odd}) == []
