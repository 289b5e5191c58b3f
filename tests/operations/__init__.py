"""Set-up, the demo's processes, and running for real: the commands that operators type."""
