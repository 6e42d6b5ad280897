"""Writes customers as files: for spreadsheets, for other programs, and to be read back."""
