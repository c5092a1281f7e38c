"""Every code with its title and what it means; read by `explain` and by tests only. Sorted by code, never reused."""

CODES: dict[str, tuple[str, str]] = {
    "C2H5001": (
        "A mapping file cannot be read",
        (
            "The file is missing, is not UTF-8 text or is not the YAML that mapping files are written in. Anchors, aliases "
            "and keys that stand twice are refused. Mend the file at the place that is named; docs/mapping-format.md "
            "describes the format."
        ),
    ),
    "C2H5002": (
        "A mapping file does not hold against its schema",
        (
            "The file is YAML, but something in it is unknown, missing or of the wrong kind. The message names the place and "
            "what is allowed there; cfn2heat/table/mapping.schema.json is the schema."
        ),
    ),
    "C2H5003": (
        "Two mapping files speak of one type",
        (
            "Each type has one file in a folder. Remove one of the two. To replace a shipped file, lay your own folder over "
            "it with --mappings."
        ),
    ),
    "C2H5004": (
        "A folder of mapping files cannot be read",
        "The folder given with --mappings does not exist, is no folder or may not be read.",
    ),
    "C2H5101": (
        "The site file cannot be read",
        (
            "The file is missing, is not UTF-8 text or is not YAML. A site file is a map of facts of the target cloud; "
            "anchors, aliases and keys that stand twice are refused."
        ),
    ),
    "C2H5102": (
        "The site file says something that no one asks for",
        (
            "The name is no fact of mappings/_site.yaml and no switch. Most often it is a spelling mistake, and the nearest "
            "name is given."
        ),
    ),
    "C2H5103": (
        "A value in the site file is of the wrong kind",
        (
            "Facts are text, lists of text or tables of text. YAML reads true, 1.5 and 10 as other things than text: put them "
            "in quotes where they are names."
        ),
    ),
    "C2H5201": (
        "A property has no row",
        (
            "AWS documents the property, and the mapping file of its type does not say what becomes of it. Give it a row, "
            "also when the row says drop: whatever has no row would be lost in silence."
        ),
    ),
    "C2H5202": (
        "A row or an answer speaks of what AWS does not document",
        (
            "The catalog of AWS types has no type, property or member of this name. It may be a spelling mistake, or the "
            "catalog is older than the file."
        ),
    ),
    "C2H5203": (
        "A reference has no answer",
        (
            "Ref and every attribute that GetAtt can give of a mapped type want an answer under references: a value, a hook, "
            "or none with its because."
        ),
    ),
    "C2H5204": (
        "An answer speaks of an attribute that AWS does not document",
        "The catalog of AWS types has no attribute of this name, or `instead` names one that has no answer itself.",
    ),
    "C2H5205": (
        "A row aims at what is not there",
        (
            "The target's emit key, resource type, property or attribute does not exist in the catalog of Heat's types. The "
            "message names what exists at that place."
        ),
    ),
    "C2H5206": (
        "A mapping file names what is not registered",
        (
            "No transform, hook, predicate or composite is registered in Python under this name, or _site.yaml has no such "
            "fact or switch. docs/hooks.md says how hooks are registered."
        ),
    ),
    "C2H5207": (
        "A composite's members are not its own",
        (
            "Two composites never share a member, and each member has a mapping file that holds when the composite does not "
            "claim it."
        ),
    ),
    "C2H5208": (
        "A because or an advice is missing or no sentence",
        "Because, advice and summary are plain sentences that end with a period, and a loss of grade error has an advice.",
    ),
    "C2H5209": (
        "Rows stand out of order",
        "The properties of a type stand in alphabetical order, so that a person finds them and two files compare.",
    ),
    "C2H5210": (
        "A mapping file contradicts itself",
        (
            "Its fidelity says none although it emits something (or the other way round), or a choice of rows can never reach "
            "one of its rows."
        ),
    ),
    "C2H5211": (
        "A type of AWS is answered not once but never or twice",
        "Each type of the catalog has a mapping file, or an answer by its name or its service in _none.yaml.",
    ),
    "C2H5212": (
        "An example is missing",
        "A mapped type has examples, each with a resource of that type. Examples are tests and documentation in one.",
    ),
    "C2H5213": (
        "A hook or transform is not used",
        "It is registered in Python, and no mapping file names it. Remove it, or name it where it belongs.",
    ),
}
