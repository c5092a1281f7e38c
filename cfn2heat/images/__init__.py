"""Pet VMs: disk images guarded, inspected, converted and uploaded; a stranger to templates of either side."""
