"""Swift's rings: one device, whose servers answer on the ports of this start. Runs in the cloud's environment."""

from __future__ import annotations

from .places import Place, once
from .ports import known
from .services import IP, SWIFT_MODULES


def write(place: Place) -> None:
    """Write the rings when the ports have changed."""
    once(place, "rings", str(known(place)), lambda: _build(place))


def _build(place: Place) -> None:
    from swift.common.ring import RingBuilder

    for part in SWIFT_MODULES:
        if part != "proxy":
            builder = RingBuilder(6, 1, 1)
            device = {"region": 1, "zone": 1, "device": "d1", "weight": 1, "meta": "", "replication_ip": IP, "ip": IP}
            port = known(place)[f"swift-{part}"]
            builder.add_dev({**device, "port": port, "replication_port": port})
            builder.rebalance()
            builder.get_ring().save(str(place.etc / "swift" / f"{part}.ring.gz"))
