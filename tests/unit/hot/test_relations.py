"""Properties that exclude or demand each other: each row, and where nothing is certain. The engine agrees in tests/oracle."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.check import check_text
from cfn2heat.hot.relations import rows
from tests.relations import broken, examples, mended

HEAD = "heat_template_version: 2021-04-16\n"
SUBNET = "{type: OS::Neutron::Subnet, properties: {network: n, %s}}"
PARAMETERS = """
parameters:
  filled: {type: string, default: 10.0.0.0/24}
  empty: {type: string, default: ""}
  open: {type: string}
  few: {type: number, default: 1}
  many: {type: number, default: 5}
conditions: {c: true}
"""


def said(type_name: str, properties: dict[str, Any]) -> list[str]:
    """What is wrong with the properties together."""
    text = json.dumps({"heat_template_version": "2021-04-16", "resources": {"r": {"type": type_name, "properties": properties}}})
    return [found.message for found in check_text(text, "t.yaml") if found.code == "C2H4025"]


@pytest.mark.parametrize(("type_name", "row"), examples())
def test_each_row(type_name: str, row: dict[str, Any]) -> None:
    assert said(type_name, broken(type_name, row))
    assert said(type_name, mended(type_name, row)) == []


def test_each_row_says_where_the_engine_says_so() -> None:
    assert all(row["source"].endswith(".py") for listed in rows().values() for row in listed)


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ("cidr: 10.0.0.0/24", ""),
        ("", "one of cidr and subnetpool must be given"),
        ("cidr: null", "one of cidr and subnetpool must be given"),
        ("cidr: {get_param: open}", ""),
        ("cidr: {if: [c, 10.0.0.0/24]}", ""),
        ("cidr: 10.0.0.0/24, subnetpool: p", "cidr and subnetpool exclude each other"),
        ("cidr: {get_param: filled}, subnetpool: {get_resource: p}", "cidr and subnetpool exclude each other"),
        ("cidr: {get_param: empty}, subnetpool: p", ""),
        ("cidr: {get_param: open}, subnetpool: p", ""),
        ("cidr: {if: [c, 10.0.0.0/24]}, subnetpool: {if: [c, {get_attr: [p, name]}, p]}", ""),
        ("cidr: {if: [c, 10.0.0.0/24, 10.1.0.0/24]}, subnetpool: p", "cidr and subnetpool exclude each other"),
        ("cidr: 10.0.0.0/24, subnetpool: {get_attr: [p, name]}", ""),
        ("cidr: 10.0.0.0/24, ipv6_ra_mode: slaac", "ipv6_ra_mode must not be given when ip_version is 4"),
    ],
)
def test_only_what_is_certain_is_said(properties: str, wanted: str) -> None:
    pool = "p: {type: OS::Neutron::SubnetPool, properties: {prefixes: [10.0.0.0/8]}}"
    text = f"{HEAD}{PARAMETERS}resources: {{r: {SUBNET % properties}, {pool}}}\n"
    found = [one.message for one in check_text(text, "t.yaml") if one.code == "C2H4025"]
    assert found == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ("min_size: 5, max_size: 1", ["min_size is 5, more than max_size, which is 1"]),
        ("min_size: '5', max_size: {get_param: few}", ["min_size is 5, more than max_size, which is 1"]),
        ("min_size: {get_param: few}, max_size: {get_param: many}", []),
        ("min_size: 1, max_size: 5, desired_capacity: 9", ["desired_capacity is 9, more than max_size, which is 5"]),
        ("min_size: {if: [c, 9, 1]}, max_size: 5", []),
    ],
)
def test_sizes(sizes: str, wanted: list[str]) -> None:
    group = f"g: {{type: OS::Heat::AutoScalingGroup, properties: {{{sizes}, resource: {{type: OS::Heat::None}}}}}}"
    found = [one.message for one in check_text(f"{HEAD}{PARAMETERS}resources: {{{group}}}\n", "t.yaml") if one.code == "C2H4025"]
    assert found == wanted


def test_the_place_is_the_property_and_the_branch() -> None:
    networks = "[{if: [c, {port: p, fixed_ip: 10.0.0.1}]}]"
    server = f"{{type: OS::Nova::Server, properties: {{flavor: f, image: i, networks: {networks}}}}}"
    (found,) = check_text(f"{HEAD}conditions: {{c: true}}\nresources: {{r: {server}}}\n", "t.yaml")
    assert (found.code, found.severity) == ("C2H4025", Severity.ERROR)
    assert found.subject == "resources.r.properties.networks[0].if[1].port"


def test_the_older_name_of_a_property_beside_the_newer() -> None:
    assert said("OS::Neutron::FloatingIP", {"floating_network": "n", "floating_network_id": "n"}) == [
        "floating_network and floating_network_id exclude each other"
    ]


def test_what_is_only_looked_at_is_not_made() -> None:
    text = f"{HEAD}resources: {{r: {{type: OS::Nova::Server, external_id: x}}}}\n"
    assert check_text(text, "t.yaml") == []


def test_what_is_only_looked_at_is_named_by_a_parameter_that_is_there() -> None:
    text = f"{HEAD}resources: {{r: {{type: OS::Nova::Server, external_id: {{get_param: none}}}}}}\n"
    assert [found.subject for found in check_text(text, "t.yaml")] == ["resources.r.external_id"]
