"""The engine that asks the store's own PostgreSQL: nothing is copied anywhere."""

from hub.core.engines.database.engine import DatabaseEngine

__all__ = ["DatabaseEngine"]
