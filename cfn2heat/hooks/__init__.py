"""Named Python behind rows and composites, a module a service, imported when a template first needs it."""

from importlib import import_module

MODULES = {
    "autoscaling": "autoscaling",
    "boot": "boot",
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "data": "data",
    "ec2": "ec2",
    "iam": "iam",
    "loadbalancing": "loadbalancing",
    "network": "network",
    "security": "security",
    "vpn": "vpn",
}
"""Prefix of a hook's name to its module in this package."""


def load(prefix: str) -> None:
    """Import the module that registers the hooks of a prefix; KeyError for a prefix that does not exist."""
    import_module(f"cfn2heat.hooks.{MODULES[prefix]}")
