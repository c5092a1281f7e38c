"""What translations ask of the target cloud: facts of the site, and the keys of its tables."""

from __future__ import annotations

from collections.abc import Iterable

from cfn2heat.table.site_facts import Wanted
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.sections import parameter_type
from cfn2heat.translate.state import Translation


def wanted(translations: Iterable[Translation]) -> Wanted:
    """All that they ask, with the defaults of parameters that a table of the site answers."""
    found = Wanted()
    for t in translations:
        found.facts.update(t.asked)
        for fact, keys in t.lookups.items():
            found.keys.setdefault(fact, set()).update(keys)
        for parameter in t.template.parameters.values():
            rule = parameter_type(t.table, parameter.type).get("default")
            default = parameter.fields.entries.get("Default")
            if isinstance(rule, dict) and default is not None:
                found.keys.setdefault(rule["site"], set()).add(as_text(t.constants.fold(default)))
    return found
