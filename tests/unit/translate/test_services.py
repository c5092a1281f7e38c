"""What the site file says of services, versions and name servers counts when a template is converted."""

from pathlib import Path

import pytest

from cfn2heat.cli.convert import convert, version_for
from cfn2heat.table.site import Site
from tests.translating import convert_data, written

NET = {
    "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Sub": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": "10.0.0.0/24"}},
}
QUEUES = {name: {"Type": "AWS::SQS::Queue"} for name in ("Orders", "Parcels")}


def said(resources, site):
    """Subject and message of each warning of a service that lacks."""
    converted = convert_data({"Resources": resources}, site)
    return [(one.subject, one.message) for one in converted.diagnostics if one.code == "C2H5104"]


def test_a_service_that_lacks_is_said_once():
    message = "The cloud of the site file has no messaging service (Zaqar), which Orders and 1 more needs."
    assert said({**QUEUES, **NET}, {"services": ["compute", "network"]}) == [("Orders", message)]


@pytest.mark.parametrize("site", [{}, {"services": ["messaging"]}])
def test_nothing_is_said_of_a_service_that_is_there_or_not_known(site):
    assert said(QUEUES, site) == []


def test_another_name_of_a_service_counts():
    volume = {"Disk": {"Type": "AWS::EC2::Volume", "Properties": {"Size": 1, "AvailabilityZone": "a"}}}
    assert said(volume, {"services": ["volumev3"]}) == []
    assert [subject for subject, _ in said(volume, {"services": ["compute"]})] == ["Disk"]


def subnet_of(resources, site):
    return written(convert_data({"Resources": resources}, site))["resources"]["Sub"]["properties"]


def test_name_servers_of_the_site_serve_subnets_without_their_own():
    assert subnet_of(NET, {"dns_servers": ["192.0.2.53"]})["dns_nameservers"] == {"get_param": "dns_servers"}
    assert "dns_nameservers" not in subnet_of(NET, {})


@pytest.mark.parametrize(
    ("server", "expected"), [("192.0.2.7", ["192.0.2.7"]), ("AmazonProvidedDNS", {"get_param": "dns_servers"})]
)
def test_name_servers_of_the_source_go_before(server, expected):
    options = {
        "Options": {"Type": "AWS::EC2::DHCPOptions", "Properties": {"DomainNameServers": [server]}},
        "Use": {
            "Type": "AWS::EC2::VPCDHCPOptionsAssociation",
            "Properties": {"VpcId": {"Ref": "Net"}, "DhcpOptionsId": {"Ref": "Options"}},
        },
    }
    assert subnet_of({**NET, **options}, {"dns_servers": ["192.0.2.53"]})["dns_nameservers"] == expected


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (None, "2021-04-16"),
        ("2018-08-31", "2018-08-31"),
        ("2023-01-01", "2021-04-16"),
        ("2018-06-01", "2018-03-02"),
        ("2013-05-23", "2016-10-14"),
    ],
)
def test_the_version_that_the_cloud_reads(said, version):
    assert version_for(Site({"heat_version": said} if said else {})) == version


@pytest.mark.parametrize(("wish", "version"), [(None, "2018-08-31"), ("2021-04-16", "2021-04-16")])
def test_the_version_of_the_site_is_written_unless_another_is_wished(tmp_path: Path, wish, version):
    source, site = tmp_path / "net.yaml", tmp_path / "site.yaml"
    source.write_text("Resources: {Net: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}}", encoding="utf-8")
    site.write_text("heat_version: 2018-08-31", encoding="utf-8")
    assert convert((source,), output=tmp_path / "net.hot.yaml", site_file=site, heat_version=wish) == 0
    assert f"heat_template_version: {version}\n" in (tmp_path / "net.hot.yaml").read_text(encoding="utf-8")


def test_a_rule_of_the_template_needs_no_service():
    """What holds a rule stands at the rule's place, and that is no resource."""
    value = {"Fn::EachMemberEquals": [["a"], {"Ref": "Word"}]}
    other = {"Fn::Equals": [{"Ref": "Other"}, "x"]}
    data = {
        "Parameters": {"Word": {"Type": "String", "Default": "a"}, "Other": {"Type": "String", "Default": "y"}},
        "Rules": {"Same": {"RuleCondition": other, "Assertions": [{"Assert": value, "AssertDescription": "Not so"}]}},
        "Resources": QUEUES,
    }
    converted = convert_data(data, {"services": ["compute"]})
    assert any(name.startswith("Same") for name in written(converted)["resources"])
    assert [one.subject for one in converted.diagnostics if one.code == "C2H5104"] == ["Orders"]
