"""Every code with its title and what it means; read by `explain` and by tests only. Sorted by code, never reused."""

CODES: dict[str, tuple[str, str]] = {
    "C2H5001": (
        "A mapping file cannot be read",
        (
            "The file is missing, is not UTF-8 text or is not the YAML that mapping files are written in. Anchors, aliases and keys that "
            "stand twice are refused. Mend the file at the place that is named; docs/mapping-format.md describes the format."
        ),
    ),
    "C2H5002": (
        "A mapping file does not hold against its schema",
        (
            "The file is YAML, but something in it is unknown, missing or of the wrong kind. The message names the place and what is "
            "allowed there; cfn2heat/table/mapping.schema.json is the schema."
        ),
    ),
    "C2H5003": (
        "Two mapping files speak of one type",
        "Each type has one file in a folder. Remove one of the two. To replace a shipped file, lay your own folder over it with --mappings.",
    ),
    "C2H5004": (
        "A folder of mapping files cannot be read",
        "The folder given with --mappings does not exist, is no folder or may not be read.",
    ),
    "C2H5101": (
        "The site file cannot be read",
        (
            "The file is missing, is not UTF-8 text or is not YAML. A site file is a map of facts of the target cloud; anchors, aliases and "
            "keys that stand twice are refused."
        ),
    ),
    "C2H5102": (
        "The site file says something that no one asks for",
        "The name is no fact of mappings/_site.yaml and no switch. Most often it is a spelling mistake, and the nearest name is given.",
    ),
    "C2H5103": (
        "A value in the site file is of the wrong kind",
        (
            "Facts are text, lists of text or tables of text. YAML reads true, 1.5 and 10 as other things than text: put them in quotes "
            "where they are names."
        ),
    ),
}
