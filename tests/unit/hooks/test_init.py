"""The scripts that do cfn-init's work are run by real shells, with programs of the system replaced by ones that write down."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cfn2heat.diagnostics import Diagnostic
from tests.translating import convert_data, written

SHELLS = [[found, *more] for name, *more in (["dash"], ["bash"], ["busybox", "sh"]) if (found := shutil.which(name))]
PLAIN_SHELLS = [shell for shell in SHELLS if len(shell) == 1]
"""Those that run programs of the system and none of their own."""
FAKES = ("yum", "apt-get", "rpm", "zypper", "gem", "python3", "groupadd", "useradd", "usermod", "systemctl", "chown")
MISSING = ("getent", "id")
ME = pwd.getpwuid(os.getuid()).pw_name

PARAMETERS = {
    "Name": {"Type": "String", "Default": "shop"},
    "Secret": {"Type": "String", "NoEcho": True, "Default": 'it\'s $HOME `x` "y" \\ z'},
    "Port": {"Type": "Number", "Default": "8080"},
    "Ssl": {"Type": "String", "Default": "yes"},
}
CALL = "/opt/aws/bin/cfn-init -v --stack ${AWS::StackName} --resource Web --region ${AWS::Region}"


def template(init: Any, user_data: str = f"#!/bin/bash\n{CALL}\necho status $?\n", **more: Any) -> dict[str, Any]:
    """A template of one server whose script calls cfn-init."""
    properties = {"ImageId": "ami-1", "UserData": {"Fn::Base64": {"Fn::Sub": user_data}}}
    web = {"Type": "AWS::EC2::Instance", "Properties": properties, "Metadata": {"AWS::CloudFormation::Init": init}, **more}
    conditions = {"UseSsl": {"Fn::Equals": [{"Ref": "Ssl"}, "yes"]}}
    return {"Parameters": PARAMETERS, "Conditions": conditions, "Resources": {"Web": web}}


def resolved(value: Any, hot: dict[str, Any], given: dict[str, Any]) -> Any:
    """A value as Heat would work it out."""
    if isinstance(value, list):
        return [resolved(item, hot, given) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, argument), inner = next(iter(value.items())), lambda one: resolved(one, hot, given)
        match name:
            case "get_param":
                known = {"OS::stack_name": "stack", **given}
                return known[argument] if argument in known else hot["parameters"][argument]["default"]
            case "get_resource":
                return f"http://192.0.2.1/{argument}?a=1&b=2"
            case "if":
                left, right = map(inner, hot["conditions"][argument[0]]["equals"])
                return inner(argument[1] if left == right else argument[2])
            case "list_join":
                return argument[0].join(inner(argument[1]))
            case "str_split":
                return str(inner(argument[1])).split(argument[0])
            case "str_replace":
                return replaced(inner(argument["template"]), {mark: inner(one) for mark, one in argument["params"].items()})
    return {key: resolved(one, hot, given) for key, one in value.items()}


def replaced(text: str, params: dict[str, Any], left: list[str] | None = None) -> str:
    """What str_replace gives: longer marks first, and nothing is looked for in what was put in."""
    marks = sorted(sorted(params), key=len, reverse=True) if left is None else left
    if not marks:
        return text
    value = params[marks[0]]
    filled = json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)
    return filled.join(replaced(part, params, marks[1:]) for part in text.split(marks[0]))


def user_data_of(data: dict[str, Any], **parameters: Any) -> str:
    """The script that the server would get."""
    hot = written(convert_data(data))
    found = resolved(hot["resources"]["Web"]["properties"]["user_data"], hot, parameters)
    assert isinstance(found, str)
    return found


class Machine:
    """A folder that stands for a server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "calls"
        self.log.write_text("")
        programs = root / "bin"
        programs.mkdir()
        for name in FAKES:
            self.fake(name, f'echo "{name} $*" >> {self.log}')
        for name in MISSING:
            self.fake(name, "exit 1")
        self.fake("curl", f'while [ "$1" != -o ]; do shift; done; cp "{root}/web/${{3##*/}}" "$2"')

    def fake(self, name: str, body: str) -> None:
        """Put a program in the place of one of the system."""
        program = self.root / "bin" / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)

    def run(self, script: str, shell: list[str] | None = None) -> subprocess.CompletedProcess[bytes]:
        """Boot with a script."""
        text = script.replace("/var/lib/cfn2heat", f"{self.root}/lib").replace("/var/log/cfn-init.log", f"{self.root}/log")
        if shell:
            text = text.replace("\n#!/bin/sh\n", f"\n#!{' '.join(shell)}\n")
        start = self.root / "user-data"
        start.write_bytes(text.encode())
        environment = {"PATH": f"{self.root}/bin:{os.environ['PATH']}", "HOME": str(self.root), "KEPT": "kept"}
        return subprocess.run(["bash", str(start)], env=environment, cwd=self.root, capture_output=True, check=False, timeout=60)

    def boot(self, init: Any, shell: list[str] | None = None, **parameters: Any) -> str:
        """Boot with a configuration; what the script says."""
        done = self.run(user_data_of(template(init), **parameters), shell)
        return (done.stdout + done.stderr).decode()

    @property
    def calls(self) -> list[str]:
        """The programs that were called, in order."""
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh server."""
    return Machine(tmp_path)


def noted(machine: Machine, text: str) -> dict[str, Any]:
    """A command that writes a line."""
    return {"command": f"echo '{text}' >> {machine.log}"}


def everything(machine: Machine) -> dict[str, Any]:
    """A config with each section, in an order that is not cfn-init's."""
    root = str(machine.root)
    return {
        "services": {"systemd": {"web": {"enabled": "true", "ensureRunning": "true", "files": [f"{root}/a"]}}},
        "commands": {"02 b": noted(machine, "second"), "01 a": noted(machine, "first")},
        "files": {f"{root}/b": {"content": "b"}, f"{root}/a": {"source": "http://192.0.2.1/a", "mode": "000400"}},
        "sources": {f"{root}/src": "http://192.0.2.1/all.tar.gz"},
        "users": {"app": {"uid": "50", "homeDir": "/srv/app home", "groups": ["one", "two"]}},
        "groups": {"one": {"gid": "45"}, "two": {}},
        "packages": {
            "rubygems": {"chef": ["10.0"]},
            "python": {"flask": []},
            "yum": {"httpd": [], "php": ["7.4", "7.10"]},
            "apt": {"nginx": "1.2"},
            "rpm": {"epel": "http://192.0.2.1/epel.rpm"},
        },
    }


@pytest.mark.parametrize("shell", PLAIN_SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_all_sections_in_the_order_of_cfn_init(machine, shell):
    web = machine.root / "web"
    web.mkdir()
    (web / "a").write_text("from the web\n")
    (machine.root / "inside").write_text("unpacked")
    subprocess.run(["tar", "-czf", web / "all.tar.gz", "-C", machine.root, "inside"], check=True)
    said = machine.boot({"config": everything(machine)}, shell)
    assert machine.calls == [
        "rpm -U --nosignature --replacepkgs http://192.0.2.1/epel.rpm",
        "apt-get -q -y install nginx=1.2",
        "yum -y install httpd php-7.10",
        "python3 -m pip install flask",
        "gem install --no-document chef:10.0",
        "groupadd -r -g 45 one",
        "groupadd -r two",
        "useradd -M -r -s /sbin/nologin -d /srv/app home -u 50 -G one,two app",
        "first",
        "second",
        "systemctl enable web",
        "systemctl restart web",
    ]
    assert (machine.root / "src" / "inside").read_text() == "unpacked"
    assert (machine.root / "a").read_text() == "from the web\n"
    assert stat.S_IMODE((machine.root / "a").stat().st_mode) == 0o400
    assert (machine.root / "b").read_text() == "b"
    assert stat.S_IMODE((machine.root / "b").stat().st_mode) == 0o644
    assert said == f"cfn-init: done, see {machine.root}/log\nstatus 0\n"


def test_archives_of_github_lose_their_outer_directory(machine):
    web = machine.root / "web"
    (web / "shop-1234" / "sub").mkdir(parents=True)
    (web / "shop-1234" / "sub" / "inside").write_text("x")
    subprocess.run(["tar", "-cf", web / "main", "-C", web, "shop-1234"], check=True)
    sources = {f"{machine.root}/a": "https://github.com/o/shop/tarball/main", f"{machine.root}/b": "https://192.0.2.1/main"}
    machine.boot({"config": {"sources": {**sources, f"{machine.root}/c": f"{web}/main"}}})
    assert (machine.root / "a" / "sub" / "inside").read_text() == "x"
    assert (machine.root / "b" / "shop-1234" / "sub" / "inside").read_text() == "x"
    assert (machine.root / "c" / "shop-1234" / "sub" / "inside").read_text() == "x"


def test_what_is_put_on_the_server_is_for_root_alone(machine):
    machine.boot({"config": {"files": {f"{machine.root}/x": {"content": "x"}}}})
    assert stat.S_IMODE((machine.root / "lib").stat().st_mode) == 0o700
    assert stat.S_IMODE((machine.root / "lib" / "init-Web").stat().st_mode) == 0o700
    assert stat.S_IMODE((machine.root / "log").stat().st_mode) == 0o600


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_a_command_that_fails_ends_it_and_the_script_sees_that(machine, shell):
    commands = {"1": noted(machine, "one"), "2": {"command": "exit 3"}, "3": noted(machine, "three")}
    config = {"commands": commands, "services": {"sysvinit": {"web": {"ensureRunning": "true"}}}}
    said = machine.boot({"config": config}, shell)
    assert machine.calls == ["one"]
    assert said == f"status 1\ncfn-init: command 2 failed, see {machine.root}/log\n"


def test_errors_may_be_ignored(machine):
    commands = {"1": {"command": "false", "ignoreErrors": "true"}, "2": noted(machine, "two")}
    assert "status 0" in machine.boot({"config": {"commands": commands}})
    assert machine.calls == ["two"]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_commands_have_a_test_a_directory_and_an_environment_of_their_own(machine, shell):
    root = machine.root
    (root / "here you are").mkdir()
    commands = {
        "1": {**noted(machine, "never"), "test": "test -e nothing"},
        "2": {**noted(machine, "tested"), "test": "test -d here", "cwd": str(root), "ignoreErrors": "false"},
        "3": {"command": "pwd > place", "cwd": f"{root}/here you are"},
        "4": {"command": f'echo "$A $B ${{KEPT:-lost}}" >> {machine.log}', "env": {"A": {"Ref": "Secret"}, "B": "it's"}},
        "5": {"command": f'echo "${{KEPT:-lost}}" >> {machine.log}'},
        "6": {"command": ["touch", f"{root}/a b", f"{root}/$HOME"]},
        "7": {"command": "true", "cwd": f"{root}/nowhere"},
    }
    (root / "here").mkdir()
    said = machine.boot({"config": {"commands": commands}}, shell)
    secret = PARAMETERS["Secret"]["Default"]
    assert machine.calls == ["tested", f"{secret} it's lost", "kept"]
    assert (root / "here you are" / "place").read_text() == f"{root}/here you are\n"
    assert (root / "a b").exists()
    assert (root / "$HOME").exists()
    assert "status 1" in said


def test_secrets_are_in_no_log(machine):
    config = {
        "files": {f"{machine.root}/x": {"content": {"Ref": "Secret"}, "mode": "000600"}},
        "commands": {"1": {"command": "true", "env": {"A": {"Ref": "Secret"}}}},
    }
    data = template({"config": config}, f"#!/bin/bash -xe\n{CALL}\n")
    done = machine.run(user_data_of(data, Secret="hush"))
    assert (machine.root / "x").read_text() == "hush"
    assert b"hush" not in done.stdout + done.stderr + (machine.root / "log").read_bytes()


# ---- configSets ------------------------------------------------------------------------------------------------------

SETS = {
    "configSets": {"default": ["a", {"ConfigSet": "rest"}], "rest": ["c d", "b"], "only b": ["b"], "lost": ["nothing"]},
    **{name: {"packages": {"yum": {name[0]: []}}} for name in ("a", "b", "c d")},
}


@pytest.mark.parametrize(
    ("arguments", "packages", "status"),
    [
        ("", ["a", "c", "b"], 0),
        ("-c rest", ["c", "b"], 0),
        ("--configsets=rest,default", ["c", "b", "a", "c", "b"], 0),
        ("--configsets 'only b'", ["b"], 0),
        ("-c other", [], 1),
        ("-c a", [], 1),
        ("-c lost", [], 1),
    ],
)
def test_config_sets_are_those_that_the_call_names(machine, arguments, packages, status):
    data = template(SETS, f"#!/bin/bash\n{CALL} {arguments}\necho status $?\n")
    done = machine.run(user_data_of(data))
    assert machine.calls == [f"yum -y install {name}" for name in packages]
    assert f"status {status}" in done.stdout.decode()


def test_without_config_sets_config_is_done(machine):
    machine.boot({"config": {"packages": {"yum": {"a": []}}}, "other": {"packages": {"yum": {"b": []}}}})
    assert machine.calls == ["yum -y install a"]


def test_sets_in_a_circle_are_said():
    init = {"configSets": {"default": [{"ConfigSet": "x"}], "x": [{"ConfigSet": "default"}]}}
    assert "hold one another" in " ".join(dropped(template(init)))


# ---- conditions and values -------------------------------------------------------------------------------------------


def choose(then: Any, otherwise: Any = None) -> dict[str, Any]:
    """A value by a condition."""
    return {"Fn::If": ["UseSsl", then, otherwise if otherwise is not None else {"Ref": "AWS::NoValue"}]}


@pytest.mark.parametrize(("ssl", "expected"), [("yes", ["ssl", "web", "start", "loud"]), ("no", ["web", "stop", "quiet"])])
def test_conditions_hold_when_the_stack_is_made(machine, ssl, expected):
    config = {
        "packages": {"yum": {"mod_ssl": choose([])}},
        "users": choose({"web": {}}, {"web": {}}),
        "services": {"sysvinit": {"web": {"ensureRunning": choose("true", "false")}}},
        "commands": {"1": {"command": {"Fn::Sub": ["echo ${X}", {"X": choose("loud", "quiet")}]}}},
    }
    machine.boot({"config": config}, Ssl=ssl)
    done = ((machine.root / "log").read_text() + "\n".join(machine.calls)).replace("_", " ").split()
    assert [word for word in ("ssl", "web", "start", "stop", "loud", "quiet") if word in done] == expected


def test_values_stay_functions_of_heat(machine):
    content = {"Fn::Sub": "name=${Name}\nport=${Port}\n${!Name} $HOME\n"}
    init = {"config": {"files": {f"{machine.root}/{{x}}": {"content": content}}}}
    hot = written(convert_data(template(init)))
    params = hot["resources"]["Web"]["properties"]["user_data"]["str_replace"]["params"]
    assert {"get_param": "Port"} in params.values()
    machine.boot(init, Name="it's ${Port}", Port=1)
    assert (machine.root / "{x}").read_text() == "name=it's ${Port}\nport=1\n${Name} $HOME\n"


# ---- files -----------------------------------------------------------------------------------------------------------


def test_links_base64_json_and_templates(machine):
    root = machine.root
    files = {
        f"{root}/b": {"content": " AAEC/w==\n", "encoding": "base64"},
        f"{root}/j": {"content": {"a": [1, "x"], "b": {"Ref": "Secret"}}},
        f"{root}/c": {"content": {"a": True}},
        f"{root}/l": {"content": f"{root}/b", "mode": "120644"},
        f"{root}/m": {"content": "{{a}} {{{a}}} {{& b }} {{none}}.", "context": {"a": "<", "b": {"Ref": "Name"}}},
        f"{root}/o": {"content": "", "owner": ME, "group": "staff"},
        f"{root}/deep/er/x": {"content": "x"},
    }
    machine.boot({"config": {"files": files}})
    assert (root / "b").read_bytes() == b"\0\1\2\xff"
    assert json.loads((root / "j").read_text()) == {"a": [1, "x"], "b": PARAMETERS["Secret"]["Default"]}
    assert json.loads((root / "c").read_text()) == {"a": True}
    assert (root / "l").readlink() == root / "b"
    assert (root / "m").read_text() == "&lt; < shop ."
    assert machine.calls == [f"chown {ME}:staff {root}/o"]
    assert (root / "deep" / "er" / "x").read_text() == "x"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("000755", 0o755),
        ("644", 0o644),
        (644, 0o644),
        (0o400, 0o400),
        (0o644, 0o644),
        (0o777, 0o777),
        ("100600", 0o600),
        (400, 0o400),
    ],
)
def test_modes_as_texts_and_as_numbers(machine, mode, expected):
    machine.boot({"config": {"files": {f"{machine.root}/x": {"content": "x", "mode": mode}}}})
    assert stat.S_IMODE((machine.root / "x").stat().st_mode) == expected


NASTY = [
    "'",
    '"',
    "$HOME",
    "`id`",
    "\\",
    "\\\\n",
    "\n",
    "\r\n",
    "\t",
    "END_OF_FILE\n",
    "END_OF_SCRIPT",
    "EOF",
    "${Name}",
    "${Name 2}",
]
NASTY += [
    "\x01\x7f",
    "\x1b[0m",
    "é",
    "\x85",
    "\u2028",
    "\U0001f600",
    "%s %d",
    "!",
    "#",
    "- a: b",
    " ",
    "~",
    "*",
    "&&",
    "<<'X'",
    "$(id)",
    "\0",
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=8
).map("".join)
CALM = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@CALM
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), shell=st.sampled_from(SHELLS))
def test_any_content_arrives_byte_for_byte(tmp_path_factory, texts, shell):
    machine = Machine(tmp_path_factory.mktemp("server"))
    files = {f"{machine.root}/f{index}": {"content": text} for index, text in enumerate(texts)}
    assert "status 0" in machine.boot({"config": {"files": files}}, shell)
    assert [(machine.root / f"f{index}").read_bytes() for index in range(len(texts))] == [text.encode() for text in texts]


WORDS = TEXTS.map(lambda text: text.replace("\0", ""))


@CALM
@given(texts=st.lists(WORDS, min_size=1, max_size=4), value=WORDS, shell=st.sampled_from(SHELLS))
def test_any_command_word_and_value_arrives_byte_for_byte(tmp_path_factory, texts, value, shell):
    machine = Machine(tmp_path_factory.mktemp("server"))
    root = machine.root
    machine.fake("recorder", f'printf %s "$2" > {root}/command')
    machine.fake("words", f'for word; do printf "%s\\0" "$word"; done > {root}/words')
    commands = {
        "1": {"command": ["words", *texts, {"Fn::Join": ["", [texts[0], {"Ref": "Secret"}, texts[-1]]]}]},
        "2": {"command": {"Fn::Join": ["", ["x", texts[0], {"Ref": "Name"}, texts[-1]]]}},
    }
    files = {f"{root}/f": {"content": {"Fn::Join": ["", [texts[0], {"Ref": "Secret"}, texts[-1]]]}}}
    script = user_data_of(template({"config": {"commands": commands, "files": files}}), Secret=value, Name=value)
    done = machine.run(script.replace('"$@" /bin/sh -c', '"$@" recorder -c'), shell)
    assert b"status 0" in done.stdout
    assert (root / "words").read_bytes().split(b"\0")[:-1] == [text.encode() for text in [*texts, texts[0] + value + texts[-1]]]
    assert (root / "command").read_bytes() == f"x{texts[0]}{value}{texts[-1]}".encode()
    assert (root / "f").read_bytes() == f"{texts[0]}{value}{texts[-1]}".encode()


# ---- what is left out ------------------------------------------------------------------------------------------------


def about(data: dict[str, Any], code: str) -> list[Diagnostic]:
    """Diagnostics of a code."""
    return [found for found in convert_data(data).diagnostics if found.code == code]


def dropped(data: dict[str, Any]) -> list[str]:
    """What is said of losses, with its severity."""
    return [f"{found.severity.word} {found.subject}: {found.message}" for found in about(data, "C2H3001")]


HUP = {
    "files": {"/etc/cfn/cfn-hup.conf": {"content": "x"}, "/etc/cfn/hooks.d/a.conf": {"content": "x"}},
    "commands": {"1": {"command": "systemctl enable cfn-hup.service && systemctl start cfn-hup.service\n"}},
    "services": {"sysvinit": {"cfn-hup": {"enabled": "true", "ensureRunning": "true"}}},
    "packages": {"yum": {"aws-cfn-bootstrap": []}},
}


def test_cfn_hup_is_left_out_with_a_word(machine):
    data = template({"config": HUP})
    assert len(dropped(data)) == 5
    assert "status 0" in machine.boot({"config": HUP})
    assert machine.calls == []


def test_what_the_script_lacks_is_said_also_where_the_metadata_stay():
    data = template({"config": HUP})
    web = data["Resources"].pop("Web")
    other = {"Type": "AWS::SQS::Queue", "Metadata": web.pop("Metadata")}
    web["Properties"]["UserData"] = {"Fn::Base64": "#!/bin/sh\ncfn-init -s x -r Other\n"}
    data["Resources"] = {"Other": other, "Web": web}
    assert len([line for line in dropped(data) if " Other.Metadata" in line]) == 5


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            {"packages": {"msi": {"a": "http://192.0.2.1/a.msi"}}},
            "error Web.Metadata.AWS::CloudFormation::Init.config.packages.msi: It is for Windows",
        ),
        (
            {"services": {"windows": {"a": {"enabled": "true"}}}},
            "error Web.Metadata.AWS::CloudFormation::Init.config.services.windows: It is",
        ),
        (
            {"files": {"/a": {"source": "x", "authentication": "S3"}}},
            "error Web.Metadata.AWS::CloudFormation::Init.config.files./a.authentication",
        ),
        (
            {"files": {"/a": {"content": "{{#x}}", "context": {"x": "1"}}}},
            "error Web.Metadata.AWS::CloudFormation::Init.config.files./a.context",
        ),
        (
            {"commands": {"a": {"command": "b", "runas": "c"}}},
            "warning Web.Metadata.AWS::CloudFormation::Init.config.commands.a.runas",
        ),
        (
            {"commands": {"a": {"command": "b", "waitAfterCompletion": "0"}}},
            "note Web.Metadata.AWS::CloudFormation::Init.config.commands.a.wait",
        ),
        (
            {"files": {"Fn::Transform": {"Name": "M", "Parameters": {}}}},
            "error Web.Metadata.AWS::CloudFormation::Init.config.files",
        ),
        ({"other": {"a": "b"}}, "warning Web.Metadata.AWS::CloudFormation::Init.config.other"),
    ],
)
def test_what_no_script_does_is_said_where_it_stands(config, said):
    assert [line for line in dropped(template({"config": config})) if line.startswith(said)]


def test_credentials_for_downloads_are_an_error_and_in_no_metadata():
    data = template({"config": {}})
    data["Resources"]["Web"]["Metadata"]["AWS::CloudFormation::Authentication"] = {"S3": {"type": "basic", "password": "hush"}}
    assert "error Web.Metadata.AWS::CloudFormation::Authentication: Nothing on the server reads it" in "\n".join(dropped(data))
    assert "hush" not in next(iter(convert_data(data).files.values()))


def test_a_nul_that_no_shell_takes_is_said():
    data = template({"config": {"commands": {"a": {"command": "echo a\0b"}}}})
    assert [found.severity.word for found in about(data, "C2H4513")] == ["error"]


# ---- any configuration -----------------------------------------------------------------------------------------------

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 40000),
    st.sampled_from(["", "x", "true", "no", "it's", "000644", "120644", "base64", "a\nb", "~/x", "cfn-hup", "S3"]),
    st.just({"Ref": "Name"}),
    st.just({"Ref": "AWS::NoValue"}),
    st.just({"Fn::Transform": {"Name": "M", "Parameters": {}}}),
)
NAMES = st.sampled_from(
    [
        "/a b",
        "x",
        "1 y'",
        "yum",
        "apt",
        "rpm",
        "python",
        "msi",
        "sysvinit",
        "windows",
        "command",
        "test",
        "cwd",
        "env",
        "content",
        "mode",
        "source",
        "encoding",
        "context",
        "owner",
        "gid",
        "uid",
        "groups",
        "homeDir",
        "enabled",
        "ensureRunning",
        "files",
        "ConfigSet",
    ]
)
SHAPES = st.recursive(
    ODD,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=4),
        st.lists(inner, max_size=3),
        st.tuples(inner, inner).map(lambda sides: {"Fn::If": ["UseSsl", *sides]}),
    ),
    max_leaves=12,
)
SECTIONS = ["packages", "groups", "users", "sources", "files", "commands", "services", "odd"]
CONFIGS = st.one_of(SHAPES, st.dictionaries(st.sampled_from(SECTIONS), SHAPES, max_size=5))
SETS_OF = st.dictionaries(
    st.sampled_from(["default", "x", "it's", "esac"]),
    st.one_of(SHAPES, st.lists(st.sampled_from(["config", "b", "x"]), max_size=3)),
)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    configs=st.dictionaries(st.sampled_from(["config", "b", "set", "c d"]), CONFIGS, max_size=3),
    sets=st.one_of(st.none(), SETS_OF, SHAPES),
)
def test_any_configuration_becomes_a_script_that_shells_read(configs, sets):
    init = configs if sets is None else {"configSets": sets, **configs}
    data = template(init)
    hot = written(convert_data(data))
    text = hot["resources"]["Web"]["properties"]["user_data"]
    params = {} if isinstance(text, str) else text["str_replace"]["params"]
    script = replaced(text if isinstance(text, str) else text["str_replace"]["template"], dict.fromkeys(params, "yes"))
    inner = re.search(r"<<'(END_OF_SCRIPT\w*)'\n(.*?)\n\1\n", script, re.DOTALL)
    assert inner is not None
    for shell in SHELLS:
        done = subprocess.run([*shell, "-n"], input=inner.group(2).encode(), capture_output=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
