"""Warns of resources that the target cloud has no service for, when the site file says which services it has."""

from __future__ import annotations

from cfn2heat.diagnostics import Severity
from cfn2heat.translate.state import Translation

_ADVICE = "Ask the cloud's operator for the service, or provide what the resources do by other means and leave them out."


def say_unserved(t: Translation) -> None:
    """One warning for each service that lacks, at the first resource that needs it."""
    offered = t.site.value("services")
    if offered is None:
        return
    serves: dict[str, list[str]] = t.table.site_facts["services"]["serves"]
    lacking: dict[str, list[tuple[str, str]]] = {}
    for owner, names in t.placed.items():
        if owner not in t.template.resources:
            continue  # what holds a rule needs no service but Heat
        for name in names:
            part = t.hot.resources[name].type.split("::")[1:2] if name in t.hot.resources else []
            if part and part[0] in serves and not set(serves[part[0]]) & set(offered):
                lacking.setdefault(part[0], []).append((owner, name))
    for service, resources in lacking.items():
        owner, name = resources[0]
        others = f" and {len(resources) - 1} more" if len(resources) > 1 else ""
        message = f"The cloud of the site file has no {serves[service][0]} service ({service}), which {name}{others} needs."
        t.diagnostics.add("C2H5104", Severity.WARNING, owner, message, advice=_ADVICE, span=t.resource(owner).span)
