"""The snapshot of what Heat knows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cfn2heat.hot import catalog
from cfn2heat.hot.catalog import Schema, lookup, property_schema, template_version, type_names


def test_the_services_are_there() -> None:
    names = type_names()
    services = {name.split("::")[1] for name in names if name.startswith("OS::")}
    assert services > {
        "Neutron",
        "Nova",
        "Cinder",
        "Octavia",
        "Swift",
        "Zaqar",
        "Aodh",
        "Mistral",
        "Heat",
        "Designate",
        "Manila",
        "Trove",
    }
    assert len(names) > 150
    assert all(lookup(name) is not None for name in names)


def test_unknown_type() -> None:
    assert lookup("OS::Nova::Sever") is None
    assert property_schema("OS::Nova::Sever", "name") is None


@pytest.mark.parametrize(
    ("type_name", "path", "kind"),
    [
        ("OS::Nova::Server", "networks", "list"),
        ("OS::Nova::Server", "networks[0]", "map"),
        ("OS::Nova::Server", "networks[0].port", "string"),
        ("OS::Nova::Server", ("networks", 3, "port"), "string"),
        ("OS::Neutron::Router", "external_gateway_info.network", "string"),
        ("OS::Swift::Container", "X-Container-Meta", "map"),
        ("OS::Cinder::Volume", "size", "integer"),
        ("OS::Heat::Value", "value", "any"),
    ],
)
def test_property_at_a_path(type_name: str, path: str | tuple[str | int, ...], kind: str) -> None:
    found = property_schema(type_name, path)
    assert found is not None
    assert found.type == kind


@pytest.mark.parametrize("path", ["nome", "networks.port", "networks[0].prt", "name.x", "name[0]"])
def test_no_property_at_a_path(path: str) -> None:
    assert property_schema("OS::Nova::Server", path) is None


def test_what_a_schema_says() -> None:
    protocol = property_schema("OS::Neutron::SecurityGroup", "rules[0].protocol")
    port = property_schema("OS::Neutron::SecurityGroup", "rules[0].port_range_min")
    cidr = property_schema("OS::Neutron::Subnet", "cidr")
    assert protocol is not None
    assert port is not None
    assert cidr is not None
    assert "tcp" in (protocol.allowed_values or [])
    assert port.range == (0, 65535)
    assert cidr.custom == ("net_cidr",)
    rules = property_schema("OS::Neutron::SecurityGroup", "rules")
    assert rules is not None
    assert isinstance(rules.schema, Schema)
    assert isinstance(rules.schema.schema, dict)


def test_what_a_type_says() -> None:
    subnet, server, group = lookup("OS::Neutron::Subnet"), lookup("OS::Nova::Server"), lookup("OS::Heat::ResourceGroup")
    assert subnet is not None
    assert server is not None
    assert group is not None
    assert subnet.properties["network"].required
    assert subnet.replaces["network"] == "network_id"
    assert subnet.attributes["show"] == "map"
    assert not server.open_attributes
    assert group.open_attributes
    assert "rolling_update" in group.update_policy
    assert server.properties["flavor"].update_allowed


def test_template_versions() -> None:
    newest, lesser, least = template_version("2021-04-16"), template_version("2018-08-31"), template_version("2016-10-14")
    assert newest is not None
    assert lesser is not None
    assert least is not None
    assert newest.optional_else
    assert not lesser.optional_else
    assert "list_concat" in lesser.functions
    assert "list_concat" not in least.functions
    assert "Fn::Join" in newest.removed_functions
    assert template_version("rocky") == lesser
    assert template_version("2031-01-01") is None


def test_only_the_types_that_are_asked_for_are_read() -> None:
    """In a fresh process, as a fresh process asks."""
    program = (
        "import json, sys\n"
        "calls = []\n"
        "loads = json.loads\n"
        "json.loads = lambda text: calls.append(len(text)) or loads(text)\n"
        "from cfn2heat.hot import catalog\n"
        "catalog.lookup('OS::Neutron::Net')\n"
        "print(json.dumps(calls))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    head, one = json.loads(done.stdout)
    assert head < 20_000
    assert one < 5_000


def test_no_yaml_is_imported_to_write_or_check() -> None:
    program = (
        "import sys\n"
        "from cfn2heat.hot import check, writer\n"
        "from cfn2heat.hot.template import HotTemplate\n"
        "template = HotTemplate()\n"
        "check.check_template(template)\n"
        "writer.write_template(template)\n"
        "print([name for name in ('yaml', 'jsonschema', 'click', 'ipaddress') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_engine_is_named() -> None:
    assert catalog.engine_version()
    assert "nova.keypair" in catalog.custom_constraints()
    assert "OS::stack_name" in catalog.pseudo_parameters()
