"""check: one case a code, places, and what it costs. Agreement with the engine is in tests/oracle."""

from __future__ import annotations

import time

import pytest

from cfn2heat.diagnostics import InputError, Severity
from cfn2heat.hot.check import check_template, check_text, nested_names
from cfn2heat.hot.plain import template_to_plain
from cfn2heat.hot.template import HotCondition, HotOutput, HotParameter, HotResource, HotTemplate
from cfn2heat.hot.values import Function, GetAttr, GetParam, GetResource, HotList, HotMap, If, Literal, StrReplace
from cfn2heat.hot.writer import write_template

HEAD = "heat_template_version: 2021-04-16\n"

CASES = {
    "C2H4003": "mappings: {}\n",
    "C2H4004": "resources:\n  r: {type: OS::Heat::None, creation_policy: {}}\n",
    "C2H4005": "resources:\n  r: {properties: {}}\n",
    "C2H4006": "resources:\n  r: {type: OS::Nova::Sever}\n",
    "C2H4007": "resources:\n  r: {type: OS::Neutron::Net, properties: {nmae: x}}\n",
    "C2H4008": "resources:\n  r: {type: OS::Neutron::Subnet, properties: {cidr: 10.0.0.0/24}}\n",
    "C2H4009": "resources:\n  r: {type: OS::Neutron::Net, properties: {admin_state_up: perhaps}}\n",
    "C2H4010": "resources:\n  r: {type: OS::Heat::RandomString, properties: {length: 513}}\n",
    "C2H4011": "conditions:\n  c: {equals: [{list_join: ['', [a]]}, a]}\n",
    "C2H4012": "outputs:\n  o: {value: {list_join: ['', [1]]}}\n",
    "C2H4013": "outputs:\n  o: {value: {get_param: nobody}}\n",
    "C2H4014": "outputs:\n  o: {value: {get_resource: nobody}}\n",
    "C2H4015": "resources:\n  r: {type: OS::Neutron::Net}\noutputs:\n  o: {value: {get_attr: [r, colour]}}\n",
    "C2H4016": "outputs:\n  o: {condition: nobody, value: 1}\n",
    "C2H4017": "resources:\n  a: {type: OS::Heat::None, depends_on: b}\n  b: {type: OS::Heat::None, depends_on: a}\n",
    "C2H4018": "parameter_groups:\n  - {label: x, parameters: [nobody]}\n",
    "C2H4019": "parameters:\n  p: {type: String}\n",
    "C2H4020": "parameters:\n  r: {type: string}\nresources:\n  r: {type: OS::Heat::None}\n",
    "C2H4021": "resources:\n  r: {type: OS::Neutron::LBaaS::LoadBalancer, properties: {vip_subnet: a}}\n",
    "C2H4022": "resources:\n  r: {type: OS::Neutron::SecurityGroup, properties: {rules: [{protocol: tcp, port_range_min: 0}]}}\n",
    "C2H4023": "parameters:\n  p: {type: string, default: true}\n",
    "C2H4024": "conditions: {c: false}\nresources:\n  r: {type: OS::Heat::None, condition: c}\n"
    "outputs:\n  o: {value: {get_resource: r}}\n",
    "C2H4025": "resources:\n  r: {type: OS::Nova::Server, properties: {flavor: f}}\n",
}


def codes(body: str) -> list[str]:
    return [found.code for found in check_text(HEAD + body, "t.yaml")]


@pytest.mark.parametrize("code", CASES)
def test_each_code(code: str) -> None:
    assert codes(CASES[code]) == [code]


def test_version() -> None:
    assert [found.code for found in check_text("heat_template_version: 2031-01-01\n", "t.yaml")] == ["C2H4002"]


@pytest.mark.parametrize(
    "text",
    [
        "a: [1\n",
        "just text\n",
        "",
        "resources: {}\n",
        "AWSTemplateFormatVersion: '2010-09-09'\n",
        "\tx: 1",
        "a: !!python/object:os.system {}\n",
        "a: &a [*a]\n",
        "a: 1\n---\nb: 2\n",
        "[" * 500 + "]" * 500,
        "a: &a [x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n" for before, after in zip("abcdefgh", "bcdefghi", strict=True)
        ),
    ],
)
def test_what_is_no_template(text: str) -> None:
    with pytest.raises(InputError) as caught:
        check_text(text, "t.yaml")
    assert caught.value.diagnostic.code == "C2H4001"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("resources:\n  r:\n    type: OS::Neutron::Net\n    properties:\n      nmae: x\n", "t.yaml:6:7"),
        ("outputs:\n  o:\n    value:\n      - {get_param: p}\n", "t.yaml:5:9"),
        ("resources:\n  r:\n    type: OS::Nova::Sever\n", "t.yaml:4:5"),
        ("conditions: {a: true, a: false}\n", "t.yaml:2:23"),
    ],
)
def test_places(body: str, place: str) -> None:
    (found,) = check_text(HEAD + body, "t.yaml")
    assert str(found.span) == place


def test_every_finding_is_said_once_and_all_are() -> None:
    body = "resources:\n  r: {type: OS::Neutron::Net, properties: {name: {get_param: a}, tags: [{get_resource: b}], c: d}}\n"
    assert sorted(codes(body)) == ["C2H4007", "C2H4013", "C2H4014"]


def test_near_names_are_named() -> None:
    (found,) = check_text(HEAD + CASES["C2H4007"], "t.yaml")
    assert "name is near" in found.message


GUARDED = """
parameters: {p: {type: string, default: a}}
conditions:
  c: {equals: [{get_param: p}, a]}
  d: {and: [c, {equals: [a, a]}]}
  e: {not: c}
resources:
  r: {type: OS::Heat::None, condition: c}
  s: {type: OS::Heat::None, condition: e}
  same: {type: OS::Heat::Value, condition: c, properties: {value: {get_resource: r}}}
  narrower: {type: OS::Heat::Value, condition: d, properties: {value: {get_resource: r}}}
outputs:
  guarded: {value: {if: [c, {get_resource: r}, {get_resource: s}]}}
  opposite: {value: {if: [e, {get_resource: s}, {get_resource: r}]}}
  conditional: {condition: d, value: {get_attr: [r, show]}}
"""


def test_guarded_references_are_lawful() -> None:
    assert codes(GUARDED) == []


def test_the_wrong_branch_is_not() -> None:
    wrong = GUARDED.replace("[c, {get_resource: r}, {get_resource: s}]", "[c, {get_resource: s}, {get_resource: r}]")
    assert codes(wrong) == ["C2H4024", "C2H4024"]


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        ("{type: OS::Cinder::Volume, properties: {size: {get_param: p}}}", ["C2H4009"]),
        ("{type: OS::Cinder::Volume, condition: c, properties: {size: {get_param: p}}}", []),
        ("{type: OS::Cinder::Volume, properties: {size: {if: [c, {get_param: p}, 1]}}}", []),
    ],
)
def test_a_default_that_a_condition_keeps_away(resource: str, wanted: list[str]) -> None:
    body = "parameters: {p: {type: string, default: ''}}\nconditions: {c: {not: {equals: [{get_param: p}, '']}}}\n"
    assert codes(f"{body}resources: {{r: {resource}}}\n") == wanted


INNER = HEAD + "parameters: {size: {type: number}}\noutputs: {o: {value: 1}}\n"


@pytest.mark.parametrize(
    ("properties", "attribute", "wanted"),
    [
        ("{size: 1}", "o", []),
        ("{}", "o", ["C2H4008"]),
        ("{size: big}", "o", ["C2H4009"]),
        ("{size: 1, x: y}", "o", ["C2H4007"]),
        ("{size: 1}", "x", ["C2H4015"]),
    ],
)
def test_nested_files_are_types(properties: str, attribute: str, wanted: list[str]) -> None:
    resources = f"resources: {{r: {{type: inner.yaml, properties: {properties}}}}}\n"
    body = f"{resources}outputs: {{o: {{value: {{get_attr: [r, {attribute}]}}}}}}\n"
    assert [found.code for found in check_text(HEAD + body, "t.yaml", {"inner.yaml": INNER})] == wanted
    assert nested_names(HEAD + body, "t.yaml") == ["inner.yaml"]


def test_a_nested_file_that_is_not_at_hand_is_a_warning() -> None:
    (found,) = check_text(HEAD + "resources: {r: {type: inner.yaml}}\n", "t.yaml")
    assert (found.code, found.severity) == ("C2H4006", Severity.WARNING)


def test_types_of_ones_own_are_a_warning() -> None:
    (found,) = check_text(
        HEAD + "resources: {r: {type: Our::Web::Server, properties: {a: {get_param: p}}}}\nparameters: {p: {type: string}}\n", "t"
    )
    assert (found.code, found.severity) == ("C2H4006", Severity.WARNING)


@pytest.mark.parametrize(
    ("type_name", "properties", "trapped"),
    [
        ("OS::Neutron::SecurityGroupRule", "{security_group: a}", True),
        ("OS::Neutron::SecurityGroupRule", "{security_group: a, protocol: '0'}", False),
        ("OS::Neutron::SecurityGroup", "{rules: [{protocol: tcp}, {protocol: tcp, remote_ip_prefix: 0.0.0.0/0}]}", True),
        ("OS::Neutron::SecurityGroup", "{rules: [{protocol: tcp}, {protocol: udp}]}", False),
        ("OS::Neutron::SecurityGroup", "{rules: [{protocol: icmp, port_range_min: 0, port_range_max: 0}]}", False),
        ("OS::Neutron::SecurityGroup", "{rules: [{if: [c, {protocol: udp, port_range_min: 0, port_range_max: 1}]}]}", True),
        ("OS::Nova::Server", "{flavor: f, image: i, name: Büro}", True),
        ("OS::Nova::Server", "{flavor: f, image: i, metadata: {'a/b': c}}", True),
        ("OS::Nova::Server", "{flavor: f, image: i, metadata: {'aws:x': c}}", False),
        ("OS::Nova::Server", "{flavor: f, image: i, availability_zone: us-east-1a}", True),
        ("OS::Swift::Container", "{X-Container-Meta: {a_b: c}}", True),
        ("OS::Swift::Container", "{X-Container-Read: '.r:*'}", False),
        ("OS::Zaqar::Subscription", "{queue_name: q, subscriber: 'http://x'}", True),
        ("OS::Zaqar::Subscription", "{queue_name: q, subscriber: 'http://x', options: {}}", False),
        (
            "OS::Octavia::HealthMonitor",
            "{pool: p, type: HTTP, delay: 1, max_retries: 1, timeout: 1, expected_codes: '200-299,301'}",
            True,
        ),
    ],
)
def test_traps(type_name: str, properties: str, trapped: bool) -> None:
    found = check_text(
        HEAD + f"conditions: {{c: true}}\nresources: {{r: {{type: '{type_name}', properties: {properties}}}}}\n", "t.yaml"
    )
    assert [one.severity for one in found] == [Severity.WARNING] * trapped
    assert {one.code for one in found} <= {"C2H4022", "C2H4023"}


def many(count: int) -> HotTemplate:
    template = HotTemplate(parameters={"Size": HotParameter("Size", "string", default=Literal("m1.small"))})
    template.conditions["c"] = HotCondition("c", Function("equals", HotList((GetParam("Size"), Literal("a")))))
    for number in range(count):
        name = f"Web{number}"
        port = HotResource(
            f"{name}_port", "OS::Neutron::Port", {"network": Literal("n"), "security_groups": HotList((Literal("g"),))}
        )
        server = HotResource(name, "OS::Nova::Server", depends_on=[port.name])
        server.properties = {
            "name": StrReplace(Literal("${N}-web"), {"${N}": GetParam("OS::stack_name")}),
            "flavor": GetParam("Size"),
            "image": If(Literal("c"), Literal("a"), Literal("b")),
            "networks": HotList((HotMap({"port": GetResource(port.name)}),)),
            "metadata": HotMap({f"key{key}": Literal("value") for key in range(5)}),
        }
        template.resources.update({port.name: port, name: server})
        template.outputs[name] = HotOutput(name, GetAttr(name, "first_address"))
    return template


def test_our_own_template_holds_and_so_does_its_text() -> None:
    template = many(2)
    assert check_template(template) == []
    assert check_text(write_template(template), "t.yaml") == []


def test_findings_in_a_template_name_their_subject() -> None:
    template = many(1)
    template.resources["Web0"].properties["nome"] = Literal("x")
    (found,) = check_template(template)
    assert found.subject == "resources.Web0.properties.nome"


def test_nested_templates_of_ours() -> None:
    inner = HotTemplate(parameters={"size": HotParameter("size", "number")})
    outer = HotTemplate(resources={"r": HotResource("r", "inner.yaml", {"size": Literal("big")})})
    assert [found.code for found in check_template(outer, {"inner.yaml": inner})] == ["C2H4009"]
    assert template_to_plain(inner)["parameters"] == {"size": {"type": "number"}}


def test_cost_is_linear() -> None:
    def seconds(count: int) -> float:
        template = many(count)
        start = time.process_time()
        assert check_template(template) == []
        return time.process_time() - start

    few = min(seconds(50) for _ in range(3))
    assert min(seconds(500) for _ in range(3)) < few * 20


def test_a_long_chain_is_no_problem() -> None:
    chain = {f"r{number}": HotResource(f"r{number}", "OS::Heat::None", depends_on=[f"r{number + 1}"]) for number in range(3000)}
    chain["r3000"] = HotResource("r3000", "OS::Heat::None")
    assert check_template(HotTemplate(resources=chain)) == []
