"""The values of parameters: from files, variables and the command line; which lack, and which must not be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cfn2heat.deploy.bundle import Parameter
from cfn2heat.diagnostics import Diagnostic, InputError, Severity
from cfn2heat.source import Span

VARIABLE = "CFN2HEAT_PARAM_"
"""The beginning of the environment variables that give values: CFN2HEAT_PARAM_Password for the parameter Password."""
STARS = "******"
"""What Heat shows of a hidden value."""
NO_SUCH, UNREADABLE, UNFIT = "C2H6012", "C2H6013", "C2H6014"
SEEN, LACKING = "C2H6015", "C2H6016"


def read_values(path: Path) -> dict[str, Any]:
    """The parameters of a Heat environment file, a plain map of values, or the list of ParameterKey and ParameterValue of AWS."""
    data = _load(path)
    if isinstance(data, list) and all(isinstance(entry, dict) and "ParameterKey" in entry for entry in data):
        return {str(entry["ParameterKey"]): entry.get("ParameterValue") for entry in data}
    if not isinstance(data, dict):
        raise InputError(UNFIT, "it is no map of parameters to values", Span(str(path), 0, 0))
    sections = {"parameters", "parameter_defaults"}
    if data.keys().isdisjoint(sections) and not any(isinstance(value, dict) and name.islower() for name, value in data.items()):
        return {str(name): value for name, value in data.items()}
    for name in data.keys() - sections:
        if data[name]:
            advice = "keep parameters and parameter_defaults alone; nested templates are found by the types that name them"
            raise InputError(UNFIT, f"{name} is not taken over", Span(str(path), 0, 0), subject=str(name), advice=advice)
    return {
        str(name): value for section in ("parameter_defaults", "parameters") for name, value in (data.get(section) or {}).items()
    }


def _load(path: Path) -> Any:
    import yaml

    shown = str(path)
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
    except OSError as error:
        raise InputError(UNREADABLE, f"cannot be read: {error.strerror}", Span(shown, 0, 0)) from error
    except UnicodeDecodeError as error:
        raise InputError(UNREADABLE, f"is not UTF-8 text: byte {error.start} is none", Span(shown, 0, 0)) from error
    except yaml.MarkedYAMLError as error:  # its own words would show lines of the file, which holds secrets
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InputError(UNREADABLE, f"is no YAML: {error.problem}", Span(shown, line, 1)) from error
    except yaml.YAMLError as error:
        raise InputError(UNREADABLE, "is no YAML", Span(shown, 0, 0)) from error


def from_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Values that environment variables give."""
    return {name[len(VARIABLE) :]: value for name, value in environ.items() if name.startswith(VARIABLE)}


def check_given(given: Iterable[str], parameters: Mapping[str, Parameter]) -> list[Diagnostic]:
    """What is wrong with the names on the command line: unknown ones, and those whose values everybody may read there."""
    found = []
    for name in given:
        if name not in parameters:
            near = get_close_matches(name, parameters, 1)
            advice = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(parameters)) or 'none'}"
            found.append(_error(NO_SUCH, name, "the template has no such parameter", advice))
        elif parameters[name].hidden:
            message = "it is a secret (NoEcho), and every user of this machine may read the command line"
            advice = f"set {VARIABLE}{name}, put it into a file for --parameter-file, or leave it out and be asked on a terminal"
            found.append(_error(SEEN, name, message, advice))
    return found


def lacking(parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> list[Parameter]:
    """The parameters that have neither a value nor a default."""
    return [parameter for name, parameter in parameters.items() if parameter.required and name not in values]


def tell_lacking(parameters: Iterable[Parameter]) -> list[Diagnostic]:
    """What to say of parameters without a value."""
    found = []
    for parameter in parameters:
        way = f"set {VARIABLE}{parameter.name} or --parameter-file" if parameter.hidden else f"--parameter {parameter.name}=..."
        message = f"it has no value{': ' + parameter.description if parameter.description else ''}"
        found.append(_error(LACKING, parameter.name, message, f"{way}, or a line in the environment file (-e)"))
    return found


def secrets(parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> list[str]:
    """The values that must never be shown."""
    return [str(value) for name, value in values.items() if name in parameters and parameters[name].hidden and value]


def _error(code: str, subject: str, message: str, advice: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, subject, message, advice)
