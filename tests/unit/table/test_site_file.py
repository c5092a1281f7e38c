"""What is read of a cloud becomes a site file that a person can look over, and that convert reads."""

from pathlib import Path

import pytest

from cfn2heat.cfn.instance_types import InstanceType, common, find
from cfn2heat.deploy.survey import Survey, Thing
from cfn2heat.record import replace
from cfn2heat.table.families import Image, common_images, find_image, find_volume_type, volume_types
from cfn2heat.table.flavors import Flavor, nearest, smallest
from cfn2heat.table.loader import load_table
from cfn2heat.table.site import read_site
from cfn2heat.table.site_facts import FACTS, KINDS, Wanted, site_facts
from cfn2heat.table.site_file import Entry, Fact, write_site
from cfn2heat.table.site_tables import TABLES

FLAVORS = [
    Flavor("m1.tiny", 1, 512, 1),
    Flavor("m1.small", 1, 2048, 20),
    Flavor("m1.medium", 2, 4096, 40),
    Flavor("m1.disk", 2, 4096, 200),
    Flavor("c1.wide", 8, 4096, 40),
    Flavor("b1.medium", 2, 4096, 40),
]


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ((1, 512, 0), "m1.tiny"),
        ((1, 513, 0), "m1.small"),
        ((2, 512, 0), "b1.medium"),  # equals: the smaller disk, then the name
        ((2, 4096, 150), "m1.disk"),  # a local disk wants one
        ((2, 4096, 900), "b1.medium"),  # none has so large a disk
        ((3, 1024, 0), "c1.wide"),
        ((9, 1024, 0), None),
    ],
)
def test_the_smallest_flavor_that_is_large_enough(size, name):
    flavor = smallest(InstanceType("x", *size), FLAVORS)
    assert (flavor and flavor.name) == name


def test_the_nearest_flavor():
    assert nearest(InstanceType("x", 16, 4096, 0), FLAVORS).name == "c1.wide"
    assert nearest(InstanceType("x", 2, 8192, 0), FLAVORS).name == "b1.medium"
    assert nearest(InstanceType("x", 2, 8192, 0), []) is None


def test_what_is_known_of_instance_types():
    assert find("t3.micro") == InstanceType("t3.micro", 2, 1024, 0)
    assert find("db.m5.large") == InstanceType("db.m5.large", 2, 8192, 0)
    assert find("t4g.small").special == "arm64"
    assert find("g4dn.xlarge").only_here
    assert not find("t4g.small").only_here
    assert find("g2.2xlarge").special == "1 GPU"  # withdrawn, and still named
    assert find("t3.enormous") is None
    names = [type.name for type in common()]
    assert names.index("t3.nano") < names.index("t3.2xlarge") < names.index("m5.large") < names.index("m5.24xlarge")
    assert not any("metal" in name for name in names)


IMAGES = [
    Image("Ubuntu 22.04 LTS 20250101", "ubuntu 22.04 lts 20250101"),
    Image("Ubuntu 22.04 LTS 20250601", "ubuntu 22.04 lts 20250601"),
    Image("jammy-arm", "jammy-arm ubuntu 22.04 aarch64"),
    Image("golden", "golden debian 12 x86_64"),
    Image("Rocky-9", "rocky-9"),
]


@pytest.mark.parametrize(
    ("key", "image", "certain"),
    [
        ("/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id", "Ubuntu 22.04 LTS 20250601", True),
        ("/aws/service/canonical/ubuntu/server/jammy/stable/current/arm64/hvm/ebs-gp2/ami-id", "jammy-arm", True),
        (
            "/aws/service/canonical/ubuntu/server/20.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
            "Ubuntu 22.04 LTS 20250601",
            False,
        ),
        ("/aws/service/debian/release/12/latest/amd64", "golden", True),
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "Rocky-9", False),
        ("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2", None, False),
        ("/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base", None, False),
        ("ami-0123456789abcdef0", None, False),
    ],
)
def test_images_by_name(key, image, certain):
    found = find_image(key, IMAGES)
    assert (found.image, found.certain) == (image, certain)


def test_every_common_image_is_of_a_known_family():
    assert all(find_image(key, []).system for key in common_images())


@pytest.mark.parametrize(
    ("key", "name"), [("gp3", "tier-SSD"), ("st1", "tier-HDD"), ("standard", "tier-HDD"), ("io2", "tier-SSD"), ("odd", None)]
)
def test_volume_types_by_name(key, name):
    assert find_volume_type(key, ["tier-HDD", "tier-SSD", "__DEFAULT__"]) == name


CLOUD = Survey(
    services={
        "compute": "https://c",
        "messaging": "https://m.example.org/",
        "object-store": "https://s/v1/AUTH_1",
        "database": "https://d",
    },
    things={
        "nova.flavor": [
            Thing("f1", "m1.small", {"vcpus": 1, "ram": 2048, "disk": 20}),
            Thing("f2", "m1.large", {"vcpus": 4, "ram": 8192, "disk": 80}),
        ],
        "glance.image": [Thing("i1", "golden", {"os_distro": "debian", "os_version": "12", "architecture": None})],
        "neutron.network": [
            Thing("n1", "public", {"is_router_external": True, "is_shared": False, "is_default": None, "subnet_ids": ["s1"]}),
            Thing("n2", "one", {"is_router_external": False, "is_shared": False, "is_default": None, "subnet_ids": ["s2"]}),
            Thing("n3", "two", {"is_router_external": False, "is_shared": False, "is_default": None, "subnet_ids": ["s3"]}),
            Thing("n4", "bare", {"is_router_external": False, "is_shared": True, "is_default": None, "subnet_ids": []}),
        ],
        "neutron.subnet": [
            Thing("s2", "one-sub", {"dns_nameservers": ["192.0.2.53"]}),
            Thing("s3", "two-sub", {"dns_nameservers": ["192.0.2.53"]}),
        ],
        "cinder.vtype": [Thing("v1", "plain", {"is_default": True}), Thing("v2", "nvme", {"is_default": False})],
        "nova.zone": [Thing("a", "a"), Thing("b", "b")],
        "cinder.zone": [Thing("a", "a")],
        "designate.zone": [Thing("z", "example.org.", {"email": "who@example.org"})],
        "manila.share_type": [Thing("t", "files", {"extra_specs": {"driver_handles_share_servers": "False"}})],
        "trove.datastore": [Thing("d", "mysql", {"versions": ["8.0", "5.7"]})],
    },
    versions=("2018-08-31", "rocky", "2016-10-14"),
    user={"roles": ["member"], "domain": "Default"},
)
WANTED = Wanted(
    {"external_network", "flavors", "zones"},
    {
        "flavors": {"m5.large", "m5.4xlarge", "g4dn.xlarge", "t3.enormous"},
        "images": {"/aws/service/debian/release/12/latest/amd64", "ami-0123456789abcdef0"},
        "volume_types": {"gp3", "st1"},
        "database_versions": {"8.0.35", "13.4"},
        "database_flavors": {"db.t3.small"},
    },
)
TEXT = """\
# The cloud of the test.

# Network that router gateways and floating IPs come from.
external_network: public

# Name servers for subnets of which the source does not say other ones; without it the cloud's DHCP answers.
dns_servers: [192.0.2.53]

# Flavor of this cloud for each EC2 instance type.
# The smallest flavor with at least the vCPU and memory of the type.
# This cloud has m1.small (1 vCPU, 2 GiB, 20 GB), m1.large (4 vCPU, 8 GiB, 80 GB).
flavors:
  # g4dn.xlarge: m1.large  # 4 vCPU, 16 GiB, 125 GB of local disk, 1 GPU; the nearest has 4 vCPU, 8 GiB
  # m5.4xlarge: m1.large   # 16 vCPU, 64 GiB; the nearest has 4 vCPU, 8 GiB
  m5.large: m1.large       # 2 vCPU, 8 GiB -> 4 vCPU, 8 GiB
  # t3.enormous:           # no type of the list of EC2's types

# Image of this cloud for each AMI.
# This cloud has golden.
images:
  /aws/service/debian/release/12/latest/amd64: golden  # Debian 12
  # ami-0123456789abcdef0:                             # To be filled

# Volume type of this cloud for each EBS volume type.
# This cloud has nvme, plain; plain is its default.
volume_types:
  gp3: nvme   # general purpose SSD
  st1: plain  # throughput disk

# Flavor of this cloud for each RDS instance class.
# The smallest flavor with at least the vCPU and memory of the type.
# This cloud has m1.small (1 vCPU, 2 GiB, 20 GB), m1.large (4 vCPU, 8 GiB, 80 GB).
database_flavors:
  db.t3.small: m1.large  # 2 vCPU, 2 GiB -> 4 vCPU, 8 GiB

# Datastore version of this cloud's Trove for each RDS engine version; empty for Trove's default.
# This cloud has mysql 8.0, 5.7.
database_versions:
  "13.4": ""     # not there: Trove's default
  8.0.35: "8.0"

# Availability zones of this cloud.
# Volumes have no zone b: theirs are a.
zones: [a, b]

# Newest template version that this cloud's Heat reads; convert writes it unless --heat-version says otherwise.
heat_version: "2018-08-31"

# Service types of this cloud's catalog; convert warns of resources that need another one.
services: [compute, database, messaging, object-store]
"""


@pytest.fixture(scope="module")
def table():
    return load_table()


def text_of(table, cloud, wanted=None):
    return write_site(["The cloud of the test."], site_facts(table, cloud, wanted))


def test_the_file_for_a_template(table):
    assert text_of(table, CLOUD, WANTED).startswith(TEXT)


def read_back(tmp_path, table, text):
    path: Path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return read_site(path, table)


def test_the_file_for_every_template_is_read_by_convert(tmp_path, table):
    site = read_back(tmp_path, table, text_of(table, CLOUD))
    assert site.lookup("flavors")["t3.micro"] == "m1.large"
    assert "m5.24xlarge" not in site.lookup("flavors")
    assert site.lookup("database_flavors")["db.t2.small"] == "m1.small"
    assert set(site.lookup("volume_types")) == set(volume_types())
    assert site.value("messaging_url") == "https://m.example.org/v2"
    assert site.value("object_store_url") == "https://s/v1/AUTH_1"
    assert site.value("heat_version") == "2018-08-31"
    assert site.value("services") == ["compute", "database", "messaging", "object-store"]
    assert site.value("dns_servers") == ["192.0.2.53"]
    assert site.value("zone_email") == "who@example.org"
    assert site.value("share_type") == "files"
    assert site.value("keystone_domain") == "Default"
    assert site.value("default_network") is None
    assert not site.allows("keystone_admin")


def test_what_a_person_must_choose_stands_behind_a_mark(table):
    text = text_of(table, CLOUD)
    assert "# Choose one of its 2 networks with subnets: one, two.\n# default_network:\n" in text


def test_an_administrator_is_known_by_the_role(tmp_path, table):
    cloud = replace(CLOUD, user={"roles": ["admin"], "domain": "Default"})
    assert read_back(tmp_path, table, text_of(table, cloud)).allows("keystone_admin")


def test_a_cloud_that_tells_nothing_gives_an_empty_site(tmp_path, table):
    text = text_of(table, Survey())
    site = read_back(tmp_path, table, text)
    assert site.values == {}
    assert "# This cloud shows no flavors.\n# flavors:\n" in text


def test_what_names_the_cloud_s_own_things_stands_for_itself(tmp_path, table):
    wanted = Wanted(set(), {"flavors": {"own.size", "m1.small"}, "images": {"golden"}})
    flavor = Thing("f9", "own.size", {"vcpus": 64, "ram": 1, "disk": 0})
    cloud = replace(CLOUD, things={**CLOUD.things, "nova.flavor": [*CLOUD.things["nova.flavor"], flavor]})
    site = read_back(tmp_path, table, text_of(table, cloud, wanted))
    assert site.lookup("flavors") == {"own.size": "own.size", "m1.small": "m1.small"}
    assert site.lookup("images") == {"golden": "golden"}


def test_every_fact_of_the_table_is_looked_for(table):
    assert table.site_facts.keys() == FACTS.keys() | TABLES.keys()
    assert CLOUD.things.keys() == KINDS


HOSTILE = [
    "a: b",
    "# no",
    "- x",
    "x\ny: 1",
    "true",
    "1.5",
    "'",
    '"',
    "{a}",
    "\x1b[31m",
    "\u2028",
    "ünï",
    " lead",
    "&a",
    "*a",
    "!!x",
    "%",
    "@",
    "`",
    "null",
    "",
    "~",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_a_cloud_say_nothing_but_themselves(tmp_path, table, name):
    """What others call their images and flavors is text: in values, and in comments, too."""
    entries = [Entry("m5.large", name, name), Entry("t3.micro", name, name, False)]
    facts = [Fact("external_network", name, [name]), Fact("zones", [name, "b"]), Fact("flavors", entries, [name])]
    site = read_back(tmp_path, table, write_site([name], facts))
    assert site.values == {"external_network": name, "zones": [name, "b"], "flavors": {"m5.large": name}}
