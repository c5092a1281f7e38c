"""Magnum: clusters and node groups that are complete as soon as they are asked about."""

from magnum.drivers.common import driver
from magnum.objects import fields

STATUS = fields.ClusterStatus
DONE = {
    STATUS.CREATE_IN_PROGRESS: STATUS.CREATE_COMPLETE,
    STATUS.UPDATE_IN_PROGRESS: STATUS.UPDATE_COMPLETE,
    STATUS.DELETE_IN_PROGRESS: STATUS.DELETE_COMPLETE,
}


def nothing(self, *_, **__):
    """Accept the call; there is nothing to change."""


class Driver(driver.Driver):
    """Builds nothing: the drivers of Magnum itself are packages of their own."""

    provides = tuple(
        {"server_type": "vm", "os": system, "coe": "kubernetes"} for system in ("fedora-coreos", "ubuntu", "flatcar")
    )

    def create_cluster(self, context, cluster, cluster_create_timeout):
        """Give the cluster an address."""
        cluster.stack_id = cluster.uuid
        cluster.api_address = "https://127.0.0.1:6443"

    def update_cluster_status(self, context, cluster, use_admin_ctx=False):
        """Whatever was in progress is done."""
        cluster.status = DONE.get(cluster.status, cluster.status)
        for group in cluster.nodegroups:
            group.status = DONE.get(group.status, group.status)
            if group.status == STATUS.DELETE_COMPLETE:
                group.destroy()
            else:
                group.save()
        cluster.save()

    def create_nodegroup(self, context, cluster, nodegroup):
        """Complete at once."""
        nodegroup.status = STATUS.CREATE_COMPLETE

    update_cluster = upgrade_cluster = delete_cluster = resize_cluster = nothing
    create_federation = update_federation = delete_federation = nothing
    update_nodegroup = delete_nodegroup = nothing
