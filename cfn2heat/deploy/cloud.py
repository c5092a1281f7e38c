"""The way to a cloud: clouds.yaml, OS_CLOUD and OS_* as openstacksdk reads them, and what is said when there is no way."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cfn2heat.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from openstack.connection import Connection

REQUEST_TIMEOUT = 60
"""Seconds that a cloud has for an answer, unless clouds.yaml (api_timeout) says otherwise."""
CHATTY = ("heatclient", "keystoneauth", "openstack", "stevedore", "urllib3")
"""Libraries that would write their own warnings to the terminal: what matters is said by us."""


class CloudError(Exception):
    """The cloud cannot be asked, or says no; carries the one diagnostic that tells it.

    passing: the cloud may answer later, and whether it did what it was asked for is not known.
    """

    def __init__(self, code: str, subject: str, message: str, advice: str = "", *, passing: bool = False) -> None:
        self.passing = passing
        self.diagnostic = Diagnostic(code, Severity.ERROR, subject, message, advice)
        super().__init__(str(self.diagnostic))


def connect(os_cloud: str | None) -> Connection:
    """A connection that has a token; CloudError says why there is none. None: the cloud that the environment names."""
    import openstack

    from cfn2heat.deploy.patience import be_patient

    for name in CHATTY:
        logging.getLogger(name).addHandler(logging.NullHandler())
    try:
        connection = openstack.connect(cloud=os_cloud, app_name="cfn2heat")
        connection.session.timeout = connection.session.timeout or REQUEST_TIMEOUT
        be_patient(connection.session)
        connection.session.get_token()
    except Exception as error:  # where options are lacking, keystoneauth raises Exception itself
        raise _no_way(os_cloud or "cloud", error) from error
    return connection


def _no_way(cloud: str, error: Exception) -> CloudError:
    """What is wrong with the way to a cloud: the credentials, the road, or else the configuration."""
    from keystoneauth1 import exceptions

    if isinstance(error, (exceptions.Unauthorized, exceptions.Forbidden)):
        advice = "look at the user, password, project and domain that clouds.yaml or OS_* give"
        return CloudError("C2H6002", cloud, f"the cloud does not take the credentials: {error}", advice)
    if isinstance(error, (exceptions.ConnectionError, exceptions.HttpServerError, exceptions.DiscoveryFailure)):
        advice = "look at auth_url and at the network on the way there, then try again"
        return CloudError("C2H6003", cloud, f"the cloud cannot be reached: {error}", advice)
    advice = "name a cloud of your clouds.yaml with --os-cloud or OS_CLOUD, or set the OS_* variables of an openrc file"
    return CloudError("C2H6001", cloud, f"the configuration leads to no cloud: {error}", advice)
