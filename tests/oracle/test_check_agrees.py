"""What `check` says of a template, the real engine says too."""

from __future__ import annotations

import pytest

from cfn2heat.diagnostics import Severity
from cfn2heat.hot.check import check_text
from tests.oracle.engine import Engine

HEAD = "heat_template_version: {version}\n"
VALUE = "resources: {r: {type: OS::Heat::Value, properties: {value: a}}}\n"


def resource(kind: str, properties: str, more: str = "") -> str:
    """One resource r."""
    return f"resources: {{r: {{type: {kind}, properties: {properties}{more}}}}}\n"


def value(text: str) -> str:
    """A resource whose one property takes any value."""
    return resource("OS::Heat::Value", f"{{value: {text}}}")


def parameter(text: str) -> str:
    """One parameter."""
    return f"parameters: {{p: {text}}}\n" + VALUE


def condition(text: str) -> str:
    """One condition c, beside a parameter."""
    conditions = f"parameters: {{p: {{type: string, default: a}}}}\nconditions: {{c: {text}, t: true}}\n"
    return conditions + resource("OS::Heat::Value", "{value: a}", ", condition: c")


NET = "n: {type: OS::Neutron::Net}"
SUBNET = "cidr: 10.0.0.0/24"

GOOD = {
    "version alone": "",
    "empty resources": "resources: {}",
    "json default empty": parameter("{type: json, default: ''}"),
    "json default text": parameter("{type: json, default: '{\"a\": 1}'}"),
    "json default map": parameter("{type: json, default: {a: {b: 1}}}"),
    "list default list": parameter("{type: comma_delimited_list, default: [a, b]}"),
    "boolean default on": parameter("{type: boolean, default: 'on'}"),
    "number default text": parameter("{type: number, default: '5'}"),
    "range as text": parameter("{type: number, default: 3, constraints: [{range: {min: '1'}}]}"),
    "allowed numbers as text": parameter("{type: number, default: '3', constraints: [{allowed_values: [1, 3]}]}"),
    "pattern": parameter("{type: string, default: ab, constraints: [{allowed_pattern: '[a-z]+'}]}"),
    "network parameter": parameter("{type: string, default: 10.0.0.0/8, constraints: [{custom_constraint: net_cidr}]}"),
    "modulo": parameter("{type: number, default: 4, constraints: [{modulo: {step: 2, offset: 0}}]}"),
    "tags of a parameter": parameter("{type: string, default: a, tags: [x]}"),
    "groups": "parameter_groups: [{label: x, parameters: [p]}]\n" + parameter("{type: string, default: a}"),
    "group without label": "parameter_groups: [{parameters: [p]}]\n" + parameter("{type: string, default: a}"),
    "integer as text": resource("OS::Cinder::Volume", "{size: '5'}"),
    "boolean as text": resource("OS::Neutron::Net", "{admin_state_up: 'True'}"),
    "number for text": resource("OS::Neutron::Net", "{name: 5}"),
    "older property": resource("OS::Neutron::Subnet", f"{{network_id: x, {SUBNET}}}"),
    "text for anything": value("{a: [1, {b: null}]}"),
    "pseudo parameters": value("[{get_param: 'OS::stack_name'}, {get_param: 'OS::project_id'}]"),
    "parameter path": "parameters: {p: {type: json, default: {a: [b]}}}\n" + value("{get_param: [p, a, 0]}"),
    "path past the end": "parameters: {p: {type: json, default: {a: [b]}}}\n" + value("{get_param: [p, x, 7]}"),
    "list_join": value("{list_join: ['', [a, {get_param: 'OS::stack_name'}], [b]]}"),
    "list_join of nothing": value("{list_join: [',', []]}"),
    "str_replace": value("{str_replace: {template: a b, params: {a: 1, b: [x]}}}"),
    "str_split": value("{str_split: [',', 'a,b', 1]}"),
    "map_merge": value("{map_merge: [{a: 1, c: 2}, {b: 1}]}"),
    "map_replace": value("{map_replace: [{a: 1}, {keys: {a: get_file}}]}"),
    "repeat": value("{repeat: {template: 'x%i%', for_each: {'%i%': [a, b]}}}"),
    "yaql": value("{yaql: {expression: '$.data.a.len()', data: {a: [1, 2]}}}"),
    "digest": value("{digest: [sha256, a]}"),
    "list_concat": value("{list_concat: [[a], [b]]}"),
    "filter": value("{filter: [[a], [a, b]]}"),
    "make_url": value("{make_url: {scheme: http, host: a, port: 80}}"),
    "if with names": "conditions: {c: {equals: [a, b]}}\n" + value("{if: [c, a, b]}"),
    "if without else": "conditions: {c: true}\n" + value("{if: [c, a]}"),
    "if on a function": value("{if: [{equals: [{get_param: 'OS::stack_name'}, a]}, a, b]}"),
    "and": condition("{and: [t, {equals: [{get_param: p}, a]}]}"),
    "not name": condition("{not: t}"),
    "condition by yaql": condition("{yaql: {expression: '$.data.a = 1', data: {a: {get_param: p}}}}"),
    "contains": condition("{contains: [{get_param: p}, [a, b]]}"),
    "conditional resource": "conditions: {c: false}\n" + resource("OS::Heat::Value", "{value: a}", ", condition: c"),
    "condition true": resource("OS::Heat::Value", "{value: a}", ", condition: true"),
    "depends_on list": f"resources: {{{NET}, m: {{type: OS::Neutron::Net, depends_on: [n]}}}}",
    "retain": resource("OS::Neutron::Net", "{}", ", deletion_policy: Retain"),
    "retain in small letters": resource("OS::Neutron::Net", "{}", ", deletion_policy: retain"),
    "description of a resource": resource("OS::Neutron::Net", "{}", ", description: x"),
    "metadata": resource("OS::Neutron::Net", "{}", ", metadata: {a: {get_param: 'OS::stack_name'}}"),
    "attribute": f"resources: {{{NET}}}\noutputs: {{o: {{value: {{get_attr: [n, show]}}}}}}",
    "all attributes": f"resources: {{{NET}}}\noutputs: {{o: {{value: {{get_attr: [n]}}}}}}",
    "attribute path": f"resources: {{{NET}}}\noutputs: {{o: {{value: {{get_attr: [n, subnets, 0]}}}}}}",
    "conditional output": "conditions: {c: true}\n" + VALUE + "outputs: {o: {condition: c, value: a}}",
    "null output": VALUE + "outputs: {o: {value: null}}",
    "list of groups": f"resources: {{{NET}, g: {{type: OS::Neutron::SecurityGroup}}, "
    "p: {type: OS::Neutron::Port, properties: {network: {get_resource: n}, security_groups: [{get_resource: g}]}}}",
    "list parameter to list": "parameters: {p: {type: comma_delimited_list, default: 'a,b'}}\n"
    "resources: {n: {type: OS::Neutron::Port, properties: {network: x, security_groups: {get_param: p}}}}",
    "group members": resource("OS::Heat::ResourceGroup", "{count: 1, resource_def: {type: OS::Heat::None}}").replace("{r:", "{g:")
    + "outputs: {o: {value: {get_attr: [g, resource.0.show]}}, q: {value: {get_attr: [g, refs]}}}",
    "rolling updates": "resources: {g: {type: OS::Heat::AutoScalingGroup, properties: {min_size: 1, max_size: 2, "
    "resource: {type: OS::Heat::None}, rolling_updates: {min_in_service: 1}}}}",
    "update policy": "resources: {g: {type: OS::Heat::ResourceGroup, properties: {resource_def: {type: OS::Heat::None}}, "
    "update_policy: {rolling_update: {max_batch_size: 2}}}}",
    "anything where nothing is": resource("OS::Heat::None", "{a: b}") + "outputs: {o: {value: {get_attr: [r, colour]}}}",
    "type that is gone": resource("OS::Neutron::LBaaS::LoadBalancer", "{vip_subnet: b}"),
    "schedule": resource("OS::Mistral::CronTrigger", "{workflow: {name: w}, pattern: '0 8 * * MON-FRI'}"),
    "name of a host": resource("OS::Neutron::Port", "{network: x, dns_name: my-host}"),
    "data that looks like a function": value("{get_file: x, a: b}"),
    "function of another language": value("{'Fn::Sub': x}"),
}

BAD = {
    "section": "resourcez: {}",
    "no map of resources": "resources: [a]",
    "empty conditions": "conditions:\n" + VALUE,
    "no type": "resources: {r: {properties: {}}}",
    "empty resource": "resources: {r: }",
    "key of a resource": resource("OS::Heat::Value", "{value: a}", ", creation_policy: {}"),
    "resource type": resource("OS::Nova::Sever", "{}"),
    "type is a function": "resources: {r: {type: {get_param: x}}}",
    "property": resource("OS::Neutron::Net", "{nome: x}"),
    "property inside": resource("OS::Neutron::Port", "{network: x, fixed_ips: [{subnet_idd: x}]}"),
    "property beside a reference": f"resources: {{{NET}, p: {{type: OS::Neutron::Port, "
    "properties: {network: {get_resource: n}, fixed_ips: [{subnet: {get_resource: n}, x: 1}]}}}",
    "required property": resource("OS::Neutron::Subnet", "{cidr: 10.0.0.0/24}"),
    "required inside": resource("OS::Nova::Server", "{flavor: f, image: i, block_device_mapping: [{volume_size: 1}]}"),
    "integer": resource("OS::Cinder::Volume", "{size: big}"),
    "boolean": resource("OS::Neutron::Net", "{admin_state_up: maybe}"),
    "list": resource("OS::Neutron::Port", "{network: x, security_groups: a}"),
    "map": resource("OS::Neutron::Net", "{value_specs: [a]}"),
    "map for text": resource("OS::Neutron::Net", "{name: {a: b, c: d}}"),
    "float for text": resource("OS::Neutron::Net", "{name: 1.5}"),
    "allowed values": resource("OS::Neutron::SecurityGroup", "{rules: [{protocol: any}]}"),
    "range": resource("OS::Neutron::SecurityGroup", "{rules: [{protocol: tcp, port_range_min: 70000}]}"),
    "pattern of a property": resource("OS::Heat::RandomString", "{length: 513}"),
    "network": resource("OS::Neutron::Subnet", "{network: x, cidr: 10.0.0.0}"),
    "address": resource(
        "OS::Neutron::Subnet", f"{{network: x, {SUBNET}, host_routes: [{{destination: nowhere, nexthop: 10.0.0.1}}]}}"
    ),
    "mac": resource("OS::Neutron::Port", "{network: x, mac_address: '12:34'}"),
    "host name": resource("OS::Neutron::Port", "{network: x, dns_name: my_host}"),
    "domain without dot": resource("OS::Neutron::Net", "{dns_domain: example.org}"),
    "empty name of a network": resource("OS::Neutron::Port", "{network: ''}"),
    "schedule of AWS": resource("OS::Mistral::CronTrigger", "{workflow: {name: w}, pattern: 'cron(0 8 * * ? *)'}"),
    "parameter": value("{get_param: nobody}"),
    "parameter in an output": VALUE + "outputs: {o: {value: {list_join: ['', [{get_param: nobody}, {get_resource: r}]]}}}",
    "argument of get_param": value("{get_param: 5}"),
    "resource": value("{get_resource: nobody}"),
    "attribute": f"resources: {{{NET}}}\noutputs: {{o: {{value: {{get_attr: [n, colour]}}}}}}",
    "attribute of nobody": VALUE + "outputs: {o: {value: {get_attr: [x, y]}}}",
    "depends_on": resource("OS::Neutron::Net", "{}", ", depends_on: nobody"),
    "depends_on null": resource("OS::Neutron::Net", "{}", ", depends_on: null"),
    "depends on itself": resource("OS::Neutron::Net", "{}", ", depends_on: r"),
    "refers to itself": value("{get_resource: r}"),
    "circle": "resources: {a: {type: OS::Heat::Value, properties: {value: {get_resource: b}}}, "
    "b: {type: OS::Heat::Value, depends_on: a}}",
    "circle by metadata": resource("OS::Heat::Value", "{value: a}", ", metadata: {x: {get_attr: [r, value]}}"),
    "get_resource for a list": f"resources: {{{NET}, g: {{type: OS::Neutron::SecurityGroup}}, "
    "p: {type: OS::Neutron::Port, properties: {network: {get_resource: n}, security_groups: {get_resource: g}}}}",
    "map for a text by function": f"resources: {{{NET}, m: {{type: OS::Neutron::Net, "
    "properties: {name: {map_merge: [{a: {get_resource: n}}]}}}}",
    "text parameter to list": "parameters: {p: {type: string, default: a}}\n"
    "resources: {n: {type: OS::Neutron::Port, properties: {network: x, security_groups: {get_param: p}}}}",
    "json parameter to text": "parameters: {p: {type: json, default: {a: b}}}\n"
    + resource("OS::Neutron::Net", "{name: {get_param: p}}"),
    "default unfit for its property": "parameters: {p: {type: string, default: many}}\n"
    + resource("OS::Cinder::Volume", "{size: {get_param: p}}"),
    "parameter type": parameter("{type: String, default: a}"),
    "parameter without type": parameter("{default: a}"),
    "key of a parameter": parameter("{type: string, default: a, foo: bar}"),
    "number default": parameter("{type: number, default: ''}"),
    "boolean default": parameter("{type: boolean, default: perhaps}"),
    "json default": parameter("{type: json, default: 'x y'}"),
    "list default number": parameter("{type: comma_delimited_list, default: 1}"),
    "default against values": parameter("{type: string, default: c, constraints: [{allowed_values: [a, b]}]}"),
    "default against pattern": parameter("{type: string, default: ab1, constraints: [{allowed_pattern: '[a-z]+'}]}"),
    "default against range": parameter("{type: number, default: 9, constraints: [{range: {max: 5}}]}"),
    "default against length": parameter("{type: string, default: a, constraints: [{length: {min: 2}}]}"),
    "default no network": parameter("{type: string, default: a, constraints: [{custom_constraint: net_cidr}]}"),
    "range on text": parameter("{type: string, default: a, constraints: [{range: {min: 1}}]}"),
    "pattern on a number": parameter("{type: number, default: 1, constraints: [{allowed_pattern: '1'}]}"),
    "values on json": parameter("{type: json, default: {}, constraints: [{allowed_values: [{}]}]}"),
    "length without bounds": parameter("{type: string, default: a, constraints: [{length: {}}]}"),
    "unknown custom constraint": parameter("{type: string, default: a, constraints: [{custom_constraint: nova.foo}]}"),
    "unknown constraint": parameter("{type: string, default: a, constraints: [{size: 1}]}"),
    "constraints as a map": parameter("{type: string, default: a, constraints: {length: {min: 1}}}"),
    "group of nobody": "parameter_groups: [{label: x, parameters: [q]}]\n" + VALUE,
    "grouped twice": "parameter_groups: [{parameters: [p, p]}]\n" + parameter("{type: string, default: a}"),
    "group without parameters": "parameter_groups: [{label: x}]\n" + VALUE,
    "groups as a map": "parameter_groups: {a: b}\n" + VALUE,
    "parameter and resource of one name": "parameters: {r: {type: string, default: x}}\n" + VALUE,
    "condition is a name": condition("t"),
    "condition is a text": condition("'true'"),
    "condition is a number": condition("1"),
    "condition of nobody": resource("OS::Heat::Value", "{value: a}", ", condition: nobody"),
    "and of one": condition("{and: [t]}"),
    "and of nobody": condition("{and: [t, nobody]}"),
    "function in a condition": condition("{equals: [{list_join: ['', [a]]}, a]}"),
    "attribute in a condition": condition("{equals: [{get_attr: [r, value]}, a]}"),
    "equals of three": condition("{equals: [a, b, c]}"),
    "circle of conditions": condition("{not: {and: [t, c]}}"),
    "if of nobody": value("{if: [nobody, a, b]}"),
    "if of one": "conditions: {c: true}\n" + value("{if: [c]}"),
    "list_join of a number": value("{list_join: ['', [a, 5]]}"),
    "list_join of a text": value("{list_join: ['', abc]}"),
    "str_replace without params": value("{str_replace: {template: a}}"),
    "str_split past the end": value("{str_split: [',', 'a,b', 2]}"),
    "str_split of a number": value("{str_split: [',', 5]}"),
    "map_merge of texts": value("{map_merge: [a, b]}"),
    "map_replace of one": value("{map_replace: [{a: b}]}"),
    "repeat without template": value("{repeat: {for_each: {x: [a]}}}"),
    "yaql without expression": value("{yaql: {data: {a: 1}}}"),
    "digest by nothing": value("{digest: [rot13, a]}"),
    "list_concat of texts": value("{list_concat: [a, b]}"),
    "make_url of nonsense": value("{make_url: {colour: red}}"),
    "removed function": value("{'Fn::Join': ['', [a]]}"),
    "deletion policy": resource("OS::Neutron::Net", "{}", ", deletion_policy: RetainExceptOnCreate"),
    "metadata list": resource("OS::Neutron::Net", "{}", ", metadata: [a]"),
    "key of an output": VALUE + "outputs: {o: {value: a, export: b}}",
    "output without value": VALUE + "outputs: {o: {description: a}}",
    "slash in a name": "resources: {a/b: {type: OS::Heat::None}}",
    "properties that are a function": "resources: {r: {type: OS::Heat::Value, properties: {get_file: x}}}",
}

BAD_IN_2018 = {
    "if without else": "conditions: {c: false}\n" + value("{if: [c, a]}"),
}
BAD_IN_2016 = {
    "list_concat": resource("OS::Neutron::Port", "{network: x, security_groups: {list_concat: [[a], [b]]}}"),
    "contains": condition("{contains: [{get_param: p}, [a, b]]}"),
    "tags of a parameter": parameter("{type: string, default: a, tags: [x]}"),
}


def errors(text: str) -> list[str]:
    """What check says is an error."""
    return [str(found) for found in check_text(text, "t.yaml") if found.severity is Severity.ERROR]


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str, heat: Engine) -> None:
    text = HEAD.format(version="2021-04-16") + GOOD[name]
    assert heat.errors(text) == []
    assert errors(text) == []


@pytest.mark.parametrize(
    ("version", "name", "body"),
    [("2021-04-16", name, body) for name, body in BAD.items()]
    + [("2018-08-31", name, body) for name, body in BAD_IN_2018.items()]
    + [("2016-10-14", name, body) for name, body in BAD_IN_2016.items()],
)
def test_bad(version: str, name: str, body: str, heat: Engine) -> None:
    text = HEAD.format(version=version) + body
    assert heat.errors(text)
    assert errors(text)
