"""Types of Heat itself inside of a source template."""

from tests.translating import convert_text, load_hot, written

OLD_NAMES = """
Resources:
  Net: {Type: "OS::Neutron::Net"}
  Sub: {Type: "OS::Neutron::Subnet", Properties: {network_id: !Ref Net, cidr: 10.0.0.0/24}}
"""


def test_older_names_of_required_properties_serve() -> None:
    converted = convert_text(OLD_NAMES)
    assert written(converted)["resources"]["Sub"]["properties"] == {"network_id": {"get_resource": "Net"}, "cidr": "10.0.0.0/24"}
    assert converted.translation is not None
    assert not converted.translation.holes


GROUP = """
Resources:
  Workers:
    Type: OS::Heat::InstanceGroup
    Properties:
      AvailabilityZones: [nova]
      LaunchConfigurationName: !Ref Definition
      LoadBalancerNames: [!Ref Front]
      Size: 3
      Tags: [{Key: Role, Value: worker}]
  Definition:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-0abc, InstanceType: t3.micro}
  Front:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties: {Listeners: [{LoadBalancerPort: 80, InstancePort: 80, Protocol: HTTP}]}
  Store: {Type: "OS::Swift::Container"}
Outputs:
  Addresses: {Value: !GetAtt Workers.InstanceList}
"""


def test_types_that_the_table_translates_and_those_that_pass_stand_side_by_side() -> None:
    converted = convert_text(GROUP)
    hot = written(converted)
    assert hot["resources"]["Store"]["type"] == "OS::Swift::Container"
    workers = hot["resources"]["Workers"]
    assert workers["type"] == "OS::Heat::AutoScalingGroup"
    assert (workers["properties"]["min_size"], workers["properties"]["max_size"]) == (3, 3)
    member = load_hot(converted.files[workers["properties"]["resource"]["type"]])
    assert member["resources"]["server"]["properties"]["metadata"] == {"Role": "worker"}
    assert member["outputs"]["first_address"] == {"value": {"get_attr": ["server", "first_address"]}}
    assert hot["outputs"]["Addresses"]["value"] == {
        "list_join": [",", {"get_attr": ["Workers", "outputs_list", "first_address"]}]
    }


def test_an_alarm_of_old_watches_one_server() -> None:
    alarm = """
Resources:
  Web: {Type: "AWS::EC2::Instance", Properties: {ImageId: ami-0abc, InstanceType: t3.micro}}
  Slow:
    Type: OS::Ceilometer::Alarm
    Properties:
      meter_name: memory.usage
      statistic: max
      threshold: 100
      period: 60
      evaluation_periods: 2
      query: [{field: resource_id, op: eq, value: !Ref Web}]
"""
    properties = written(convert_text(alarm))["resources"]["Slow"]["properties"]
    assert (properties["metric"], properties["aggregation_method"], properties["threshold"]) == ("memory.usage", "max", 100)
    assert properties["query"]["str_replace"]["params"] == {"${value}": {"get_resource": "Web"}}
    assert properties["evaluation_periods"] == 1


def test_an_alarm_of_old_that_gnocchi_cannot_find_is_given_up() -> None:
    alarm = """
Resources:
  Workers:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 1, MaxSize: 2, LaunchConfigurationName: !Ref Definition}
  Definition: {Type: "AWS::AutoScaling::LaunchConfiguration", Properties: {ImageId: ami-0abc, InstanceType: t3.micro}}
  Busy:
    Type: OS::Ceilometer::Alarm
    Properties: {meter_name: network.incoming.bytes.rate, threshold: 9, matching_metadata: {group: !Ref Workers}}
"""
    converted = convert_text(alarm)
    assert "Busy" not in written(converted)["resources"]
    assert [one.severity.word for one in converted.diagnostics if one.code == "C2H3004"] == ["error"]
