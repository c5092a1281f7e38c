"""Alarms and schedules: other metrics, other units, another clock."""

from __future__ import annotations

from typing import Any

import pytest

from cfn2heat.hooks.autoscaling import five_fields
from cfn2heat.translate.result import Converted
from tests.translating import convert_text, written

TEMPLATE = """
Parameters:
  Limit: {{Type: String}}
  Topic: {{Type: String}}
Resources:
  Web: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, InstanceType: t3.micro}}}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: {namespace}
      MetricName: {metric}
      Statistic: {statistic}
      Period: {period}
      EvaluationPeriods: {periods}
      Threshold: {threshold}
      ComparisonOperator: {operator}
      Dimensions: [{{Name: {dimension}, Value: {value}}}]
      AlarmActions: {actions}
"""
PLAIN = {
    "namespace": "AWS/EC2",
    "metric": "CPUUtilization",
    "statistic": "Average",
    "period": "60",
    "periods": "5",
    "threshold": "10",
    "operator": "GreaterThanThreshold",
    "dimension": "InstanceId",
    "value": "!Ref Web",
    "actions": "[]",
}


def convert(**changes: str) -> Converted:
    """One alarm on a server, with changes."""
    return convert_text(TEMPLATE.format(**{**PLAIN, **changes}))


def alarm(**changes: str) -> dict[str, Any]:
    """Its properties in Heat."""
    found: dict[str, Any] = written(convert(**changes))["resources"]["Alarm"]["properties"]
    return found


@pytest.mark.parametrize(
    ("period", "periods", "points"), [("60", "5", 1), ("60", "6", 2), ("300", "3", 3), ("900", "2", 6), ("10", "1", 1)]
)
def test_the_same_time_in_points_of_five_minutes(period: str, periods: str, points: int) -> None:
    found = alarm(period=period, periods=periods)
    assert (found["granularity"], found["evaluation_periods"]) == (300, points)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"threshold": "10"}, 30_000_000_000),
        ({"threshold": "'0.5'"}, 1_500_000_000),
        ({"metric": "NetworkIn", "threshold": "1000"}, 1000),
        ({"metric": "NetworkIn", "threshold": "1000", "statistic": "Sum"}, 5000),
        ({"metric": "NetworkIn", "threshold": "1000", "statistic": "Sum", "period": "3600"}, 83.33333333333333),
    ],
)
def test_thresholds_in_units_of_gnocchi(changes: dict[str, str], wanted: float) -> None:
    assert alarm(**changes)["threshold"] == pytest.approx(wanted)


def test_a_threshold_that_is_known_late_is_computed_late() -> None:
    converted = convert(threshold="!Ref Limit")
    data = written(converted)
    value = data["resources"]["Alarm"]["properties"]["threshold"]["yaql"]
    assert value["data"] == {"value": {"get_param": "Limit"}, "factor": 3_000_000_000}
    assert data["parameters"]["Limit"]["constraints"] == [{"allowed_pattern": "-?[0-9]+([.][0-9]+)?"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"namespace": "AWS/RDS"},
        {"namespace": "Own"},
        {"metric": "StatusCheckFailed"},
        {"metric": "NetworkIn", "dimension": "AutoScalingGroupName"},
        {"dimension": "ImageId"},
        {"operator": "GreaterThanUpperThreshold"},
        {"threshold": "!Ref AWS::NoValue"},
        {"namespace": "[]"},
    ],
)
def test_what_gnocchi_does_not_have_is_given_up(changes: dict[str, str]) -> None:
    converted = convert(**changes)
    assert "Alarm" not in written(converted)["resources"]
    reasons = [found for found in converted.diagnostics if (found.code, found.subject) == ("C2H3004", "Alarm")]
    assert len(reasons) == 1
    assert reasons[0].advice


def test_topics_from_elsewhere_are_queues() -> None:
    found = alarm(actions="[!Ref Topic, 'arn:aws:sns:us-east-1:123456789012:ops', 'arn:aws:automate:us-east-1:ec2:stop']")
    assert found["alarm_queues"] == [{"get_param": "Topic"}, {"get_param": "ops_queue"}]
    assert "alarm_actions" not in found


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("0 8 * * *", "0 8 * * *"),
        ("cron(0 8 * * ? *)", "0 8 * * *"),
        ("0 8 ? * MON-FRI 2030", "0 8 * * MON-FRI"),
        ("@daily", "@daily"),
    ],
)
def test_patterns_of_five_fields(given: str, wanted: str) -> None:
    assert five_fields(given) == wanted
