"""Octavia: its no-op network driver, but the virtual address is a real Neutron port, and its network counts as plugged."""

from octavia.common import clients
from octavia.common import data_models as octavia_models
from octavia.db import api as database
from octavia.db import repositories
from octavia.network import data_models
from octavia.network.drivers.noop_driver import driver


class Driver(driver.NoopNetworkDriver):
    def allocate_vip(self, loadbalancer):
        """Make the port of the virtual address, so that a floating IP can stand on it; one that is named stays."""
        vip = loadbalancer.vip
        network = clients.NeutronAuth.get_neutron_client().network
        if vip.port_id:
            port = network.get_port(vip.port_id)
        else:
            fixed = {"subnet_id": vip.subnet_id, "ip_address": vip.ip_address}
            port = network.create_port(
                name=f"octavia-lb-{loadbalancer.id}",
                network_id=network.get_subnet(vip.subnet_id).network_id if vip.subnet_id else vip.network_id,
                fixed_ips=[{key: value for key, value in fixed.items() if value}] if vip.subnet_id else [],
                device_id=f"lb-{loadbalancer.id}",
                device_owner="Octavia",
                project_id=loadbalancer.project_id,
            )
        address = port.fixed_ips[0]
        made = octavia_models.Vip(
            ip_address=address["ip_address"],
            subnet_id=address["subnet_id"],
            network_id=port.network_id,
            port_id=port.id,
            load_balancer_id=loadbalancer.id,
        )
        return made, []

    def deallocate_vip(self, vip):
        """Delete the port that allocate_vip made."""
        network = clients.NeutronAuth.get_neutron_client().network
        port = network.find_port(vip.port_id)
        if port is not None and port.device_owner == "Octavia":
            network.delete_port(port.id)

    def get_plugged_networks(self, compute_id):
        """Without the network of the virtual address, removing a member fails: the worker looks it up here."""
        plugged = list(super().get_plugged_networks(compute_id) or [])
        session = database.get_session()
        with session.begin():
            amphorae, _ = repositories.AmphoraRepository().get_all(session, compute_id=compute_id)
            vips = [amphora.load_balancer.vip for amphora in amphorae if amphora.load_balancer]
        known = {nic.network_id for nic in plugged}
        return plugged + [_nic(compute_id, vip) for vip in vips if vip and vip.network_id not in known]


def _nic(compute_id, vip):
    addresses = [data_models.FixedIP(subnet_id=vip.subnet_id, ip_address=vip.ip_address)]
    return data_models.Interface(
        id=None, compute_id=compute_id, network_id=vip.network_id, port_id=vip.port_id, fixed_ips=addresses
    )
