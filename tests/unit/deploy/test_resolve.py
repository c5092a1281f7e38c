"""Values of a template are worked out as far as its parameters decide them."""

import pytest

from cfn2heat.deploy.resolve import UNKNOWN, Scope

TEMPLATE = {
    "parameters": {
        "Type": {"type": "string", "default": "t3.small"},
        "flavors": {"type": "json", "default": {"t3.small": "m1.small", "m5.large": "m1.large"}},
        "zones": {"type": "comma_delimited_list", "default": "nova, far"},
        "Count": {"type": "number", "default": "2"},
        "Live": {"type": "boolean", "default": "yes"},
        "Key": {"type": "string"},
        "Broken": {"type": "json", "default": "{"},
    },
    "conditions": {
        "Small": {"equals": [{"get_param": "Type"}, "t3.small"]},
        "Large": {"not": "Small"},
        "Keyed": {"not": {"equals": [{"get_param": "Key"}, ""]}},
        "Both": {"and": ["Small", {"get_param": "Live"}]},
        "Either": {"or": ["Large", "Small"]},
        "NotSure": {"and": ["Small", "Keyed"]},
        "SureNot": {"and": ["Large", "Keyed"]},
        "Circle": "Circle",
    },
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ({"get_param": "Type"}, "t3.small"),
        ({"get_param": ["flavors", {"get_param": "Type"}]}, "m1.small"),
        ({"get_param": ["zones", 1]}, "far"),
        ({"get_param": "Count"}, 2),
        ({"get_param": "Live"}, True),
        ({"get_param": "Key"}, UNKNOWN),
        ({"get_param": "Broken"}, UNKNOWN),
        ({"get_param": "OS::project_id"}, UNKNOWN),
        ({"get_param": ["flavors", "x1.large"]}, UNKNOWN),
        ({"get_resource": "Web"}, UNKNOWN),
        ({"if": ["Small", "a", "b"]}, "a"),
        ({"if": ["Large", "a", "b"]}, "b"),
        ({"if": ["Keyed", "a", "b"]}, UNKNOWN),
        ({"size": {"if": ["Large", 1]}, "name": "x"}, {"name": "x"}),
        ([{"if": ["Large", 1]}, 2], [2]),
        ({"if": ["Both", "a", "b"]}, "a"),
        ({"if": ["Either", "a", "b"]}, "a"),
        ({"if": ["NotSure", "a", "b"]}, UNKNOWN),
        ({"if": ["SureNot", "a", "b"]}, "b"),
        ({"if": ["Circle", "a", "b"]}, UNKNOWN),
        ({"list_join": ["-", ["a", {"get_param": "Type"}], {"get_param": "zones"}]}, "a-t3.small-nova-far"),
        ({"list_join": ["-", [{"get_resource": "Web"}]]}, UNKNOWN),
        ({"list_concat": [["a"], {"get_param": "zones"}]}, ["a", "nova", "far"]),
        ({"str_replace": {"template": "a-b", "params": {"a": "b", "b": "c"}}}, "b-c"),
        ({"str_split": [".", {"get_param": "Type"}, 1]}, "small"),
        ({"digest": ["md5", "x"]}, UNKNOWN),
        ({"if": "nonsense"}, UNKNOWN),
    ],
)
def test_values(value, expected):
    assert Scope(TEMPLATE, {}).value(value) == expected


@pytest.mark.parametrize(("name", "flavor"), [("t3.small", "m1.small"), ("m1.tiny", "m1.tiny")])
def test_a_name_of_either_side_is_looked_up_as_the_template_does(name, flavor):
    table = {"table": {"get_param": "flavors"}, "key": {"get_param": "Type"}}
    expression = {"yaql": {"expression": "$.data.table.get($.data.key, $.data.key)", "data": table}}
    assert Scope(TEMPLATE, {"Type": name}).value(expression) == flavor


def test_given_values_stand_before_defaults():
    scope = Scope(TEMPLATE, {"Type": "m5.large", "zones": ["far"], "flavors": '{"m5.large": "big"}'})
    assert scope.value([{"get_param": ["flavors", {"get_param": "Type"}]}, {"get_param": "zones"}]) == ["big", ["far"]]
