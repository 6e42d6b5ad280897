"""The comparisons, a file for each group."""
