"""What the hub costs, beside hand-written floors measured in the same run: ``python -m bench``."""
