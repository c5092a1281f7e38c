"""What templates expect to find in a cloud, made once before they are proved, and told as facts by kind."""

from __future__ import annotations

import base64
import hashlib
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
        kind, size = "db." if key.startswith("db.") else "", key.rsplit(".", 1)[-1]
        known = kind == self.start and size != key and (size in SIZES or size.endswith(("large", "metal")))
        return SIZES.get(size, SIZES["*"]) if known else default


class Images(dict[str, str]):
    """One image for every AMI."""

    def __init__(self, name: str) -> None:
        super().__init__({"*": name})
        self.name = name

    def get(self, key: str, default: Any = None) -> Any:
        """The image of an AMI."""
        return self.name if key.startswith("ami-") or key == "*" else default


def stand(cloud: Any, heat: Any) -> dict[str, Any]:
    """Make the ground when it is not there, and tell what is in it."""
    image = next(iter(cloud.image.images())).name
    template = TEMPLATE.read_text(encoding="utf-8")
    zone = f"ground-{cloud.current_project.name}.example.org"
    run = StackRun(heat, f"{NAME}-{hashlib.sha256(template.encode()).hexdigest()[:6]}")
    found = []
    for stack in heat.stacks.list():
        if stack.stack_name == run.name and stack.stack_status == "CREATE_COMPLETE":
            found.append(stack)
        elif stack.stack_name.startswith(NAME):
            StackRun(heat, stack.stack_name).forget()  # of another template, or broken
    if found:
        run.id = found[0].id
    else:
        given = {"external_network": "public", "image": image, "flavor": "m1.tiny", "zone_name": f"{zone}."}
        ended = run.create(template, {}, {**given, "certificate_file": _certificate(zone)})
        if ended.status != "CREATE_COMPLETE":
            raise RuntimeError(f"the ground cannot be made: {ended.reason} {ended.failures}")
    facts = {kind: [value] if isinstance(value, str) else value for kind, value in run.outputs().items()}
    return {**facts, **_known(cloud, image, zone, facts)}


def _certificate(name: str) -> str:
    """A certificate that signs itself, with its key, as load balancers take it: PKCS 12 in Base64."""
    from datetime import datetime, timedelta, timezone

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(timezone.utc)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=30)
    )
    made = pkcs12.serialize_key_and_certificates(
        b"ground", key, builder.sign(key, hashes.SHA256()), None, serialization.NoEncryption()
    )
    return base64.b64encode(made).decode()


def _known(cloud: Any, image: str, zone: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts by kind, and those that a site file would tell."""
    address = cloud.session.get_endpoint(service_type="messaging", interface="public")
    return {
        "key": ["default"],
        "image": [image],
        "flavor": ["m1.small"],
        "share_type": ["default"],
        "subnet": facts["subnets"],
        "free_subnet": facts["free_subnets"],
        "half_subnet": facts["half_subnets"],
        "group": facts["groups"],
        "zone_name": [zone],
        "domain": [zone],
        "ground_cidr": ["10.250.0.0/22"],
        "half_cidr": ["10.250.32.0/22"],
        "free_cidr": ["10.250.16.0/22"],
        "site": {
            "external_network": "public",
            "default_network": facts["network"][0],
            "default_subnet": facts["subnets"][0],
            "flavors": Sizes(""),
            "images": Images(image),
            "volume_types": {"*": "fake"},
            "database_flavors": Sizes("db."),
            "database_versions": {"*": ""},
            "messaging_url": f"{address}/v2",
            "object_store_url": cloud.session.get_endpoint(service_type="object-store", interface="public"),
            "share_type": "default",
            "keystone_domain": "default",
        },
    }
