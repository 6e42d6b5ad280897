"""The columnar replica of the store: a cache that follows it revision by revision and may be deleted."""
