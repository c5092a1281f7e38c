"""Scripts that do cfn-init's work: the engine accepts them, and fills the values in as the tests of the scripts suppose."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.engine import Engine
from tests.translating import convert_data
from tests.unit.hooks.test_init import CONFIGS, SETS_OF, WORDS, template, user_data_of

ORACLE = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@ORACLE
@given(name=WORDS, secret=WORDS, text=WORDS)
def test_the_engine_makes_the_script_that_the_tests_run(heat: Engine, name: str, secret: str, text: str) -> None:
    joined: dict[str, Any] = {"Fn::Join": ["", [text, {"Ref": "Secret"}, text, {"Ref": "Name"}]]}
    command = {"command": joined, "env": {"A": joined, "B": {"Ref": "Port"}}, "test": {"Ref": "Name"}}
    init = {
        "config": {"files": {"/x": {"content": joined}, "/y": {"content": {"a": {"Ref": "Secret"}}}}, "commands": {"1": command}}
    }
    data = template(init)
    data["Parameters"] = {
        **data["Parameters"],
        "Name": {"Type": "String", "Default": name},
        "Secret": {"Type": "String", "Default": secret},
    }
    (emitted,) = (file for file in convert_data(data).files.values() if "resources:" in file)
    assert heat.resolve(emitted, "Web")["user_data"] == user_data_of(data)


@ORACLE
@given(configs=st.dictionaries(st.sampled_from(["config", "b", "c d"]), CONFIGS, max_size=3), sets=SETS_OF)
def test_the_engine_accepts_any_configuration(heat: Engine, configs: dict[str, Any], sets: dict[str, Any]) -> None:
    (emitted,) = (file for file in convert_data(template({"configSets": sets, **configs})).files.values() if "resources:" in file)
    assert heat.errors(emitted) == []
