"""A real OpenStack control plane on loopback: what it consists of and how it is started and stopped."""
