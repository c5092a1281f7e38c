"""Fills the tables of a site file: what of a cloud stands for instance types, AMIs, volume types and database versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cfn2heat.cfn import instance_types
from cfn2heat.cfn.instance_types import InstanceType
from cfn2heat.table import families
from cfn2heat.table.families import Image
from cfn2heat.table.flavors import Flavor, nearest, size_words, smallest
from cfn2heat.table.site_cloud import LISTED, Choice, Cloud, Thing, listed, named
from cfn2heat.table.site_file import Entry

Keys = list[str] | None
"""Keys that templates ask for; None: those that are common."""
HOW = "The smallest flavor with at least the vCPU and memory of the type."
OTHERS = "These are the types that most templates name; cfn2heat site init --template FILE lists those of yours instead."


def _flavors(cloud: Cloud, keys: Keys) -> Choice:
    return _sizes(cloud, keys, instance_types.common(), "")


def _database_flavors(cloud: Cloud, keys: Keys) -> Choice:
    if "database" not in cloud.services:
        return None, ["This cloud has no database service."]
    known = families.database_families()
    return _sizes(cloud, keys, [type for type in instance_types.common() if type.family in known], "db.")


def _sizes(cloud: Cloud, keys: Keys, common: list[InstanceType], prefix: str) -> Choice:
    """A line for each type; of the common ones that no flavor can take only the names."""
    flavors = [Flavor(one.name, one.facts["vcpus"], one.facts["ram"], one.facts["disk"]) for one in named(cloud, "nova.flavor")]
    if not flavors:
        return None, ["This cloud shows no flavors."]
    ordered = sorted(flavors, key=lambda one: (one.vcpus, one.memory, one.disk, one.name))
    comments = [HOW, f"This cloud has {listed([f'{one.name} ({_size(one)}, {one.disk} GB)' for one in ordered])}."]
    if keys is not None:
        return [_flavor(key, instance_types.find(key), flavors) for key in keys], comments
    entries = [_flavor(prefix + type.name, type, flavors) for type in common]
    large = [prefix + type.name for type in common if smallest(type, flavors) is None]
    if large:
        comments.append(f"None is large enough for {', '.join(_by_family(large, [entry.key for entry in entries]))}.")
    return [entry for entry in entries if entry.key not in large], [*comments, OTHERS]


def _by_family(large: list[str], names: list[str]) -> list[str]:
    """Types that are too large, by family in few words: r5, m5 from m5.xlarge on."""
    said = []
    for family in dict.fromkeys(name.rpartition(".")[0] for name in large):
        members = [name for name in names if name.rpartition(".")[0] == family]
        outside = [name for name in members if name in large]
        if outside == members:
            said.append(family)
        else:
            said.extend([f"{outside[0]} and larger"] if members[-len(outside) :] == outside else outside)
    return said


def _size(size: Flavor | InstanceType) -> str:
    return size_words(size.vcpus, size.memory)


def _flavor(key: str, type: InstanceType | None, flavors: list[Flavor]) -> Entry:
    """The flavor with the sizes of both; what a person should look at stands behind #."""
    if type is None:
        own = key in [flavor.name for flavor in flavors]
        return Entry(key, key, "a flavor of this cloud") if own else Entry(key, None, "no type of the list of EC2's types")
    disk = f", {type.disk} GB of local disk" if type.disk else ""
    size = f"{_size(type)}{disk}{', ' if type.special else ''}{type.special}"
    flavor = smallest(type, flavors)
    if flavor is None:
        near = nearest(type, flavors)
        return Entry(key, near.name if near else None, f"{size}; the nearest has {_size(near) if near else 'less'}", False)
    if type.only_here:
        return Entry(key, flavor.name, f"{size}; the size of a flavor does not tell whether it has that", False)
    return Entry(key, flavor.name, size if _size(flavor) == _size(type) else f"{size} -> {_size(flavor)}")


def _images(cloud: Cloud, keys: Keys) -> Choice:
    things = named(cloud, "glance.image")
    images = [Image(one.name, _words(one)) for one in things]
    has = f"This cloud has {listed([one.name for one in things])}." if things else "This cloud shows no images."
    entries = [_image(key, images) for key in (families.common_images() if keys is None else keys)]
    if keys is None:
        return entries, [has, "An AMI's id does not tell what is in it: add a line for each that your templates name."]
    return entries, [has]


def _words(image: Thing) -> str:
    facts = (image.facts.get(fact) for fact in ("os_distro", "os_version", "architecture"))
    return " ".join(filter(None, (image.name, *facts))).lower()


def _image(key: str, images: list[Image]) -> Entry:
    if key in [image.name for image in images]:
        return Entry(key, key, "an image of this cloud")
    found = families.find_image(key, images)
    if found.certain:
        return Entry(key, found.image, found.system)
    if found.image:
        return Entry(key, found.image, f"{found.system}; this one is a relative of it, if your scripts run there", False)
    return Entry(key, None, f"{found.system}; no image's name speaks of it" if found.system else "To be filled")


def _volume_types(cloud: Cloud, keys: Keys) -> Choice:
    things = named(cloud, "cinder.vtype")
    if not things:
        return None, ["This cloud shows no volume types."]
    names = [one.name for one in things]
    default = next((one.name for one in things if one.facts["is_default"]), names[0] if len(names) == 1 else None)
    asked = families.volume_types() if keys is None else keys
    said = f"; {default} is its default" if default and len(names) > 1 else ""
    entries = [Entry(key, families.find_volume_type(key, names) or default, families.volume_words(key)) for key in asked]
    return entries, [f"This cloud has {listed(names)}{said}."]


def _database_versions(cloud: Cloud, keys: Keys) -> Choice:
    stores = named(cloud, "trove.datastore")
    if not stores:
        return None, ["This cloud shows no datastores of a database service."]
    has = "; ".join(f"{one.name} {', '.join(one.facts['versions'])}" for one in stores[:LISTED])
    versions = sorted(version for one in stores for version in one.facts["versions"])
    return [_version(key, versions) for key in keys or ()], [f"This cloud has {has}."]


def _version(key: str, versions: Sequence[str]) -> Entry:
    """The version that is the engine's own but for the parts behind it: 8.0 for 8.0.35."""
    same = [version for version in versions if f"{key}.".startswith(f"{version}.") or f"{version}.".startswith(f"{key}.")]
    return Entry(key, max(same, key=len)) if same else Entry(key, "", "not there: Trove's default")


KINDS = {"nova.flavor", "glance.image", "cinder.vtype", "trove.datastore"}
"""What must be known of a cloud for its tables."""

TABLES: dict[str, Callable[[Cloud, Keys], Choice]] = {
    "flavors": _flavors,
    "images": _images,
    "volume_types": _volume_types,
    "database_flavors": _database_flavors,
    "database_versions": _database_versions,
}
"""How each table of the site is filled."""
