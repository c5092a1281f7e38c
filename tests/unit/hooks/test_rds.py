"""Databases: users and passwords that Heat takes, replicas, clusters, and conditions in all of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.translating import convert_text, written

HEAD = """
Parameters:
  Password: {Type: String, NoEcho: true, Default: ""}
  Strange: {Type: String, NoEcho: true, Default: "p@ss!word"}
  Size: {Type: Number, Default: 500}
  Snapshot: {Type: String, Default: ""}
  Engine: {Type: String, Default: mysql, AllowedValues: [mysql, postgres]}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
Conditions:
  Restored: !Not [!Equals [!Ref Snapshot, ""]]
Resources:
  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: !Ref Subnets}}
"""


def convert(text: str) -> dict[str, Any]:
    """The emitted template."""
    return written(convert_text(HEAD + text))


def database(*properties: str) -> dict[str, Any]:
    """Properties of the one database."""
    lines = "".join(f"      {line}\n" for line in ("DBInstanceClass: db.x", *properties))
    found: dict[str, Any] = convert(f"  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n{lines}")["resources"]["Db"][
        "properties"
    ]
    return found


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("longenough1", "longenough1"),
        ('"no-hyphens!"', {"get_param": "Db_password"}),
        ("!Ref Strange", {"get_param": "Strange"}),
        ('!Sub "a${Password}"', {"get_param": "Db_password"}),
        ('"{{resolve:ssm-secure:db:1}}"', {"get_param": "db_1"}),
    ],
)
def test_passwords(given: str, wanted: Any) -> None:
    found = database("Engine: mysql", "DBName: shop", "MasterUsername: shop", f"MasterUserPassword: {given}")
    assert found["users"][0]["password"] == wanted


def test_a_default_that_heat_refuses_is_none() -> None:
    data = convert(
        "  Db: {Type: AWS::RDS::DBInstance, Properties: "
        "{Engine: mysql, DBInstanceClass: x, MasterUsername: shop, MasterUserPassword: !Ref Strange}}\n"
    )
    assert "default" not in data["parameters"]["Strange"]


def test_a_database_that_is_restored_or_made() -> None:
    found = database(
        "Engine: mysql",
        'AllocatedStorage: !If [Restored, !Ref "AWS::NoValue", !Ref Size]',
        'DBName: !If [Restored, !Ref "AWS::NoValue", shop]',
        'MasterUsername: !If [Restored, !Ref "AWS::NoValue", shop]',
        'MasterUserPassword: !If [Restored, !Ref "AWS::NoValue", !Ref Password]',
        'DBSnapshotIdentifier: !If [Restored, !Ref Snapshot, !Ref "AWS::NoValue"]',
    )
    new = {"not": "Restored"}
    assert found["restore_point"] == {"if": ["Restored", {"get_param": "Snapshot"}]}
    assert found["databases"] == {"if": [new, [{"name": "shop"}]]}
    user = {"name": "shop", "password": {"get_param": "Password"}, "databases": ["shop"]}
    assert found["users"] == {"if": [new, {"if": [{"not": {"equals": [{"get_param": "Password"}, ""]}}, [user]]}]}
    capped = {"yaql": {"expression": "min(int($.data.size), 150)", "data": {"size": {"get_param": "Size"}}}}
    assert found["size"] == {"if": [new, capped, 20]}


def test_an_engine_by_parameter_has_its_own_text_encoding_and_port() -> None:
    data = convert("""
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: !Ref Engine, DBInstanceClass: x, DBName: shop, MasterUsername: shop, MasterUserPassword: abc123}
Outputs:
  Port: {Value: !GetAtt Db.Endpoint.Port}
""")
    is_mysql = {"equals": [{"get_param": "Engine"}, "mysql"]}
    found = data["resources"]["Db"]["properties"]
    assert found["datastore_type"] == {"if": [is_mysql, "mysql", "postgresql"]}
    assert found["databases"][0]["collate"] == {"if": [is_mysql, "utf8_general_ci", "en_US.utf8"]}
    assert data["outputs"]["Port"]["value"] == {"if": [is_mysql, "3306", "5432"]}


@pytest.mark.parametrize("name", ["root", "postgres"])
def test_names_that_trove_keeps_for_itself(name: str) -> None:
    found = database("Engine: mysql", "DBName: postgres", f"MasterUsername: {name}", "MasterUserPassword: abc123")
    assert "users" not in found
    assert found["databases"] == [{"name": "main"}]


def test_a_replica_is_not_made() -> None:
    data = convert("""
  First: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql, DBInstanceClass: db.a, AllocatedStorage: 400}}
  Second: {Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref First, DBInstanceClass: db.b}}
  Third: {Type: AWS::RDS::DBCluster, Properties: {ReplicationSourceIdentifier: elsewhere, Engine: aurora-mysql}}
  Fourth: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Third, DBInstanceClass: db.b}}
""")
    assert list(data["resources"]) == ["First"]


def test_the_first_instance_of_a_cluster_is_the_cluster() -> None:
    data = convert("""
  Reader: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Data, DBInstanceClass: db.a, Engine: aurora-mysql}}
  Data:
    Type: AWS::RDS::DBCluster
    Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Group, MasterUsername: shop, MasterUserPassword: abc123}
  Other: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Data, DBInstanceClass: db.b, Engine: aurora-mysql}}
Outputs:
  Instance: {Value: !Ref Reader}
  Read: {Value: !GetAtt Data.ReadEndpoint.Address}
""")
    assert set(data["resources"]) == {"Data"}
    assert data["resources"]["Data"]["properties"]["flavor"] == {"get_param": ["database_flavors", "db.a"]}
    assert data["outputs"]["Instance"]["value"] == {"get_resource": "Data"}
    assert data["outputs"]["Read"]["value"] == {"get_attr": ["Data", "show", "ip", 0]}


def test_a_subnet_group_serves_what_is_made() -> None:
    """The group of a reader, which is not made, stands in the writer."""
    data = convert("""
  Data: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Group}}
  Writer:
    Type: AWS::RDS::DBInstance
    Properties: {DBClusterIdentifier: !Ref Data, DBInstanceClass: db.a, Engine: aurora-mysql, DBSubnetGroupName: !Ref Group}
  Reader:
    Type: AWS::RDS::DBInstance
    Properties: {DBClusterIdentifier: !Ref Data, DBInstanceClass: db.a, Engine: aurora-mysql, DBSubnetGroupName: !Ref Group}
""")
    assert set(data["resources"]) == {"Data"}
