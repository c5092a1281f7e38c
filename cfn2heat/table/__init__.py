"""The correspondence table: the only reader of mappings/."""
