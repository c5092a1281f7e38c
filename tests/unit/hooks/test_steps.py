"""Step scaling: which alarm calls which policy, in which range."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.translate.result import Converted
from tests.translating import convert_data, written

CPU = 3_000_000_000
"""One percent in nanoseconds of 300 seconds."""
UP: list[dict[str, Any]] = [{"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1}]
UP += [{"MetricIntervalLowerBound": 10, "MetricIntervalUpperBound": "25", "ScalingAdjustment": 2}]
UP += [{"MetricIntervalLowerBound": 25, "ScalingAdjustment": 4}]
DOWN = [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]


def alarm(operator: str = "GreaterThanThreshold", periods: Any = 1, threshold: Any = 50, **more: Any) -> dict[str, Any]:
    """An alarm on the CPU load of the group that calls the policy."""
    plain = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 300}
    plain["Dimensions"] = [{"Name": "AutoScalingGroupName", "Value": {"Ref": "Group"}}]
    plain |= {"EvaluationPeriods": periods, "Threshold": threshold, "ComparisonOperator": operator}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**plain, "AlarmActions": [{"Ref": "Policy"}], **more}}


def convert(steps: Any, alarms: dict[str, Any], outputs: bool = False, **policy: Any) -> Converted:
    """A policy with steps, a group and alarms."""
    properties = {"AutoScalingGroupName": {"Ref": "Group"}, "PolicyType": "StepScaling", "StepAdjustments": steps, **policy}
    data: dict[str, Any] = {
        "Parameters": {"Limit": {"Type": "String"}, "Often": {"Type": "String"}},
        "Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "Limit"}, "5"]}},
        "Resources": {
            "Group": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"MinSize": 1, "MaxSize": 9}},
            "Policy": {"Type": "AWS::AutoScaling::ScalingPolicy", "Properties": properties},
            **alarms,
        },
    }
    if outputs:
        data["Outputs"] = {"Url": {"Value": {"Ref": "Policy"}}}
    return convert_data(data)


def calls(converted: Converted) -> dict[str, Any]:
    """Every alarm with the change that it calls, and its rules as (comparison, threshold in percent, periods)."""
    resources = written(converted)["resources"]
    found = {}
    for name, resource in resources.items():
        properties = resource["properties"]
        if resource["type"] == "OS::Aodh::CompositeAlarm":
            rules = properties["composite_rule"]["rules"]
        elif resource["type"].startswith("OS::Aodh"):
            rules = [properties]
        else:
            continue
        read = [(rule["comparison_operator"], _percent(rule["threshold"]), rule["evaluation_periods"]) for rule in rules]
        urls = [action["get_attr"][0] for action in properties.get("alarm_actions", ())]
        found[name] = ([resources[url]["properties"]["scaling_adjustment"] for url in urls], read)
    return found


def _percent(value: Any) -> Any:
    return value / CPU if isinstance(value, int | float) else value


def test_each_range_has_its_policy() -> None:
    assert calls(convert(UP, {"High": alarm()})) == {
        "High": ([], [("gt", 50, 1)]),
        "High_step_1": ([1], [("gt", 50, 1), ("lt", 60, 1)]),
        "High_step_2": ([2], [("ge", 60, 1), ("lt", 75, 1)]),
        "High_step_3": ([4], [("gt", 50, 1), ("ge", 75, 1)]),
    }


def test_the_newest_point_decides_on_the_step_and_all_on_the_alarm() -> None:
    found = calls(convert(UP, {"High": alarm(periods=3)}))
    assert found["High_step_1"] == ([1], [("gt", 50, 3), ("gt", 50, 1), ("lt", 60, 1)])
    assert found["High_step_2"] == ([2], [("gt", 50, 3), ("ge", 60, 1), ("lt", 75, 1)])


def test_below_the_threshold_the_bounds_are_the_other_way_round() -> None:
    steps = [
        {"MetricIntervalLowerBound": -15, "MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
        {"MetricIntervalUpperBound": -15, "ScalingAdjustment": -3},
    ]
    assert calls(convert(steps, {"Low": alarm("LessThanOrEqualToThreshold", threshold=30)})) == {
        "Low": ([], [("le", 30, 1)]),
        "Low_step_1": ([-1], [("le", 30, 1), ("gt", 15, 1)]),
        "Low_step_2": ([-3], [("le", 30, 1), ("le", 15, 1)]),
    }


def test_one_policy_for_both_directions() -> None:
    found = calls(convert(DOWN + UP[:1], {"High": alarm(), "Low": alarm("LessThanThreshold", threshold=20)}))
    assert found["Low"] == ([-1], [("lt", 20, 1)])
    assert found["High"] == ([], [("gt", 50, 1)])
    assert found["High_step_1"] == ([1], [("gt", 50, 1), ("lt", 60, 1)])


def test_what_no_alarm_reaches_is_said() -> None:
    converted = convert(DOWN + UP, {"High": alarm()})
    assert "Policy" in written(converted)["resources"]
    assert [found.subject for found in converted.diagnostics if found.code == "C2H3001" and found.advice] == [
        "Policy.Properties.StepAdjustments[0]"
    ]


def test_a_single_step_needs_no_further_alarm() -> None:
    assert calls(convert([{"ScalingAdjustment": 2}], {"High": alarm()})) == {"High": ([2], [("gt", 50, 1)])}


@pytest.mark.parametrize("changes", [{"AlarmActions": []}, {"Namespace": "AWS/RDS"}, {"ComparisonOperator": {"Ref": "Limit"}}])
def test_without_an_alarm_there_is_one_step(changes: dict[str, Any]) -> None:
    converted = convert(UP, {"High": alarm(**changes)})
    resources = written(converted)["resources"]
    assert [name for name, found in resources.items() if found["type"] == "OS::Heat::ScalingPolicy"] == ["Policy"]
    assert resources["Policy"]["properties"]["scaling_adjustment"] == 1
    lost = [found.subject for found in converted.diagnostics if found.code == "C2H3001" and "StepAdjustments" in found.subject]
    assert lost == ["Policy.Properties.StepAdjustments[1]", "Policy.Properties.StepAdjustments[2]"]


def test_steps_under_conditions_are_not_told_apart() -> None:
    steps = {"Fn::If": ["Wanted", UP[:1], UP[2:]]}
    converted = convert(steps, {"High": alarm()})
    assert calls(converted)["High"][0] == [1]
    assert any(found.code == "C2H3001" and "StepAdjustments" in found.subject for found in converted.diagnostics)


def test_everything_else_of_the_policy_holds_for_each_step() -> None:
    more: dict[str, Any] = {"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 2, "Cooldown": 60}
    resources = written(convert(UP, {"High": alarm()}, **more))["resources"]
    for name, change in (("Policy", 1), ("Policy_step_2", 2), ("Policy_step_3", 4)):
        assert resources[name]["properties"] == {
            "auto_scaling_group_id": {"get_resource": "Group"},
            "adjustment_type": "percent_change_in_capacity",
            "min_adjustment_step": 2,
            "cooldown": 60,
            "scaling_adjustment": change,
        }


def test_texts_become_numbers_inside_rules() -> None:
    resources = written(convert(UP, {"High": alarm(threshold={"Ref": "Limit"}, periods={"Ref": "Often"})}))["resources"]
    first, newest, upper = resources["High_step_1"]["properties"]["composite_rule"]["rules"]
    assert first["evaluation_periods"] == {"yaql": {"expression": "int($.data.value)", "data": {"value": {"get_param": "Often"}}}}
    assert first["threshold"] == newest["threshold"]
    assert upper["threshold"]["yaql"] == {
        "expression": "(float($.data.value) + float($.data.more)) * $.data.factor",
        "data": {"value": {"get_param": "Limit"}, "more": 10, "factor": CPU},
    }


def test_who_calls_the_policy_from_elsewhere_gets_one_step() -> None:
    converted = convert(UP, {"High": alarm()}, outputs=True)
    assert written(converted)["outputs"]["Url"]["value"] == {"get_attr": ["Policy", "alarm_url"]}
    assert [found.subject for found in converted.diagnostics if "from elsewhere" in found.message] == ["Policy"]


def test_an_action_under_a_condition_guards_the_alarms_on_ranges() -> None:
    actions = [{"Fn::If": ["Wanted", {"Ref": "Policy"}, {"Ref": "AWS::NoValue"}]}]
    resources = written(convert(UP, {"High": alarm(AlarmActions=actions, OKActions=[{"Ref": "Policy"}])}))["resources"]
    assert resources["High_step_3"]["condition"] == "Wanted"
    assert "condition" not in resources["High"]
    assert resources["High"]["properties"]["ok_actions"] == [{"get_attr": ["Policy", "alarm_url"]}]


@pytest.mark.parametrize("threshold", ["Infinity", "nan", "1e999"])
def test_thresholds_that_are_no_numbers(threshold: str) -> None:
    assert convert(UP, {"High": alarm(threshold=threshold)}).files
