"""Named Python behind rows and composites, a module a service, imported when a template first needs it."""

from importlib import import_module

MODULES = {
    "autoscaling": "autoscaling",
    "boot": "boot",
    "classic": "classic",
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "data": "data",
    "dns": "dns",
    "ec2": "ec2",
    "iam": "iam",
    "listeners": "listeners",
    "loadbalancing": "loadbalancing",
    "network": "network",
    "rds": "rds",
    "secrets": "secrets",
    "security": "security",
    "targets": "targets",
    "vpn": "vpn",
}
"""Prefix of a hook's name to its module in this package."""


def load(prefix: str) -> None:
    """Import the module that registers the hooks of a prefix; KeyError for a prefix that does not exist."""
    import_module(f"cfn2heat.hooks.{MODULES[prefix]}")
