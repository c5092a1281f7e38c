"""Where the two languages meet; names no single service."""
