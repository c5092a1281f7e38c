"""What templates expect to find in a cloud, made once before they are proved, and told as facts by kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cloud.stack_run import StackRun

TEMPLATE = Path(__file__).parents[1] / "fixtures" / "cloud" / "ground.hot.yaml"
NAME = "proof-ground"
SIZES = {"nano": "m1.tiny", "micro": "m1.tiny", "small": "m1.small", "medium": "m1.medium", "*": "m1.large"}


class Sizes(dict[str, str]):
    """A flavor for each EC2 instance type or RDS class, by the size in its name; the words of classes begin with theirs."""

    def __init__(self, start: str) -> None:
        super().__init__()
        self.start = start

    def get(self, key: str, default: Any = None) -> Any:
        """The flavor of a type."""
        kind = "db." if key.startswith("db.") else ""
        return SIZES.get(key.rsplit(".", 1)[-1], SIZES["*"]) if kind == self.start else default


def stand(cloud: Any, heat: Any) -> dict[str, Any]:
    """Make the ground when it is not there, and tell what is in it."""
    image = next(iter(cloud.image.images())).name
    found = [stack for stack in heat.stacks.list(filters={"name": NAME}) if stack.stack_status == "CREATE_COMPLETE"]
    run = StackRun(heat, NAME)
    if found:
        run.id = found[0].id
    else:
        ended = run.create(
            TEMPLATE.read_text(encoding="utf-8"), {}, {"external_network": "public", "image": image, "flavor": "m1.tiny"}
        )
        if ended.status != "CREATE_COMPLETE":
            raise RuntimeError(f"the ground cannot be made: {ended.reason} {ended.failures}")
    facts = {kind: value if isinstance(value, list) else [value] for kind, value in run.outputs().items()}
    return {**facts, **_known(cloud, image, facts)}


def _known(cloud: Any, image: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts by kind, and those that a site file would tell."""
    address = cloud.session.get_endpoint(service_type="messaging", interface="public")
    return {
        "key": ["default"],
        "image": [image],
        "flavor": ["m1.small"],
        "share_type": ["default"],
        "subnet": facts["subnets"],
        "group": facts["groups"],
        "zone_name": ["ground.example.org"],
        "ground_cidr": ["10.250.0.0/22"],
        "site": {
            "external_network": "public",
            "default_network": facts["network"][0],
            "default_subnet": facts["subnets"][0],
            "flavors": Sizes(""),
            "images": {"*": image},
            "volume_types": {"*": "fake"},
            "database_flavors": Sizes("db."),
            "database_versions": {"*": "8.0"},
            "messaging_url": f"{address}/v2",
            "object_store_url": cloud.session.get_endpoint(service_type="object-store", interface="public"),
            "share_type": "default",
            "keystone_domain": "default",
        },
    }
