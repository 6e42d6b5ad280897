"""Migrations of the store's tables, run by alembic on SQLite and PostgreSQL alike."""
