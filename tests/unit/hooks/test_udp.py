"""TCP and UDP on one port: two listeners, two pools, and members in both."""

from __future__ import annotations

from typing import Any

from cfn2heat.translate.result import Converted
from tests.translating import convert_text, load_hot, written

TEMPLATE = """
Parameters:
  Speak: {{Type: String, Default: TCP, AllowedValues: [TCP, TCP_UDP, UDP]}}
  Elsewhere: {{Type: String}}
Resources:
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {{Type: network, Scheme: internal, Subnets: [subnet-1]}}
  Dns:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Front
      Port: 53
      Protocol: {listener}
      DefaultActions: [{{Type: forward, TargetGroupArn: !Ref {to}}}]
  Names:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {{Name: names, Port: 5353, Protocol: {group}, Targets: [{{Id: !Ref Server}}]}}
  Server: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, InstanceType: t3.micro}}}}
  Servers:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {{MinSize: 1, MaxSize: 2, LaunchConfigurationName: !Ref Made, TargetGroupARNs: [!Ref Names]}}
  Made: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{ImageId: ami-1, InstanceType: t3.micro}}}}
"""


def convert(listener: str = "TCP_UDP", group: str = "TCP_UDP", to: str = "Names") -> Converted:
    """A listener, a target group, a server and a group of servers."""
    return convert_text(TEMPLATE.format(listener=listener, group=group, to=to))


def resources(converted: Converted) -> dict[str, Any]:
    """The emitted resources."""
    found: dict[str, Any] = written(converted)["resources"]
    return found


def test_each_has_its_own() -> None:
    found = resources(convert())
    said = {name: each["properties"] for name, each in found.items()}
    assert (said["Dns"]["protocol"], said["Dns"]["default_pool"]) == ("TCP", {"get_resource": "Names"})
    assert (said["Dns_udp"]["protocol"], said["Dns_udp"]["default_pool"]) == ("UDP", {"get_resource": "Names_udp"})
    assert said["Dns"]["protocol_port"] == said["Dns_udp"]["protocol_port"] == 53
    assert (said["Names"]["protocol"], said["Names_udp"]["protocol"]) == ("TCP", "UDP")
    assert (said["Names"]["name"], said["Names_udp"].get("name")) == ("names", None)
    assert said["Names_udp_monitor"] == {**said["Names_monitor"], "pool": {"get_resource": "Names_udp"}}
    assert said["Names_member_1_udp"] == {**said["Names_member_1"], "pool": {"get_resource": "Names_udp"}}


def test_members_of_groups_join_both() -> None:
    converted = convert()
    group = resources(converted)["Servers"]["properties"]["resource"]
    pools = [
        value for value in group["properties"].values() if value in ({"get_resource": "Names"}, {"get_resource": "Names_udp"})
    ]
    assert len(pools) == 2
    member = load_hot(next(text for name, text in converted.files.items() if name.endswith("member.yaml")))
    joined = [each for each in member["resources"].values() if each["type"] == "OS::Octavia::PoolMember"]
    assert [each["properties"]["protocol_port"] for each in joined] == [5353, 5353]
    assert joined[0]["properties"]["pool"] != joined[1]["properties"]["pool"]


def test_one_that_is_for_one_has_no_twin() -> None:
    found = resources(convert("TCP", "TCP"))
    assert [name for name in found if "udp" in name] == []


def test_a_udp_listener_gets_the_udp_side() -> None:
    found = resources(convert(listener="UDP"))
    assert found["Dns"]["properties"]["default_pool"] == {"get_resource": "Names_udp"}
    assert "Dns_udp" not in found
    assert resources(convert("UDP", "UDP"))["Dns"]["properties"]["default_pool"] == {"get_resource": "Names"}


def test_a_pool_from_elsewhere_is_one_side() -> None:
    converted = convert(to="Elsewhere")
    found = resources(converted)
    assert found["Dns"]["properties"]["default_pool"] == {"get_param": "Elsewhere"}
    assert found["Dns_udp"]["properties"]["default_pool"] == {"get_param": "Dns_udp_pool"}
    assert converted.translation
    assert "Dns_udp_pool" in converted.translation.holes
    assert resources(convert("UDP", to="Elsewhere"))["Dns"]["properties"]["default_pool"] == {"get_param": "Elsewhere"}


def test_a_protocol_by_parameter_is_a_condition() -> None:
    converted = convert("!Ref Speak", "!Ref Speak")
    data = written(converted)
    twins = {name: each["condition"] for name, each in data["resources"].items() if "udp" in name}
    assert sorted(twins) == ["Dns_udp", "Names_member_1_udp", "Names_udp", "Names_udp_monitor"]
    for condition in twins.values():
        assert data["conditions"][condition] == {"equals": [{"get_param": "Speak"}, "TCP_UDP"]}
