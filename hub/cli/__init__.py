"""The command line ``hub``: one file per noun, over the same core as the pages and the REST API."""


def main() -> None:
    """Run the command line: the entry point of the console script."""
    from hub.cli.app import app  # here, so that importing the package costs nothing

    app()
