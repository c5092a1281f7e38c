"""Nova's compute service with its own fake driver, of which the servers outlive a restart."""

import sys

from nova.cmd import compute  # first: it chooses how Nova runs things at once

# isort: split
from nova import context as nova_context
from nova import objects
from nova.compute import power_state
from nova.virt import fake


class Driver(fake.FakeDriverWithoutFakeNodes):
    """The fake driver starts without servers: those of the database run again."""

    def init_host(self, host):
        """Run again every server that the database has here."""
        super().init_host(host)
        for instance in objects.InstanceList.get_by_host(nova_context.get_admin_context(), host):
            self._run_again(instance)

    def _run_again(self, instance):
        if instance.uuid not in self.instances and instance.vm_state not in ("building", "error"):
            state = power_state.RUNNING if instance.power_state is None else instance.power_state
            self.instances[instance.uuid] = fake.FakeInstance(instance.name, state, instance.uuid)
            self.resources.claim(vcpus=instance.vcpus, mem=instance.memory_mb, disk=instance.root_gb)


def main():
    """Put the driver where Nova looks, which is among its own modules only, and be the service."""
    sys.modules["nova.virt.stand_in"] = sys.modules[__name__]
    compute.main()
