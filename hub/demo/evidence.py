"""Finds out from the ticket system's files alone, by plain SQL, who must be held: the hub has no part in it."""

from datetime import date
from pathlib import Path

import duckdb

from hub.demo.theatre.exports import DELIMITER


def who_must_be_held(folder: Path, today: date, days: int, spent: int, permission: str) -> frozenset[str]:
    """The addresses of the customers to win back who may be written to.

    Args:
        folder: where the exports are: ``customers.csv``, and ``orders*.csv`` and ``consents*.csv``.
        today: the day it is there.
        days: their last purchase is longer ago than this.
        spent: they spent more than this in all.
        permission: what they must have allowed by email.
    """
    with duckdb.connect(":memory:") as files:
        files.execute("SET enable_progress_bar = false")
        for name in ("customers", "orders", "consents"):
            files.read_csv(
                f"{folder}/{name}*.csv", sep=DELIMITER, header=True, all_varchar=True, union_by_name=True
            ).create_view(name)
        found = files.execute(
            _WHO, {"today": today, "days": days, "spent": spent, "permission": permission}
        ).fetchall()
    return frozenset(address for (address,) in found)


_WHO = """
    WITH bookings AS (
        SELECT DISTINCT booking_no, customer_no, strptime(booked_at, '%d.%m.%Y %H:%M')::DATE AS day,
            replace(booking_amount, ',', '.')::DECIMAL(18, 2) AS amount
        FROM orders WHERE booking_state IN ('paid', 'completed')
    ), away AS (
        SELECT customer_no FROM bookings GROUP BY customer_no
        HAVING max(day) < $today::DATE - $days::INTEGER AND sum(amount) > $spent
    ), reachable AS (
        SELECT customer_no FROM consents WHERE purpose = $permission AND medium = 'email' GROUP BY customer_no
        HAVING arg_max(opt_in, strptime(changed_at, '%d.%m.%Y %H:%M')) = 'yes'
    )
    SELECT lower(e_mail) FROM customers
    WHERE e_mail <> '' AND customer_no IN (FROM away) AND customer_no IN (FROM reachable)
"""
