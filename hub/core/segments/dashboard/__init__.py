"""Definitions as dashboards: every number and the distributions behind them."""
