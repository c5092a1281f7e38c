"""Secrets that are made up, and what reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.translating import convert_data, written

PARAMETERS = {"User": {"Type": "String"}}


def resources(spec: dict[str, Any], reader: Any = "x") -> dict[str, Any]:
    """The emitted resources of a secret that is made up so, and of a value that reads it."""
    data = {
        "S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": spec}},
        "V": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": reader}},
    }
    emitted: dict[str, Any] = written(convert_data({"Parameters": PARAMETERS, "Resources": data}))["resources"]
    return emitted


@pytest.mark.parametrize(
    "template", ['{"username": "admin"}', '{"username":"admin"}  ', "{}", '{"a": {"b": 1}}', '{\n "username": "admin"\n}']
)
def test_the_made_up_key_completes_the_json(template: str) -> None:
    emitted = resources({"SecretStringTemplate": template, "GenerateStringKey": "password"})
    text = emitted["S"]["properties"]["payload"]["str_replace"]["template"]
    assert json.loads(text) == {**json.loads(template), "password": "${password}"}


def test_a_password_in_json_never_ends_its_string() -> None:
    emitted = resources({"SecretStringTemplate": "{}", "GenerateStringKey": "password"})
    (punctuation,) = emitted["S_password"]["properties"]["character_sequences"]
    assert not set(punctuation["sequence"]) & {'"', "\\"}


def test_a_database_takes_no_signs_but_the_underline() -> None:
    database = {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "DBInstanceClass": "db.t3.small",
            "Engine": "mysql",
            "AllocatedStorage": "20",
            "MasterUsername": "shop",
            "MasterUserPassword": {"Fn::Sub": "{{resolve:secretsmanager:${S}}}"},
        },
    }
    data = {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {"IncludeSpace": True}}}}
    converted = convert_data({"Resources": {**data, "Db": database}})
    made = written(converted)["resources"]["S_password"]["properties"]
    assert made["character_sequences"] == [{"sequence": "_"}]
    assert converted.translation is not None
    assert any("letters, digits and _ are used" in entry.because for entry in converted.translation.ledger.entries)


@pytest.mark.parametrize(
    ("spec", "classes", "sequences"),
    [
        ({"ExcludePunctuation": True}, ["lowercase", "uppercase", "digits"], []),
        ({"ExcludePunctuation": True, "ExcludeCharacters": "0l"}, ["uppercase"], ["abcdefghijkmnopqrstuvwxyz", "123456789"]),
        ({"ExcludePunctuation": True, "ExcludeNumbers": "true", "IncludeSpace": True}, ["lowercase", "uppercase"], [" "]),
    ],
)
def test_kinds_of_characters(spec: dict[str, Any], classes: list[str], sequences: list[str]) -> None:
    made = resources(spec)["S_password"]["properties"]
    assert [entry["class"] for entry in made["character_classes"]] == classes
    assert [entry["sequence"] for entry in made.get("character_sequences", [])] == sequences


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", {"get_resource": "S_password"}),
        ("username", {"get_param": "User"}),
        ("engine", "mysql"),
    ],
)
def test_dynamic_references_find_the_key(key: str, value: Any) -> None:
    template = {"Fn::Sub": '{"username": "${User}", "engine": "mysql"}'}
    reader = {"Fn::Sub": "{{resolve:secretsmanager:${S}:SecretString:" + key + "}}"}
    emitted = resources({"SecretStringTemplate": template, "GenerateStringKey": "password"}, reader)
    assert emitted["V"]["properties"]["value"] == value


@pytest.mark.parametrize(
    ("spec", "order"),
    [
        (None, {"type": "key", "algorithm": "aes", "bit_length": 256, "mode": "cbc"}),
        ("SYMMETRIC_DEFAULT", {"type": "key", "algorithm": "aes", "bit_length": 256, "mode": "cbc"}),
        ("RSA_4096", {"type": "asymmetric", "algorithm": "rsa", "bit_length": 4096}),
    ],
)
def test_kinds_of_keys(spec: str | None, order: dict[str, Any]) -> None:
    data = {"K": {"Type": "AWS::KMS::Key", "Properties": {"KeySpec": spec} if spec else {}}}
    made = written(convert_data({"Resources": data}))["resources"]["K"]["properties"]
    assert made == {**order, "payload_content_type": "application/octet-stream"}
