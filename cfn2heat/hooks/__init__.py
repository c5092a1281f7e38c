"""Named Python behind rows and composites, in modules that are imported when a template first needs their hooks."""

from importlib import import_module

MODULES = {
    "autoscaling": ("autoscaling", "steps"),
    "boot": ("boot",),
    "ceilometer": ("ceilometer",),
    "classic": ("classic",),
    "cloudformation": ("cloudformation",),
    "cloudwatch": ("cloudwatch", "metrics"),
    "data": ("data", "buckets", "queues", "shares"),
    "dns": ("dns", "dns_names"),
    "ec2": ("ec2", "servers", "volumes", "fleets", "addresses"),
    "iam": ("iam",),
    "listeners": ("listeners", "listener_matches"),
    "loadbalancing": ("loadbalancing",),
    "network": ("network", "routes", "subnets", "transit"),
    "rds": ("rds", "clusters", "engines", "logins"),
    "secrets": ("secrets",),
    "security": ("security",),
    "targets": ("targets",),
    "vpn": ("vpn",),
}
"""Prefix of a hook's name to the modules in this package that hold such hooks."""


def load(prefix: str) -> None:
    """Import the modules that register the hooks of a prefix; KeyError for a prefix that does not exist."""
    for module in MODULES[prefix]:
        import_module(f"cfn2heat.hooks.{module}")
