"""Trove: a guest agent that answers in the task manager's own process, and reports HEALTHY."""

import threading
import time


def create(context, instance_id, manager=None):
    """Make the client of one instance's guest, as Trove asks for it."""
    return Guest(instance_id)


class Guest:
    """Every call that is not named here is accepted and does nothing."""

    def __init__(self, instance_id):
        self.instance_id = instance_id

    def _report(self, status, after=0.0):
        def report():
            from trove.instance import models, service_status

            time.sleep(after)
            record = models.InstanceServiceStatus.find_by(instance_id=self.instance_id)
            record.set_status(getattr(service_status.ServiceStatuses, status))
            record.save()

        threading.Thread(target=report, daemon=True).start()

    def prepare(self, *_, **__):
        """Be healthy, after the task manager has begun to wait for it."""
        self._report("HEALTHY", after=1.0)

    def restart(self, *_, **__):
        """Be healthy again."""
        self._report("HEALTHY")

    start_db_with_conf_changes = rebuild = restart

    def stop_db(self, *_, **__):
        """Be stopped."""
        self._report("SHUTDOWN")

    def list_databases(self, *_, **__):
        """Return an empty page."""
        return [], None

    list_users = list_databases

    def get_volume_info(self, *_, **__):
        """Return a nearly empty disk."""
        return {"used": 0.1, "total": 1.0}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_, **__: None
