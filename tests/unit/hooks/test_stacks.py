"""Nested stacks: their files as types, what is handed to them, what is read from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cfn2heat.api import Conversion, Settings, convert
from cfn2heat.report.document import report
from cfn2heat.table.site import read_site
from cfn2heat.translate.result import Converted
from tests.translating import convert_text, load_hot, table, written

CHILD = """
Parameters:
  Cidr: {Type: String}
  Count: {Type: Number, Default: 1}
  Names: {Type: String, Default: ""}
  Size: {Type: String, Default: t3.micro, AllowedValues: [t3.micro, t3.small]}
  Key: {Type: "AWS::EC2::KeyPair::KeyName"}
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: !Ref Cidr}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, InstanceType: !Ref Size, KeyName: !Ref Key}}
  Function: {Type: "AWS::Lambda::Function", Properties: {}}
Outputs:
  Vpc: {Value: !Ref Net}
  Made: {Value: !GetAtt Function.Arn}
"""


def convert_parent(folder: Path, text: str) -> list[Converted]:
    """A template beside its nested one."""
    (folder / "child.yaml").write_text(CHILD)
    (folder / "parent.yaml").write_text(text)
    return convert(folder / "parent.yaml", Settings(table()))


def stack(folder: Path, parameters: str, more: str = "") -> tuple[dict[str, Any], Converted]:
    """The outer template with one nested stack, as data, and the conversion."""
    url = "https://example.org/templates/child.yaml"
    text = f"""
Parameters:
  Names: {{Type: CommaDelimitedList}}
  Given: {{Type: String}}
Conditions:
  Big: !Equals [!Ref Given, big]
Resources:
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: "{url}", Parameters: {{Key: admin, {parameters}}}}}
{more}
"""
    converted = convert_parent(folder, text)[0]
    return load_hot(converted.files["parent.yaml"]), converted


def test_the_file_is_the_type(tmp_path: Path) -> None:
    data, converted = stack(tmp_path, "Cidr: 10.0.0.0/16, Count: '2'", "Outputs: {Vpc: {Value: !GetAtt Nested.Outputs.Vpc}}")
    nested = data["resources"]["Nested"]
    assert nested["type"] == "child.yaml"
    assert nested["properties"]["Cidr"] == "10.0.0.0/16"
    assert nested["properties"]["flavors"] == {"get_param": "flavors"}
    assert data["parameters"]["flavors"]["default"] == {"t3.micro": "t3.micro", "t3.small": "t3.small"}
    assert data["outputs"]["Vpc"]["value"] == {"get_attr": ["Nested", "Vpc"]}
    assert not [found for found in converted.diagnostics if found.code == "C2H3004"]


def test_truth_is_handed_from_stack_to_stack_as_the_word_that_it_is_to_cloudformation() -> None:
    text = """
Parameters: {Speak: {Type: String}}
Conditions: {Tls: !Equals [!Ref Speak, tls]}
Resources: {Topic: {Type: AWS::SNS::Topic}}
Outputs:
  Fixed: {Value: true}
  Chosen: {Value: !If [Tls, true, !If [Tls, false, !Ref Speak]]}
"""
    outputs = written(convert_text(text))["outputs"]
    assert outputs["Fixed"]["value"] == "true"
    assert outputs["Chosen"]["value"] == {"if": ["Tls", "true", {"if": ["Tls", "false", {"get_param": "Speak"}]}]}


IMAGE = """
Parameters: {Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/one}}
Resources: {Web: {Type: AWS::EC2::Instance, Properties: {ImageId: !Ref Image}}}
"""
OF_IMAGE = """
Parameters: {Image: {Type: String, Default: %s}}
Resources:
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: image.yaml, Parameters: {Image: !Ref Image}}}
"""


def test_a_default_that_the_nested_template_takes_for_a_thing_of_aws_is_none(tmp_path: Path) -> None:
    (tmp_path / "image.yaml").write_text(IMAGE)
    (tmp_path / "outer.yaml").write_text(OF_IMAGE % "/aws/service/two")
    (tmp_path / "site.yaml").write_text("images: {/aws/service/two: debian}")
    converted = convert(tmp_path / "outer.yaml", Settings(table()))[0]
    parameter = load_hot(converted.files["outer.yaml"])["parameters"]["Image"]
    assert "default" not in parameter
    assert parameter["constraints"] == [{"custom_constraint": "glance.image"}]
    assert converted.translation is not None
    lost = [one for one in converted.translation.ledger.entries if one.path == ("Parameters", "Image", "Default")]
    assert [(one.fate.value, one.targets) for one in lost] == [("dropped", ())]
    known = Settings(table(), read_site(tmp_path / "site.yaml", table()))
    found = load_hot(convert(tmp_path / "outer.yaml", known)[0].files["outer.yaml"])
    assert found["parameters"]["Image"]["default"] == "debian"


def test_holes_of_the_nested_template_are_asked_for_outside(tmp_path: Path) -> None:
    data, _ = stack(tmp_path, "Cidr: 10.0.0.0/16")
    assert data["resources"]["Nested"]["properties"]["Function_Arn"] == {"get_param": "Nested_Function_Arn"}
    assert "default" not in data["parameters"]["Nested_Function_Arn"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Names: !Ref Names", {"list_join": [",", {"get_param": "Names"}]}),
        ("Names: true", "true"),
        ("Names: !If [Big, 5, !Ref AWS::NoValue]", {"if": ["Big", "5"]}),
    ],
)
def test_arguments_are_texts(tmp_path: Path, given: str, wanted: Any) -> None:
    data, _ = stack(tmp_path, f"Cidr: 10.0.0.0/16, {given}")
    assert data["resources"]["Nested"]["properties"]["Names"] == wanted


def test_a_value_that_the_nested_template_refuses_is_said(tmp_path: Path) -> None:
    data, converted = stack(tmp_path, "Cidr: 10.0.0.0/16, Size: m5.large, Unheard: x")
    assert "Size" not in data["resources"]["Nested"]["properties"]
    lost = {found.subject: found.severity.word for found in converted.diagnostics if found.code == "C2H3001"}
    assert lost["Nested.Properties.Parameters.Size"] == "error"
    assert lost["Nested.Properties.Parameters.Unheard"] == "note"


def test_what_the_nested_template_demands_is_demanded_outside(tmp_path: Path) -> None:
    data, _ = stack(tmp_path, "Cidr: !Ref Given")
    assert {"custom_constraint": "net_cidr"} in data["parameters"]["Given"]["constraints"]


# ---- templates that are not at hand ----------------------------------------------------------------------------------


def without(stacks: str, more: str = "") -> tuple[dict[str, Any], Converted]:
    """A template whose nested ones are not at hand, as data, and its conversion."""
    text = f"""
Parameters:
  Secret: {{Type: String, NoEcho: true}}
  Ids: {{Type: CommaDelimitedList}}
  Url: {{Type: String}}
Conditions:
  Live: !Equals [!Ref Url, live]
Resources:
{stacks}
{more}
"""
    converted = convert_text(text)
    return written(converted), converted


def stand_in(name: str, url: str, rest: str = "") -> str:
    """A nested stack whose template is not at hand."""
    return f"  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}{rest}}}}}\n"


def parameters(converted: Converted, file: str) -> dict[str, Any]:
    """The parameters of a placeholder."""
    found: dict[str, Any] = load_hot(converted.files[file]).get("parameters", {})
    return found


def test_a_placeholder_takes_what_is_handed_over_and_gives_what_is_read() -> None:
    nested = stand_in("Nested", "https://example.org/none.json", ", Parameters: {Cidr: 10.0.0.0/16}")
    inside = "  Inside: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: !GetAtt Nested.Outputs.Words}}"
    data, converted = without(nested, inside)
    assert data["resources"]["Nested"] == {
        "type": "none.yaml",
        "properties": {"Cidr": "10.0.0.0/16", "Words_value": {"get_param": "Nested_Words"}},
    }
    assert data["resources"]["Inside"]["properties"]["description"] == {"get_attr": ["Nested", "Words"]}
    assert "default" not in data["parameters"]["Nested_Words"]
    file = load_hot(converted.files["none.yaml"])
    assert file["parameters"] == {"Cidr": {"type": "string"}, "Words_value": {"type": "string"}}
    assert file["outputs"] == {"Words": {"value": {"get_param": "Words_value"}}}
    assert file["resources"] == {}


def test_a_placeholder_is_a_loss_that_nobody_overlooks() -> None:
    _, converted = without(stand_in("Nested", "https://example.org/none.json"))
    assert ("C2H3008", "Nested", "error") in {(found.code, found.subject, found.severity.word) for found in converted.diagnostics}
    (resource,) = report([converted])["templates"][0]["resources"]
    assert (resource["fate"], resource["grade"]) == ("hole", "none")
    assert resource["emits"] == [{"name": "Nested", "type": "none.yaml"}]
    assert resource["leaves"]["dropped"] == 2
    head = converted.files["template.yaml"].splitlines()[:2]
    assert head == [
        "# From template.yaml by cfn2heat: 0 of 1 resources live on, 1 is a placeholder.",
        "# Losses that need a person: Nested.",
    ]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("5", {"type": "string"}),
        ("!Ref Ids", {"type": "comma_delimited_list"}),
        ("[a, b]", {"type": "comma_delimited_list"}),
        ("!Split [',', !Ref Url]", {"type": "comma_delimited_list"}),
        ("!If [Live, [a], !Ref Ids]", {"type": "comma_delimited_list"}),
        ("{a: b}", {"type": "json"}),
        ("!Ref Secret", {"type": "string", "hidden": True}),
        ("!Sub 'user:${Secret}'", {"type": "string", "hidden": True}),
        ("!If [Live, x, !Ref AWS::NoValue]", {"type": "string", "default": ""}),
        ("!Ref AWS::NoValue", {"type": "string", "default": ""}),
    ],
)
def test_parameters_of_a_placeholder_are_of_the_type_of_what_is_handed_over(value: str, wanted: dict[str, Any]) -> None:
    _, converted = without(stand_in("Nested", "https://example.org/none.json", f", Parameters: {{P: {value}}}"))
    assert parameters(converted, "none.yaml") == {"P": wanted}


def test_stacks_of_one_address_share_a_placeholder() -> None:
    first = stand_in("First", "https://example.org/a/none.json", ", Parameters: {A: x, B: !Ref Ids}")
    second = stand_in("Second", "https://example.org/a/none.json", ", Parameters: {A: y, B: z, C: [q]}")
    outputs = "Outputs: {One: {Value: !GetAtt First.Outputs.A}, Two: {Value: !GetAtt Second.Outputs.A}}"
    data, converted = without(first + second, outputs)
    assert [data["resources"][name]["type"] for name in ("First", "Second")] == ["none.yaml", "none.yaml"]
    assert parameters(converted, "none.yaml") == {
        "A": {"type": "string"},
        "B": {"type": "comma_delimited_list"},
        "C": {"type": "comma_delimited_list", "default": ""},
        "A_value": {"type": "string"},
    }
    assert data["resources"]["First"]["properties"]["A_value"] == {"get_param": "First_A"}
    assert data["resources"]["Second"]["properties"]["A_value"] == {"get_param": "Second_A"}


def test_files_of_one_name_from_two_places_are_two_placeholders() -> None:
    data, converted = without(
        stand_in("First", "https://example.org/a/none.json") + stand_in("Second", "https://example.org/b/None.yml")
    )
    assert [data["resources"][name]["type"] for name in ("First", "Second")] == ["none.yaml", "None-2.yaml"]
    assert {"none.yaml", "None-2.yaml"} <= converted.files.keys()


def test_an_output_that_is_called_as_a_parameter_has_another_parameter() -> None:
    nested = stand_in("Nested", "https://example.org/none.json", ", Parameters: {VpcId: x, VpcId_value: y}")
    _, converted = without(nested, "Outputs: {Vpc: {Value: !GetAtt Nested.Outputs.VpcId}}")
    file = load_hot(converted.files["none.yaml"])
    assert list(file["parameters"]) == ["VpcId", "VpcId_value", "VpcId_value_2"]
    assert file["outputs"]["VpcId"]["value"] == {"get_param": "VpcId_value_2"}


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://example.org/a/web.template.json", "web.template.yaml"),
        ("https://example.org/a/web.template?X-Amz-Signature=secret#x", "web.yaml"),
        ("https://example.org/a/web", "web.yaml"),
        ("https://example.org/a/two%20words.yml", "two-words.yaml"),
        ("!Sub 'https://${Url}/a/web.yaml'", "web.yaml"),
        ("!Join ['/', [!Ref Url, web.yaml]]", "web.yaml"),
        ("!If [Live, !Ref Url, 'https://example.org/web.yaml']", "web.yaml"),
        ("!Ref Url", "Nested.yaml"),
        ("!Ref AWS::NoValue", "Nested.yaml"),
        ("''", "Nested.yaml"),
        ("https://example.org/..", "Nested.yaml"),
        ("../../../etc/passwd", "passwd.yaml"),
        ("/etc/..%2f..%2fpasswd", "passwd.yaml"),
        ("'C:\\windows\\.hidden'", "hidden.yaml"),
        ('"https://example.org/a\\nb\\0c.yaml"', "a-b-c.yaml"),
        ("https://example.org/template.yaml", "template-2.yaml"),
        ("https://example.org/Template.env.json", "Template.env-2.yaml"),
        (f"https://example.org/{'x' * 300}.yaml", f"{'x' * 100}.yaml"),
    ],
)
def test_names_of_placeholders_are_those_of_the_converted_templates_and_lead_nowhere(url: str, wanted: str) -> None:
    data, converted = without(stand_in("Nested", url))
    assert data["resources"]["Nested"]["type"] == wanted
    assert load_hot(converted.files[wanted])["resources"] == {}
    assert "secret" not in "".join(converted.files.values()) + "".join(found.message for found in converted.diagnostics)


def test_without_an_address_too() -> None:
    data, converted = without("  Nested: {Type: AWS::CloudFormation::Stack}\n")
    assert data["resources"]["Nested"]["type"] == "Nested.yaml"
    assert "C2H3008" in {found.code for found in converted.diagnostics}
    assert "# Losses that need a person: Nested." in converted.files["template.yaml"]


def test_conditions_and_dependencies_hold_for_placeholders() -> None:
    text = """
  Nested:
    Type: AWS::CloudFormation::Stack
    Condition: Live
    DependsOn: Net
    DeletionPolicy: Retain
    Properties: {TemplateURL: https://example.org/none.json}
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Inside: {Type: AWS::EC2::SecurityGroup, DependsOn: Nested, Properties: {GroupDescription: x}}
"""
    data, _ = without(text, "Outputs: {Id: {Value: !Ref Nested, Condition: Live}}")
    assert data["resources"]["Nested"] == {
        "type": "none.yaml",
        "condition": "Live",
        "depends_on": "Net",
        "deletion_policy": "retain",
    }
    assert data["resources"]["Inside"]["depends_on"] == "Nested"
    assert data["outputs"]["Id"] == {"condition": "Live", "value": {"get_resource": "Nested"}}


def test_of_two_addresses_the_one_at_hand_is_taken(tmp_path: Path) -> None:
    url = "!If [Big, 'https://example.org/none.yaml', 'https://example.org/child.yaml']"
    text = f"""
Parameters: {{Given: {{Type: String}}}}
Conditions: {{Big: !Equals [!Ref Given, big]}}
Resources:
  Nested: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}, Parameters: {{Cidr: 10.0.0.0/16, Key: k}}}}}}
"""
    converted = convert_parent(tmp_path, text)[0]
    assert load_hot(converted.files["parent.yaml"])["resources"]["Nested"]["type"] == "child.yaml"
    assert [found.subject for found in converted.diagnostics if found.code == "C2H3005"] == ["Nested.Properties.TemplateURL"]


def test_the_real_template_takes_the_place_of_its_placeholder(tmp_path: Path) -> None:
    """What reads the nested stack, and what it is called, stay as they were when the file comes."""
    text = f"""
Resources:
{stand_in("Nested", "https://example.org/child.template", ", Parameters: {Cidr: 10.0.0.0/16, Key: k}")}
  Inside: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: !GetAtt Nested.Outputs.Vpc}}}}
"""
    (tmp_path / "parent.yaml").write_text(text)
    (alone,) = convert(tmp_path / "parent.yaml", Settings(table()))
    (tmp_path / "child.template").write_text(CHILD)
    both = convert(tmp_path / "parent.yaml", Settings(table()))
    assert "child.yaml" in alone.files
    assert "child.yaml" in both[1].files
    before, after = (load_hot(one.files["parent.yaml"])["resources"] for one in (alone, both[0]))
    assert before["Inside"] == after["Inside"]
    assert before["Nested"]["type"] == after["Nested"]["type"]
    given = {name: value for name, value in before["Nested"]["properties"].items() if name != "Vpc_value"}
    assert given.items() <= after["Nested"]["properties"].items()


def test_placeholders_of_several_templates_and_templates_at_hand_never_share_a_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "parent.yaml").write_text("Resources:\n" + stand_in("Nested", "https://example.org/none.json"))
    (tmp_path / "none.yaml").write_text("Resources: {Queue: {Type: AWS::SQS::Queue}}")
    conversion = Conversion(Settings(table()))
    results = [
        found for name in ("one/parent.yaml", "two/parent.yaml", "none.yaml") for found in conversion.convert(tmp_path / name)
    ]
    files = [name.casefold() for one in results for name in one.files]
    assert len(files) == len(set(files))
    types = [load_hot(next(iter(one.files.values())))["resources"]["Nested"]["type"] for one in results[:2]]
    assert types == ["none.yaml", "none-2.yaml"]
    assert next(iter(results[2].files)) == "none-3.yaml"


def test_a_nested_template_that_cannot_be_read_has_a_placeholder(tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text("Resources: [")
    (tmp_path / "parent.yaml").write_text("Resources:\n" + stand_in("Nested", "https://example.org/child.yaml"))
    parent, child = convert(tmp_path / "parent.yaml", Settings(table()))
    assert not child.converted
    assert load_hot(parent.files["parent.yaml"])["resources"]["Nested"]["type"] == "child.yaml"
    assert "child.yaml" in parent.files


@pytest.mark.parametrize(("given", "wanted"), [("60", 60), ("'86400'", 43200), ("0", 1)])
def test_the_limits_of_a_wait(given: str, wanted: int) -> None:
    text = f"""
Resources:
  Ready: {{Type: AWS::CloudFormation::WaitConditionHandle}}
  Wait: {{Type: AWS::CloudFormation::WaitCondition, Properties: {{Handle: !Ref Ready, Timeout: {given}}}}}
"""
    assert written(convert_text(text))["resources"]["Wait"]["properties"]["Timeout"] == wanted


def test_an_image_that_a_nested_stack_finds_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "images.yaml").write_text("""
Parameters: {Version: {Type: String, Default: new, AllowedValues: [new, old]}}
Mappings: {Images: {us-east-1: {new: ami-0aaaaaaaaaaaaaaa1, old: ami-0aaaaaaaaaaaaaaa2}}}
Resources: {Handle: {Type: AWS::CloudFormation::WaitConditionHandle}}
Outputs: {Image: {Value: !FindInMap [Images, !Ref "AWS::Region", !Ref Version]}}
""")
    (tmp_path / "outer.yaml").write_text("""
Resources:
  Images: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: images.yaml}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: !GetAtt Images.Outputs.Image}}
""")
    data = load_hot(convert(tmp_path / "outer.yaml", Settings(table()))[0].files["outer.yaml"])
    found = {"get_attr": ["Images", "Image"]}
    read = {"expression": "$.data.table.get($.data.key, $.data.key)", "data": {"table": {"get_param": "images"}, "key": found}}
    assert data["resources"]["Web"]["properties"]["image"] == {"yaql": read}
    assert set(data["parameters"]["images"]["default"]) == {"ami-0aaaaaaaaaaaaaaa1", "ami-0aaaaaaaaaaaaaaa2"}


def test_what_is_handed_to_a_table_of_the_nested_template_is_a_key_of_it(tmp_path: Path) -> None:
    (tmp_path / "server.yaml").write_text("""
Parameters: {Size: {Type: String}}
Resources: {Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, InstanceType: !Ref Size}}}
""")
    (tmp_path / "middle.yaml").write_text("""
Parameters: {Size: {Type: String}}
Resources:
  Server: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: server.yaml, Parameters: {Size: !Ref Size}}}
""")
    (tmp_path / "outer.yaml").write_text("""
Resources:
  Middle: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: middle.yaml, Parameters: {Size: t3.medium}}}
""")
    converted = {one.path.rsplit("/", 1)[-1]: one for one in convert(tmp_path / "outer.yaml", Settings(table()))}
    outer = load_hot(converted["outer.yaml"].files["outer.yaml"])
    assert outer["parameters"]["flavors"]["default"] == {"t3.medium": "t3.medium"}
    assert outer["resources"]["Middle"]["properties"]["flavors"] == {"get_param": "flavors"}
    server = load_hot(converted["server.yaml"].files["server.yaml"])["resources"]["Web"]["properties"]["flavor"]
    assert server["yaql"]["data"] == {"table": {"get_param": "flavors"}, "key": {"get_param": "Size"}}
