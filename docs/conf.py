"""How the documentation becomes HTML."""

project = "Audience Hub"
extensions = ["myst_parser"]
html_theme = "alabaster"
html_theme_options = {"description": "An open hub for customer segments", "fixed_sidebar": True}
myst_heading_anchors = 3
exclude_patterns = ["build"]
suppress_warnings = ["misc.highlighting_failure"]  # Pygments has no lexer for CSV
