"""Who may do what, and how what must stay secret is kept."""
