"""Watching the service: what is due and how late, what came of the last hour, and who is told when it fails."""
