"""Let syncs follow changes and views, keep a leaner ledger, and keep feeds and runs of imports."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RUNS = "import_runs"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("connections", sa.Column("schedule", sa.String(), nullable=True))
    op.add_column("connections", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    # By hand: alembic would remake the table on SQLite, and drop it while runs and entries point at it.
    op.execute("ALTER TABLE syncs ADD COLUMN view_id INTEGER CONSTRAINT fk_syncs_view_id REFERENCES views (id)")
    op.add_column("syncs", sa.Column("changed_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE syncs SET changed_at = created_at")
    op.add_column("sync_runs", sa.Column("withdrawn", sa.Integer(), nullable=False, server_default="0"))
    _remake_ledger(with_rowid=False)
    _add_positions()
    _add_feeds()
    _add_imports()


def downgrade() -> None:
    """Take this version's change back; feeds, and what syncs knew of their position, are lost."""
    op.execute("DELETE FROM ledger_entries WHERE sync_id IN (SELECT id FROM syncs WHERE mode = 'remove_only')")
    for table in ("import_rejections", _RUNS, "feed_reads", "feed_versions", "feeds", "sync_readings"):
        op.drop_table(table)
    for table in ("sync_positions", "ledger_references"):
        op.drop_table(table)
    _remake_ledger(with_rowid=True)
    op.drop_column("sync_runs", "withdrawn")
    op.drop_column("syncs", "changed_at")
    op.drop_column("syncs", "view_id")
    op.drop_column("connections", "paused")
    op.drop_column("connections", "schedule")


def _remake_ledger(*, with_rowid: bool) -> None:
    """Keep entries without an index by reference and, on SQLite, in their key's order itself."""
    if not with_rowid:
        op.drop_index(op.f("ix_ledger_entries_reference"), "ledger_entries")
    if op.get_bind().dialect.name == "sqlite":
        op.create_table(
            "remade_ledger_entries",
            sa.Column("sync_id", sa.Integer(), nullable=False),
            sa.Column("customer_number", sa.Integer(), nullable=False),
            sa.Column("reference", sa.String(), nullable=False),
            sa.Column("digest", sa.String(), nullable=False),
            sa.Column("state", sa.String(), nullable=False),
            sa.ForeignKeyConstraint(["sync_id"], ["syncs.id"], name=op.f("fk_ledger_entries_sync_id")),
            sa.PrimaryKeyConstraint("sync_id", "customer_number", "reference", name=op.f("pk_ledger_entries")),
            sqlite_with_rowid=with_rowid,
        )
        op.execute(
            "INSERT INTO remade_ledger_entries SELECT sync_id, customer_number, reference, digest, state "
            "FROM ledger_entries ORDER BY 1, 2, 3"
        )
        op.drop_table("ledger_entries")
        op.rename_table("remade_ledger_entries", "ledger_entries")
    if with_rowid:
        op.create_index(op.f("ix_ledger_entries_reference"), "ledger_entries", ["reference"])


def _add_positions() -> None:
    op.create_table(
        "ledger_references",
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("customer_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sync_id"], ["syncs.id"], name=op.f("fk_ledger_references_sync_id")),
        sa.PrimaryKeyConstraint("sync_id", "reference", "customer_number", name=op.f("pk_ledger_references")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_positions",
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("allowed", sa.LargeBinary(), nullable=False),
        sa.Column("unreachable", sa.LargeBinary(), nullable=False),
        sa.Column("refused", sa.LargeBinary(), nullable=False),
        sa.Column("open", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sync_id"], ["syncs.id"], name=op.f("fk_sync_positions_sync_id")),
        sa.PrimaryKeyConstraint("sync_id", name=op.f("pk_sync_positions")),
    )
    op.create_table(
        "sync_readings",
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sync_id"], ["syncs.id"], name=op.f("fk_sync_readings_sync_id")),
        sa.PrimaryKeyConstraint("sync_id", name=op.f("pk_sync_readings")),
    )


def _add_feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=True),
        sa.Column("columns", sa.String(), nullable=False),
        sa.Column("permission", sa.String(), nullable=True),
        sa.Column("permission_channel", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rotated_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_feeds_organisation_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_feeds_segment_id")),
        sa.ForeignKeyConstraint(["view_id"], ["views.id"], name=op.f("fk_feeds_view_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_feeds_organisation_id_name")),
        sa.UniqueConstraint("digest", name=op.f("uq_feeds_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feed_versions",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name=op.f("fk_feed_versions_feed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_feed_versions")),
    )
    op.create_table(
        "feed_reads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_reads_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_reads")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_feed_reads_feed_id"), "feed_reads", ["feed_id"])


def _add_imports() -> None:
    op.create_table(
        _RUNS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("inserted", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_import_runs_connection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_runs_connection_id"), _RUNS, ["connection_id"])
    op.create_table(
        "import_rejections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_runs.id"], name=op.f("fk_import_rejections_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rejections")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_rejections_run_id"), "import_rejections", ["run_id"])
