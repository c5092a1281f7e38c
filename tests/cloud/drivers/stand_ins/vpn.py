"""Neutron VPN as a service: services and connections are ACTIVE without an agent."""

from neutron_vpnaas.services.vpn.service_drivers import ipsec


class Driver(ipsec.IPsecVPNDriver):
    """Reports what an agent would."""

    def _active(self, context, service, connections=()):
        active = {"status": "ACTIVE", "updated_pending_status": True}
        status = {"id": service, **active, "ipsec_site_connections": {connection: dict(active) for connection in connections}}
        self.service_plugin.update_status_by_agent(context.elevated(), [status])

    def create_vpnservice(self, context, vpnservice):
        """Create, and report as an agent would."""
        super().create_vpnservice(context, vpnservice)
        self._active(context, vpnservice["id"])

    def create_ipsec_site_connection(self, context, connection):
        """Report as an agent would."""
        self._active(context, connection["vpnservice_id"], [connection["id"]])

    def update_ipsec_site_connection(self, context, _old, connection):
        """Report as an agent would."""
        self._active(context, connection["vpnservice_id"], [connection["id"]])

    def delete_ipsec_site_connection(self, context, connection):
        """There is nothing to take down."""
