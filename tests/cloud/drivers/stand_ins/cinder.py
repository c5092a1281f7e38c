"""Cinder: its driver that only logs, and that also takes an image for copied, so that servers boot from volumes."""

from cinder.tests import fake_driver


class Driver(fake_driver.FakeLoggingVolumeDriver):
    """Nothing reads what volumes hold."""

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        """Say that the image is on the volume: there is no data to copy it to."""
        return {}, True
