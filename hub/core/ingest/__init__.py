"""Brings the records of a source into the store, batch by batch, with a report."""
