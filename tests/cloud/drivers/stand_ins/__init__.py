"""Drivers that say "done" where a data plane would be: everything above them is the real service."""
