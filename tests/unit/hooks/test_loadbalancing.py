"""Load balancers: where conditions, parameters and half a pattern must still give what Octavia takes."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.hooks.listener_matches import comparison
from cfn2heat.hooks.targets import codes
from tests.translating import convert_text, written

HEAD = """
Parameters:
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Scheme: {Type: String, Default: internal, AllowedValues: [internal, internet-facing]}
  Speak: {Type: String, Default: HTTP, AllowedValues: [HTTP, HTTPS]}
  Port: {Type: Number, Default: 8080}
  Text: {Type: String, Default: "true"}
Conditions:
  Tls: !Equals [!Ref Text, tls]
Resources:
"""
FRONT = """
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: !Ref Subnets}
  Web:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Port: 80, Protocol: HTTP}
"""


def resources(*parts: str) -> dict[str, Any]:
    """The emitted resources."""
    found: dict[str, Any] = written(convert_text(HEAD + "".join(parts)))["resources"]
    return found


def test_a_scheme_by_parameter_names_a_condition() -> None:
    text = """
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Condition: Tls
    Properties: {Scheme: !Ref Scheme, Subnets: !Ref Subnets}
Outputs:
  Address: {Condition: Tls, Value: !GetAtt Front.DNSName}
"""
    data = written(convert_text(HEAD + text))
    is_public = {"and": ["Tls", {"equals": [{"get_param": "Scheme"}, "internet-facing"]}]}
    assert data["conditions"]["Front_is_public"] == is_public
    assert data["resources"]["Front_public_ip"]["condition"] == "Front_is_public"
    address = [{"get_attr": ["Front_public_ip", "floating_ip_address"]}, {"get_attr": ["Front", "vip_address"]}]
    assert data["outputs"]["Address"]["value"] == {"if": ["Front_is_public", *address]}


def test_a_listener_that_forwards_or_redirects() -> None:
    found = resources(
        FRONT,
        """
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Front
      Port: !If [Tls, 443, 80]
      Protocol: !If [Tls, HTTPS, HTTP]
      Certificates: !If [Tls, [{CertificateArn: !Ref Text}], !Ref "AWS::NoValue"]
      DefaultActions:
        - !If
          - Tls
          - {Type: forward, TargetGroupArn: !Ref Web}
          - {Type: redirect, RedirectConfig: {Host: example.org, Path: /new, Query: a=b}}
""",
    )
    listener = found["Listener"]["properties"]
    assert listener["protocol"] == {"if": ["Tls", "TERMINATED_HTTPS", "HTTP"]}
    assert listener["default_tls_container_ref"] == {"if": ["Tls", {"get_param": "Text"}]}
    assert listener["default_pool"] == {"if": ["Tls", {"get_resource": "Web"}]}
    assert found["Listener_redirect"]["condition"] == found["Listener_redirect_all"]["condition"]
    assert found["Listener_redirect"]["properties"]["redirect_url"] == "https://example.org/new?a=b"


def test_a_container_is_asked_for_only_where_tls_ends() -> None:
    text = """
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Front, Port: 1, Protocol: !Ref Speak, DefaultActions: [{TargetGroupArn: !Ref Web}]}
"""
    found = resources(FRONT, text)
    wanted = {"if": [{"not": {"equals": [{"get_param": "Speak"}, "HTTP"]}}, {"get_param": "L_tls_container"}]}
    assert found["L"]["properties"]["default_tls_container_ref"] == wanted


RULE = """
  {name}:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: {priority}
      Conditions: [{{Field: path-pattern, Values: ["/{name}/*"]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Web}}]
"""
LISTENER = """
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Front
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: redirect, RedirectConfig: {Host: example.org}}]
"""


def test_policies_are_made_in_the_order_of_their_priorities() -> None:
    rules = [RULE.format(name=name, priority=priority) for name, priority in (("b", 20), ("c", '"100"'), ("a", 3))]
    found = resources(FRONT, LISTENER, *rules)
    assert [found[name]["properties"]["position"] for name in "abc"] == [1, 2, 3]
    assert [found[name].get("depends_on") for name in "abc"] == [None, "a", "b"]
    assert found["Listener_redirect"]["depends_on"] == ["b", "c", "a"]


def test_a_priority_that_is_a_parameter_is_carried() -> None:
    found = resources(FRONT, LISTENER, RULE.format(name="a", priority="!Ref Port"), RULE.format(name="b", priority=1))
    assert found["a"]["properties"]["position"] == {"get_param": "Port"}
    assert found["b"]["properties"]["position"] == 1
    assert "depends_on" not in found["a"]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("/api/*", ("STARTS_WITH", "/api/")),
        ("*.png", ("ENDS_WITH", ".png")),
        ("*x*", ("CONTAINS", "x")),
        ("/exact", ("EQUAL_TO", "/exact")),
        ("*", ("REGEX", "^.*$")),
        ("/a?c/*.js", ("REGEX", r"^/a.c/.*\.js$")),
    ],
)
def test_patterns(pattern: str, wanted: tuple[str, str]) -> None:
    assert comparison(pattern) == wanted


@pytest.mark.parametrize(("given", "wanted"), [("200", "200"), ("200, 302", "200,302"), ("200-299,301", "200-301")])
def test_codes_are_a_list_or_one_range(given: str, wanted: str) -> None:
    assert codes(given) == wanted


def test_a_pool_of_two_load_balancers_follows_their_conditions() -> None:
    text = """
  Inner:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Condition: Tls
    Properties: {Scheme: internal, Subnets: !Ref Subnets}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Condition: Tls
    Properties: {LoadBalancerArn: !Ref Inner, Port: 80, Protocol: HTTP, DefaultActions: [{TargetGroupArn: !Ref Web}]}
"""
    found = resources(FRONT, text)
    wanted = {"if": ["Tls", {"get_resource": "Inner"}, {"get_param": "Web_load_balancer"}]}
    assert found["Web"]["properties"]["loadbalancer"] == wanted


BY_PARAMETER = """
  {name}:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    {condition}
    Properties:
      ListenerArn: !Ref Text
      Priority: 1
      Conditions: [{{Field: path-pattern, Values: [/{name}]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Web}}]
"""


def test_a_pool_behind_a_listener_of_others_stands_on_its_load_balancer() -> None:
    found = resources(
        FRONT, BY_PARAMETER.format(name="One", condition=""), BY_PARAMETER.format(name="Two", condition="Condition: Tls")
    )
    assert found["Web_listener"] == {"type": "OS::Octavia::Listener", "external_id": {"get_param": "Text"}}
    assert found["Web"]["properties"]["loadbalancer"] == {"get_attr": ["Web_listener", "loadbalancers", 0, "id"]}


def test_a_listener_of_others_is_read_where_its_rule_is_made() -> None:
    found = resources(FRONT, BY_PARAMETER.format(name="One", condition="Condition: Tls"))
    assert found["Web_listener"]["condition"] == "Tls"
    balancer = {"get_attr": ["Web_listener", "loadbalancers", 0, "id"]}
    assert found["Web"]["properties"]["loadbalancer"] == {"if": ["Tls", balancer, {"get_param": "Web_load_balancer"}]}


@pytest.mark.parametrize(
    ("listener", "group", "wanted"),
    [
        ("TCP", "TCP", {"protocol": "TCP"}),
        ("TLS", "TCP", {"protocol": "HTTP"}),
        ("TLS", "TLS", {"protocol": "HTTP", "tls_enabled": True}),
        ("TCP", "TLS", {"protocol": "TCP", "tls_enabled": True}),
        ("UDP", "UDP", {"protocol": "UDP"}),
        ("HTTPS", "HTTPS", {"protocol": "HTTP", "tls_enabled": True}),
    ],
)
def test_a_pool_speaks_what_octavia_allows_behind_its_listener(listener: str, group: str, wanted: dict[str, Any]) -> None:
    text = f"""
  Front: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, Subnets: !Ref Subnets}}}}
  Pool: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 1, Protocol: {group}}}}}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref Front, Port: 1, Protocol: {listener}, DefaultActions: [{{TargetGroupArn: !Ref Pool}}]}}
"""
    pool = resources(text)["Pool"]["properties"]
    assert {key: pool[key] for key in ("protocol", "tls_enabled") if key in pool} == wanted


CLASSIC = """
  Front:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      Subnets: !Ref Subnets
      Listeners: [{{LoadBalancerPort: "80", InstancePort: "80", Protocol: tcp}}]
      HealthCheck: {{Target: {target}, Interval: "30", Timeout: "5", HealthyThreshold: "2", UnhealthyThreshold: "2"}}
"""


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ('"HTTP:80/up"', {"type": "HTTP", "url_path": "/up"}),
        ('"https:443/"', {"type": "HTTPS", "url_path": "/"}),
        ('"SSL:443"', {"type": "TCP"}),
        ('!Sub "HTTP:${Port}/"', {"type": "HTTP", "url_path": "/"}),
        ('!Join ["", [TCP, ":", !Ref Port]]', {"type": "TCP"}),
        ("!Ref Text", {"type": "TCP"}),
        ('!If [Tls, "HTTP:80/", "TCP:80"]', {"type": {"if": ["Tls", "HTTP", "TCP"]}, "url_path": {"if": ["Tls", "/"]}}),
    ],
)
def test_targets_of_health_checks(target: str, wanted: dict[str, Any]) -> None:
    monitor = resources(CLASSIC.format(target=target))["Front_monitor_80"]["properties"]
    assert {key: monitor[key] for key in ("type", "url_path") if key in monitor} == wanted


def test_members_let_in_the_subnet_of_their_load_balancer() -> None:
    found = resources("""
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Beside: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Door: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: door, VpcId: !Ref Vpc}}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: [!Ref Subnet], SecurityGroups: [!Ref Door]}
  Inside:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: inside
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref Door}]
""")
    rules = found["Inside"]["properties"]["rules"]
    assert [rule.get("remote_ip_prefix") or rule.get("remote_group_id") for rule in rules] == [
        {"get_resource": "Door"},
        "10.0.1.0/24",
    ]
    assert found["Front_public_ip"]["depends_on"] == "Subnet_interface"


def test_an_open_door_limits_nobody() -> None:
    found = resources(
        """
  Door:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: door
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 192.0.2.0/24}
        - {IpProtocol: "-1", CidrIp: 0.0.0.0/0}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: !Ref Subnets, SecurityGroups: [!Ref Door]}}
  Web: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP}}
""",
        LISTENER,
    )
    assert "allowed_cidrs" not in found["Listener"]["properties"]


def test_an_arn_is_no_default_of_a_container() -> None:
    text = """
Parameters:
  Certificate: {Type: String, Default: "arn:aws:acm:x", AllowedPattern: "arn:aws:acm:.*"}
Resources:
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: lb
      Port: 443
      Protocol: HTTPS
      Certificates: [{CertificateArn: !Ref Certificate}]
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}]
"""
    assert written(convert_text(text))["parameters"]["Certificate"] == {"type": "string"}


def test_gateway_load_balancers_are_said_and_not_made() -> None:
    text = """
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: gateway, Subnets: !Ref Subnets}}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 6081, Protocol: GENEVE}}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Front, DefaultActions: [{TargetGroupArn: !Ref Group}]}
"""
    converted = convert_text(HEAD + text)
    assert not written(converted).get("resources")
    told = {diagnostic.subject for diagnostic in converted.diagnostics if diagnostic.code == "C2H3004"}
    assert told == {"Front", "Group", "L"}
