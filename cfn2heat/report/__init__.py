"""The ledger, folded and rendered."""
