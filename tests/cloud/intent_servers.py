"""Servers, groups of them and volumes of a source beside those of the cloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.cloud.deployed import Deployed, Fact
from tests.cloud.evaluate import UNKNOWN, Encoded, Ref, Text
from tests.cloud.intent_network import addresses, groups

HELPER = re.compile(r"cfn-(init|signal|hup|bootstrap)|cfn-get-metadata")


def instance(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A server with what it or its launch template asks for."""
    seen = stack.thing("server", name)
    yield Fact(name, "server", True, seen is not None)
    if seen is None:
        return
    whole = {**template_of(stack, asked), **asked}
    yield from server(stack, name, whole, seen, "" if "UserData" in asked else template_path(stack, asked))
    asked = whole
    first = (asked.get("NetworkInterfaces") or [{}])[0] if isinstance(asked.get("NetworkInterfaces"), list) else {}
    inner = first if isinstance(first, dict) else {}
    yield from addresses(stack, name, {**inner, **asked}, stack.ports(name))


def server(stack: Deployed, where: str, asked: dict[str, Any], seen: dict[str, Any], template: str = "") -> Iterator[Fact]:
    """Flavor, image, key, user data and volumes of one server; template is where its user data stand when not in itself."""
    path = f"{where}.Properties"
    yield Fact(where, "server's status", "ACTIVE", seen["status"])
    if "InstanceType" in asked:
        yield Fact(f"{path}.InstanceType", "flavor", flavor(stack, asked["InstanceType"]), seen["flavor"])
    if "ImageId" in asked:
        yield Fact(f"{path}.ImageId", "image", image(stack, asked["ImageId"]), _booted(stack, seen))
    if "KeyName" in asked:
        yield Fact(f"{path}.KeyName", "key pair", key(stack, asked["KeyName"]), seen["key"])
    if "UserData" in asked:
        yield from user_data(stack, f"{template or path}.UserData", asked["UserData"], seen["user_data"] or "")
    sizes = [size for size in map(_size, _devices(asked)) if size is not None]
    if sizes:
        found = sorted(stack.seen["volume"][id_]["size"] for id_ in seen["volumes"] if id_ in stack.seen["volume"])
        wanted: Any = UNKNOWN if UNKNOWN in sizes else sorted(sizes)
        yield Fact(f"{path}.BlockDeviceMappings", "volumes of the server", wanted, _holding(found, wanted))


def _booted(stack: Deployed, seen: dict[str, Any]) -> Any:
    """The image that a server started from, itself or the volume that it starts from."""
    disks = [stack.seen["volume"][id_]["image"] for id_ in seen["volumes"] if id_ in stack.seen["volume"]]
    return seen["image"] or next(filter(None, disks), None)


def _holding(found: list[int], wanted: Any) -> Any:
    """The wanted sizes when the server has them all; volumes that stand in the source by themselves may come on top."""
    rest = list(found)
    for size in wanted if isinstance(wanted, list) else []:
        if size not in rest:
            return found
        rest.remove(size)
    return wanted


def _devices(asked: dict[str, Any]) -> list[Any]:
    found = asked.get("BlockDeviceMappings")
    return found if isinstance(found, list) else []


def _size(device: Any) -> Any:
    disk = device.get("Ebs") if isinstance(device, dict) else None
    if not isinstance(disk, dict) or "VolumeSize" not in disk:
        return None
    return int(disk["VolumeSize"]) if str(disk["VolumeSize"]).isdigit() else UNKNOWN


def flavor(stack: Deployed, kind: Any) -> Any:
    """The flavor that the cloud's owner gives for an instance type."""
    return stack.site["flavors"].get(kind) if isinstance(kind, str) else UNKNOWN


def image(stack: Deployed, asked: Any) -> Any:
    """The image that the cloud's owner gives for an AMI, or that a parameter named."""
    if not isinstance(asked, str):
        return UNKNOWN
    return stack.site["images"].get(asked, stack.site["images"]["*"])


def key(stack: Deployed, asked: Any) -> Any:
    """The key's name; one of this source has a name of Heat's making, and an empty name is none."""
    return (stack.id("key", asked.id) or UNKNOWN) if isinstance(asked, Ref) else asked or None


def user_data(stack: Deployed, path: str, asked: Any, found: str) -> Iterator[Fact]:
    """Byte for byte, with references as the cloud has them; where CloudFormation's helpers are called, by lines around them."""
    script = found_script(found)
    asked = asked.value if isinstance(asked, Encoded) else asked
    if isinstance(asked, str):
        asked = Text((asked,))
    if not isinstance(asked, Text):
        yield Fact(path, "user data", UNKNOWN, script)
        return
    whole = "".join(piece if isinstance(piece, str) else "" for piece in asked.pieces)
    if HELPER.search(whole):
        yield from _lines(stack, path, asked, script)
    else:
        wanted = pattern(stack, asked)
        yield Fact(path, "user data", True, re.fullmatch(wanted, script, re.DOTALL) is not None or [whole, script])


def _lines(stack: Deployed, path: str, asked: Text, script: str) -> Iterator[Fact]:
    """Each line without a helper's call stands in the script, in the same order."""
    at, goes_on = 0, False
    for line in _split(asked):
        text = "".join(piece if isinstance(piece, str) else "?" for piece in line)
        call = goes_on or HELPER.search(text) is not None
        goes_on = call and text.rstrip().endswith("\\")
        if call or not text.strip():
            continue
        match = re.compile(rf"^{pattern(stack, Text(tuple(line)))}$", re.MULTILINE).search(script, at)
        yield Fact(path, "line of user data", True, match is not None or text)
        at = match.end() if match else at


def _split(asked: Text) -> list[list[Any]]:
    lines: list[list[Any]] = [[]]
    for piece in asked.pieces:
        if not isinstance(piece, str):
            lines[-1].append(piece)
            continue
        first, *rest = piece.split("\n")
        lines[-1].append(first)
        lines += [[line] for line in rest]
    return lines


def pattern(stack: Deployed, asked: Text) -> str:
    """A regular expression for a text; what the source alone cannot know may be anything."""
    pieces = []
    for piece in asked.pieces:
        known = stack.attribute(piece) if isinstance(piece, Ref) else piece
        pieces.append(re.escape(known) if isinstance(known, str) else ".*?")
    return "".join(pieces)


def found_script(found: str) -> str:
    """The script itself; where it was packed with others into one mail of several parts, their texts one after the other."""
    from email import message_from_string

    if not found.startswith(("Content-Type: multipart", "MIME-Version")):
        return found
    parts = [part for part in message_from_string(found).walk() if not part.is_multipart()]
    return "\n".join(bytes(part.get_payload(decode=True)).decode("utf-8", "surrogateescape") for part in parts)


def template_of(stack: Deployed, asked: dict[str, Any]) -> dict[str, Any]:
    """What the launch template or configuration says that something is launched from."""
    name = template_name(stack, asked)
    said = stack.source.properties(name) if name else {}
    data = said.get("LaunchTemplateData", said)
    return data if isinstance(data, dict) else {}


def template_path(stack: Deployed, asked: dict[str, Any]) -> str:
    """Where the properties of that template or configuration stand."""
    name = template_name(stack, asked)
    nested = ".LaunchTemplateData" if name and "LaunchTemplateData" in stack.source.properties(name) else ""
    return f"{name}.Properties{nested}" if name else ""


def template_name(stack: Deployed, asked: dict[str, Any]) -> str:
    """The launch template or configuration of this source that something is launched from."""
    inner = asked.get("LaunchTemplate", asked.get("LaunchConfigurationName"))
    mixed = asked.get("MixedInstancesPolicy")
    if inner is None and isinstance(mixed, dict):
        inner = (mixed.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification")
    if isinstance(inner, dict):
        inner = inner.get("LaunchTemplateId", inner.get("LaunchTemplateName"))
    return inner.id if isinstance(inner, Ref) and inner.id in stack.source.resources() else ""


def scaling_group(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """As many servers as it starts with, each as its template says."""
    servers = stack.things("server", name)
    size = asked.get("DesiredCapacity", asked.get("MinSize", asked.get("Size", UNKNOWN)))
    wanted = int(size) if str(size).isdigit() else UNKNOWN
    yield Fact(f"{name}.Properties.DesiredCapacity", "servers of the group", wanted, len(servers))
    template = template_of(stack, asked)
    for id_, seen in sorted(servers.items()):
        yield from server(stack, name, template, seen, template_path(stack, asked))
        ports = [port for port in stack.seen["port"].values() if port["device"] == id_]
        yield from groups(stack, f"{name}.Properties", template, ports)
        places = asked.get("VPCZoneIdentifier")
        if isinstance(places, list) and places:
            known = [stack.resolved("subnet", place) for place in places]
            stands = {subnet_id for port in ports for subnet_id, _ in port["addresses"]}
            wanted = UNKNOWN if UNKNOWN in known else True
            yield Fact(
                f"{name}.Properties.VPCZoneIdentifier",
                "member in one of the subnets",
                wanted,
                stands <= set(known) or sorted(stands),
            )


def volume(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """Its size."""
    seen = stack.thing("volume", name)
    yield Fact(name, "volume", True, seen is not None)
    if seen is not None and "Size" in asked:
        wanted = int(asked["Size"]) if str(asked["Size"]).isdigit() else UNKNOWN
        yield Fact(f"{name}.Properties.Size", "size of the volume", wanted, seen["size"])


def attachment(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """The volume is on the server."""
    disk, machine = asked.get("VolumeId"), asked.get("InstanceId")
    if isinstance(disk, Ref) and isinstance(machine, Ref):
        seen = stack.thing("volume", disk.id) or {}
        yield Fact(name, "volume on the server", True, stack.id("server", machine.id) in seen.get("servers", []))


CHECKS = {
    "AWS::EC2::Instance": instance,
    "AWS::AutoScaling::AutoScalingGroup": scaling_group,
    "OS::Heat::InstanceGroup": scaling_group,
    "AWS::EC2::Volume": volume,
    "AWS::EC2::VolumeAttachment": attachment,
}
