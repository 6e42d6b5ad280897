"""The store: every table, session and query over the database that everyone trusts."""
