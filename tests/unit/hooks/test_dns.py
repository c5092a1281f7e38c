"""Zones and records: dots, quotes, aliases, and which zone is meant."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.hooks.dns_names import dotted
from cfn2heat.hooks.dns_records import quoted, record
from cfn2heat.hot import values as hot
from tests.translating import convert_text, written

NAME = hot.GetParam("Name")


def joined(*items: hot.HotValue) -> hot.ListJoin:
    """A text of several pieces."""
    return hot.ListJoin("", (hot.HotList(items),))


def one_dot(*items: hot.HotValue) -> hot.StrReplace:
    """A text that ends in one dot, whether or not its last piece brings it."""
    return hot.StrReplace(joined(*items, hot.Literal(".")), {"..": hot.Literal(".")})


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (hot.Literal("example.org"), hot.Literal("example.org.")),
        (hot.Literal("example.org."), hot.Literal("example.org.")),
        (NAME, one_dot(NAME)),
        (joined(hot.Literal("www."), NAME), one_dot(hot.Literal("www."), NAME)),
        (joined(NAME, hot.Literal(".org")), joined(NAME, hot.Literal(".org."))),
        (joined(NAME, hot.Literal(".")), joined(NAME, hot.Literal("."))),
        (hot.StrReplace(hot.Literal("${N}.org"), {"${N}": NAME}), hot.StrReplace(hot.Literal("${N}.org."), {"${N}": NAME})),
        (hot.StrReplace(hot.Literal("${N}."), {"${N}": NAME}), hot.StrReplace(hot.Literal("${N}."), {"${N}": NAME})),
        (hot.If(hot.Literal("C"), hot.Literal("a"), None), hot.If(hot.Literal("C"), hot.Literal("a."), None)),
    ],
)
def test_names_end_in_one_dot(given: hot.HotValue, wanted: hot.HotValue) -> None:
    assert dotted(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("plain", '"plain"'),
        ('"quoted"', '"quoted"'),
        ('"two " "pieces"', '"two pieces"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("x" * 253, f'"{"x" * 253}"'),
        ("x" * 254, f'"{"x" * 200}" "{"x" * 54}"'),
    ],
)
def test_texts_stand_in_quotes(given: str, wanted: str) -> None:
    assert quoted(hot.Literal(given)) == hot.Literal(wanted)


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("MX", "10 mail.example.org", "10 mail.example.org."),
        ("SRV", "0 5 5060 sip.example.org", "0 5 5060 sip.example.org."),
        ("CAA", '0 issue "example.org"', "0 issue example.org"),
        ("A", "192.0.2.1", "192.0.2.1"),
        ("CNAME", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_record_data(kind: str, given: str, wanted: str) -> None:
    assert record(kind, hot.Literal(given)) == hot.Literal(wanted)


HEAD = """
Parameters:
  Domain: {Type: String}
  ZoneId: {Type: "AWS::Route53::HostedZone::Id"}
Conditions:
  Own: !Equals [!Ref Domain, example.org]
Resources:
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: !Ref Domain}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: subnet-1}}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [subnet-1]}}
"""


def resources(text: str) -> dict[str, Any]:
    """The emitted resources."""
    found: dict[str, Any] = written(convert_text(HEAD + text))["resources"]
    return found


def one(properties: str) -> dict[str, Any]:
    """Properties of one record set."""
    found: dict[str, Any] = resources(
        f"  R: {{Type: AWS::Route53::RecordSet, Properties: {{Name: a.example.org, {properties}}}}}\n"
    )
    return dict(found["R"]["properties"])


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ('HostedZoneName: !Sub "${Domain}."', {"get_resource": "Zone"}),
        ('HostedZoneName: !Join ["", [!Ref Domain, .]]', {"get_resource": "Zone"}),
        ("HostedZoneName: other.org", "other.org."),
        ("HostedZoneId: !Ref ZoneId", {"get_param": "ZoneId"}),
        ("HostedZoneId: Z9", {"get_param": "zone_Z9"}),
        ("HostedZoneId: !If [Own, !Ref Zone, !Ref ZoneId]", {"if": ["Own", {"get_resource": "Zone"}, {"get_param": "ZoneId"}]}),
        ("TTL: 60", {"get_param": "R_zone"}),
    ],
)
def test_the_zone_of_a_record(place: str, wanted: Any) -> None:
    assert one(f"{place}, Type: A, ResourceRecords: [192.0.2.1]")["zone"] == wanted


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("!GetAtt Server.PrivateIp", "A"),
        ("!GetAtt Front.DNSName", "A"),
        ("edge.example.net", "CNAME"),
        ("!If [Own, !GetAtt Front.DNSName, edge.example.net]", {"if": ["Own", "A", "CNAME"]}),
    ],
)
def test_a_name_that_is_an_address_here_makes_an_a_record(data: str, kind: Any) -> None:
    assert one(f"HostedZoneId: !Ref ZoneId, Type: CNAME, ResourceRecords: [{data}]")["type"] == kind


@pytest.mark.parametrize(("data", "fate"), [("!GetAtt Web.PrivateIp", "adapted"), ("edge.example.net", "translated")])
def test_a_changed_type_in_a_group_is_said(data: str, fate: str) -> None:
    converted = convert_text(f"""
Resources:
  Web: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, InstanceType: t3.micro}}}}
  Names:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneName: example.org.
      RecordSets: [{{Name: www.example.org., Type: CNAME, TTL: "60", ResourceRecords: [{data}]}}]
""")
    assert converted.translation is not None
    entries = converted.translation.ledger.entries
    assert [entry.fate.value for entry in entries if entry.path[-2:] == (0, "Type")] == [fate]


@pytest.mark.parametrize(
    ("target", "kind", "wanted"),
    [
        ("!GetAtt Front.DNSName", "A", {"get_attr": ["Front", "vip_address"]}),
        ('!Join ["", [dualstack., !GetAtt Front.DNSName]]', "A", {"get_attr": ["Front", "vip_address"]}),
        ("!GetAtt Front.DNSName", "AAAA", {"get_param": "R_ipv6_address"}),
        ("s3-website.amazonaws.com", "A", {"get_param": "R_address"}),
        ("!ImportValue front", "A", {"get_param": "import_front"}),
    ],
)
def test_aliases(target: str, kind: str, wanted: Any) -> None:
    found = one(f"HostedZoneId: !Ref ZoneId, Type: {kind}, AliasTarget: {{DNSName: {target}, HostedZoneId: Z1}}")
    assert (found["type"], found["records"]) == (kind, [wanted])


def test_sets_of_one_name_in_a_group_become_one() -> None:
    found = resources("""
  Names:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: !Ref Zone
      RecordSets:
        - {Name: a.example.org, Type: A, SetIdentifier: x, Weight: 1, TTL: 60, ResourceRecords: [192.0.2.1]}
        - {Name: a.example.org, Type: A, SetIdentifier: y, Weight: 2, TTL: 60, ResourceRecords: [192.0.2.2]}
        - !If [Own, {Name: b.example.org, Type: A, TTL: 60, ResourceRecords: [192.0.2.3]}, !Ref "AWS::NoValue"]
""")
    assert found["Names"]["properties"]["records"] == ["192.0.2.1", "192.0.2.2"]
    assert found["Names_2"]["condition"] == "Own"
    assert found["Names_2"]["properties"]["zone"] == {"get_resource": "Zone"}


def test_a_failover_pair_keeps_its_first() -> None:
    found = resources("""
  One:
    Type: AWS::Route53::RecordSet
    Properties:
      {HostedZoneId: Z1, Name: a.org, Type: A, SetIdentifier: a, Failover: PRIMARY, TTL: 1, ResourceRecords: [192.0.2.1]}
  Two:
    Type: AWS::Route53::RecordSet
    Properties:
      {HostedZoneId: Z1, Name: a.org, Type: A, SetIdentifier: b, Failover: SECONDARY, TTL: 1, ResourceRecords: [192.0.2.2]}
""")
    assert found["One"]["properties"]["records"] == ["192.0.2.1"]
    assert "Two" not in found
