"""What the lint of mapping files finds."""

import textwrap

import pytest

from cfn2heat.table.lint import Names, lint

GOOD = {
    "efs/file_system.yaml": """
        type: AWS::SecretsManager::SecretTargetAttachment
        fidelity: adapted
        emits:
          secret: {type: OS::Barbican::Secret, name: "{id}", when: x.wanted}
        fixed:
          secret.payload_content_type: text/plain
        properties:
          SecretId: {to: secret.name, via: [seconds, {site: flavors}]}
          TargetId: {hook: x.target, to: secret.payload}
          TargetType:
            one:
              - {when: x.wanted, to: secret.mode}
              - {drop: Nothing reads it.}
        references:
          Ref: {get_resource: secret}
          Id: {get_attr: [secret, status]}
        examples:
          - name: one
            cfn: {Type: AWS::SecretsManager::SecretTargetAttachment}
        """
}
NAMES = Names(frozenset({"seconds", "site"}), {"property_hook": frozenset({"x.target"}), "predicate": frozenset({"x.wanted"})})


def found_in(tmp_path, files, names=NAMES, *, complete=False):
    """Codes and messages of what is found in these files."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return [(one.code, one.message) for one in lint(tmp_path, names, complete=complete)]


def test_a_good_file(tmp_path):
    assert found_in(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("AWS::SecretsManager::SecretTargetAttachment\nfidelity", "AWS::No::Type\nfidelity", "C2H5202", "AWS has no such type"),
        ("  TargetId: {hook: x.target, to: secret.payload}\n", "", "C2H5201", "what becomes of TargetId"),
        ("TargetType:\n    one", "TragetType:\n    one", "C2H5202", "no such property"),
        ("  Id: {get_attr: [secret, status]}\n", "", "C2H5203", "no answer for Id"),
        ("  Ref: {get_resource: secret}\n", "", "C2H5203", "no answer for Ref"),
        ("  Id:", "  Arn: text\n  Id:", "C2H5204", "no such attribute"),
        ("{get_attr: [secret, status]}", "{none: There is none., instead: Arn}", "C2H5204", "no reference Arn"),
        ("OS::Barbican::Secret", "OS::Barbican::Sekret", "C2H5205", "Heat has no type OS::Barbican::Sekret"),
        ("to: secret.payload}", "to: secret.paylod}", "C2H5205", "no property paylod"),
        ("to: secret.payload}", "to: server.payload}", "C2H5205", "emits no server"),
        ("to: secret.name", "to: secret", "C2H5205", "say which property"),
        ("secret.payload_content_type:", "secret.payload_type:", "C2H5205", "no property payload_type"),
        ("[secret, status]", "[secret, state]", "C2H5205", "no attribute state"),
        ("[secret, status]", "[server, status]", "C2H5205", "emits no server"),
        ("via: [seconds,", "via: [wrap_list,", "C2H5206", "no transform is called wrap_list"),
        ("site: flavors", "site: flavours", "C2H5206", "no fact flavours"),
        ("hook: x.target", "hook: x.other", "C2H5206", "no property hook is registered as x.other"),
        ('name: "{id}", when: x.wanted', 'name: "{id}", when: x.want', "C2H5206", "no predicate is registered as x.want"),
        ("fidelity: adapted", "fidelity: adapted\nneeds: some_switch", "C2H5206", "no switch some_switch"),
        ("fidelity: adapted", "fidelity: adapted\nplan: x.plan", "C2H5206", "no plan hook"),
        ("seconds, {site: flavors}", "{replace: {'[a': b}}", "C2H5214", "[a is no regular expression"),
        ("{get_attr: [secret, status]}", "{get_attr: secret}", "C2H5214", "not how get_attr is written"),
        ("{get_attr: [secret, status]}", "{get_attr: [secret]}", "C2H5214", "not how get_attr is written"),
        ("{get_attr: [secret, status]}", "[{get_resource: [secret]}]", "C2H5214", "not how get_resource is written"),
        ("text/plain", "{yaql: {expression: x}}", "C2H5214", "not how yaql is written"),
        ("text/plain", "{list_join: ['']}", "C2H5214", "not how list_join is written"),
        ("text/plain", "{str_replace: {template: x, params: y}}", "C2H5214", "not how str_replace is written"),
        ("text/plain", "{if: [a, b, c, d]}", "C2H5214", "not how if is written"),
        ("text/plain", "{x: {site: flavours}, y: 1}", "C2H5206", "no fact flavours"),
        ("Nothing reads it.", "Nothing reads it", "C2H5208", "ends with a period"),
        ("{drop: Nothing reads it.}", "{drop: Nothing reads it., severity: error}", "C2H5208", "wants an advice"),
        ("  SecretId: {to: secret.name, via: [seconds, {site: flavors}]}\n", "", "C2H5201", "SecretId"),
        ("fidelity: adapted", "fidelity: none\nbecause: So.", "C2H5210", "more use than none"),
        ("- {when: x.wanted, to: secret.mode}", "- {to: secret.mode}", "C2H5210", "comes last"),
        ("- {drop: Nothing reads it.}", "- {when: x.wanted, drop: Nothing reads it.}", "C2H5210", "has no predicate"),
        ("{hook: x.target,", "{when: x.wanted, hook: x.target,", "C2H5210", "only rows of a choice"),
        ("cfn: {Type: AWS::SecretsManager::SecretTargetAttachment}", "cfn: {Type: AWS::S3::Bucket}", "C2H5212", "holds no"),
        ("fidelity: adapted", "fidelity: great", "C2H5002", "allowed"),
        ("fidelity: adapted", "fidelity: [", "C2H5001", "not YAML"),
    ],
)
def test_faults_of_one_file(tmp_path, old, new, code, words):
    [(name, text)] = GOOD.items()
    text = textwrap.dedent(text)
    assert old in text
    found = found_in(tmp_path, {name: text.replace(old, new, 1)})
    assert code in {one for one, _ in found}
    assert any(words in message for _, message in found)


def test_rows_out_of_order(tmp_path):
    [(name, text)] = GOOD.items()
    lines = textwrap.dedent(text).splitlines(keepends=True)
    first, second = (next(i for i, line in enumerate(lines) if word in line) for word in ("SecretId:", "TargetId:"))
    lines[first], lines[second] = lines[second], lines[first]
    assert [code for code, _ in found_in(tmp_path, {name: "".join(lines)})] == ["C2H5209"]


def test_members_are_a_closed_world_too(tmp_path):
    text = """
        type: AWS::EC2::VPCCidrBlock
        fidelity: exact
        emits: {server: {type: OS::Nova::Server, name: "{id}"}}
        properties:
          Tags: {to: server.block_device_mapping_v2, each: {Key: volume_idd, Vale: volume_id}}
        references: {Ref: {get_resource: server}}
        """.replace("VPCCidrBlock", "Volume")
    found = found_in(tmp_path, {"ec2/volume.yaml": text})
    assert ("C2H5201", "no row says what becomes of Value") in found
    assert ("C2H5202", "AWS documents no such property here") in found
    assert any("there is no volume_idd" in message for _, message in found)


def test_what_aws_sets_may_have_a_row(tmp_path):
    [(name, text)] = GOOD.items()
    text = text.replace("  SecretId:", "  Id: secret.name\n          SecretId:")
    assert found_in(tmp_path, {name: text}) == []


def test_composites(tmp_path):
    composite = """
        name: {0}
        members: [AWS::SecretsManager::SecretTargetAttachment, AWS::S3::Bucket]
        hook: x.net
        emits: [OS::Neutron::Nott]
        because: So
        """
    files = GOOD | {f"_composites/{name}.yaml": composite.replace("{0}", name) for name in ("one", "two")}
    found = found_in(tmp_path, files, complete=True)
    messages = {message for _, message in found}
    assert "no composite is registered as x.net" in messages
    assert "Heat has no type OS::Neutron::Nott" in messages
    assert "AWS::SecretsManager::SecretTargetAttachment is a member of one already" in messages
    assert ("C2H5207", "AWS::S3::Bucket has no mapping file of its own") in found
    assert "because is a sentence and ends with a period" in messages


def test_answers(tmp_path):
    answer = "{because: So., advice: Do this}"
    none = f"""
        types:
          AWS::SecretsManager::SecretTargetAttachment: {answer}
          AWS::Nothing::Here: {answer}
        services:
          "AWS::Nothing::": {answer}
          "AWS::": {answer}
          "A": {answer}
        """
    messages = {message for _, message in found_in(tmp_path, GOOD | {"_none.yaml": none}, complete=True)}
    assert "AWS has no such type" in messages
    assert "no type of AWS begins so" in messages
    assert "the type has a mapping file, so that this is never read" in messages
    assert "advice is a sentence and ends with a period" in messages
    assert not [message for message in messages if "neither a mapping file" in message]


def test_a_whole_table_answers_for_every_type_and_name(tmp_path):
    names = Names(NAMES.transforms | {"cut"}, NAMES.hooks | {"finish_hook": frozenset({"x.unused"})})
    found = found_in(tmp_path, GOOD, names, complete=True)
    assert ("C2H5213", "the transform is registered, but no mapping file uses it") in found
    assert ("C2H5213", "the finish hook is registered, but no mapping file uses it") in found
    assert sum(code == "C2H5211" for code, _ in found) > 1800


def test_two_files_of_one_type(tmp_path):
    [(name, text)] = GOOD.items()
    assert [code for code, _ in found_in(tmp_path, {name: text, "x/y.yaml": text})] == ["C2H5003"]
