"""Lesser template versions."""

from tests.translating import convert_text, written

SNAPSHOT = """
Parameters: {Restore: {Type: String, Default: "no"}}
Conditions: {Restored: !Equals [!Ref Restore, "yes"]}
Resources:
  Data:
    Type: AWS::EC2::Volume
    Properties:
      AvailabilityZone: us-east-1a
      Size: 1
      SnapshotId: !If [Restored, snap-0123456789abcdef0, !Ref AWS::NoValue]
"""


def test_what_cannot_be_left_out_is_said() -> None:
    assert "C2H2104" not in {found.code for found in convert_text(SNAPSHOT).diagnostics}
    said = [found for found in convert_text(SNAPSHOT, heat_version="2018-08-31").diagnostics if found.code == "C2H2104"]
    assert [found.subject for found in said] == ["Data.snapshot_id"]


def test_absent_members_of_lists_are_taken_out() -> None:
    text = """
Conditions: {C: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress:
        - !If [C, {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}, !Ref AWS::NoValue]
"""
    rules = written(convert_text(text, heat_version="2018-08-31"))["resources"]["Group"]["properties"]["rules"]
    assert rules["yaql"]["expression"] == "$.data.items.where($ != null)"
