"""Attributes of load balancers, listeners and target groups, each with its own word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import members
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext


class Verdict(NamedTuple):
    """What is said about a switch or number that is lost."""

    because: str
    advice: str = ""
    severity: Severity = Severity.NOTE


TIMEOUT = Verdict(
    "Heat's listeners have no timeouts; Octavia ends a connection that was idle for 50 seconds.",
    "After the stack is made: openstack loadbalancer listener set --timeout-client-data MS --timeout-member-data MS LISTENER.",
    Severity.WARNING,
)
LOGS = Verdict(
    "Octavia sends its flow logs to where the operator has said (log offloading), not to a bucket.",
    "Ask the operator for the tenant flow logs.",
)
CROSS_ZONE = Verdict("Octavia always balances over all members, in whatever zone.")
BALANCER_ATTRIBUTES = {
    "idle_timeout.timeout_seconds": TIMEOUT,
    "client_keep_alive.seconds": Verdict("HAProxy in the amphora decides how long a kept connection lives."),
    "deletion_protection.enabled": Verdict("Octavia does not guard a load balancer from being deleted."),
    "load_balancing.cross_zone.enabled": CROSS_ZONE,
    "routing.http2.enabled": Verdict(
        "Heat's listeners have no ALPN protocols; Octavia's own default offers HTTP/2 where TLS ends.", "", Severity.NOTE
    ),
    "routing.http.drop_invalid_header_fields.enabled": Verdict(
        "HAProxy refuses header fields that are not valid HTTP by itself."
    ),
    "routing.http.desync_mitigation_mode": Verdict("HAProxy parses requests strictly; there is no mode to choose."),
    "routing.http.preserve_host_header.enabled": Verdict("Octavia always hands the Host header on as it came."),
    "routing.http.xff_client_port.enabled": Verdict(
        "Heat's listeners insert no headers.",
        "After the stack is made: openstack loadbalancer listener set --insert-headers X-Forwarded-Port=true LISTENER.",
    ),
    "routing.http.xff_header_processing.mode": Verdict(
        "Heat's listeners insert no headers, so that members see X-Forwarded-For only as the client sent it.",
        "After the stack is made: openstack loadbalancer listener set --insert-headers X-Forwarded-For=true LISTENER.",
    ),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": Verdict(
        "Octavia has no header for the TLS version.",
        "The nearest are X-SSL-* of openstack loadbalancer listener set --insert-headers, about client certificates.",
    ),
    "waf.fail_open.enabled": Verdict("OpenStack has no web application firewall."),
    "zonal_shift.config.enabled": Verdict("Octavia shifts no traffic between zones."),
    "dns_record.client_routing_policy": Verdict("The VIP is one address; there is no record per zone to choose from."),
    "access_logs.": LOGS,
    "connection_logs.": LOGS,
    "health_check_logs.": LOGS,
}


def say_attributes(ctx: ResourceContext, value: cfn.Value, path: Path, table: Mapping[str, Verdict], general: str) -> None:
    """Record each Key and Value by a table of verdicts; a key that ends in a dot stands for all below it."""
    for member in members(value, path):
        key = as_text(ctx.constant(member.value.entries.get("Key"))) if isinstance(member.value, cfn.Map) else ""
        prefix = next((known for known in table if known.endswith(".") and key.startswith(known)), "")
        verdict = table.get(key) or table.get(prefix) or Verdict(general, "", Severity.WARNING)
        off = isinstance(member.value, cfn.Map) and as_text(ctx.constant(member.value.entries.get("Value"))) == "false"
        because, advice = (
            (f"{key} is off: nothing is lost.", "") if off else (f"{key}: {verdict.because}" if key else general, verdict.advice)
        )
        ctx.dropped(member.path, because, advice, Severity.NOTE if off else verdict.severity)
