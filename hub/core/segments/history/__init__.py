"""What evaluations found before, what changed since, and why."""
