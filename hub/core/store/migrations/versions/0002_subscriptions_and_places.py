"""Keep subscriptions, follow the places of venues, and count custom numbers in ten-thousandths."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("customer_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_number"],
            ["customers.number"],
            name=op.f("fk_subscriptions_customer_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_subscriptions_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("source_id", "external_id", name=op.f("uq_subscriptions_source_id_external_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_customer_number"), "subscriptions", ["customer_number"])
    op.create_index(op.f("ix_subscriptions_revision"), "subscriptions", ["revision"])

    # Not in batch mode: SQLite would remake the table, and drop it while events point at it.
    op.add_column("venues", sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_venues_revision"), "venues", ["revision"])
    op.create_index(op.f("ix_carts_order_id"), "carts", ["order_id"])
    _retype_number_value(sa.BigInteger())  # nothing could fill it before


def downgrade() -> None:
    """Take this version's change back."""
    _retype_number_value(sa.Numeric(18, 4))
    op.drop_index(op.f("ix_carts_order_id"), "carts")
    op.drop_index(op.f("ix_venues_revision"), "venues")
    op.drop_column("venues", "revision")
    op.drop_table("subscriptions")


def _retype_number_value(kind: sa.types.TypeEngine[Any]) -> None:
    op.drop_column("custom_values", "number_value")
    op.add_column("custom_values", sa.Column("number_value", kind, nullable=True))
