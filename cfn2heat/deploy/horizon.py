"""Where a person looks at a stack in Horizon, which stands in no catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cfn2heat.deploy.stack import Stack

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

COMMON = "dashboard"
"""Where Horizon commonly is on the host of Keystone."""


def horizon(heat: Heat, stack: Stack) -> str:
    """The page of a stack: below `dashboard_url` of clouds.yaml, or below the place where Horizon commonly is."""
    config = heat.connection.config
    base = str(config.config.get("dashboard_url") or "")
    if not base:
        auth = urlsplit(str(config.get_auth_args().get("auth_url") or ""))
        base = f"{auth.scheme}://{auth.hostname}/{COMMON}"
    return f"{base.rstrip('/')}/project/stacks/stack/{stack.id}/"
