"""Asks the message queue whether a service listens already."""

from __future__ import annotations

import amqp

from .services import IP


class Queues:
    """A connection that asks for queues by name; asking for one that is not there closes the channel, not the connection."""

    def __init__(self, port: int) -> None:
        self.connection = amqp.Connection(f"{IP}:{port}", userid="guest", password="guest")
        self.connection.connect()

    def served(self, name: str) -> bool:
        """Whether the queue has a consumer."""
        channel = self.connection.channel()
        try:
            found = bool(channel.queue_declare(queue=name, passive=True).consumer_count)
        except amqp.NotFound:
            return False
        channel.close()
        return found
