"""What the commands about connected data sources share."""

from typing import Annotated

import typer

Source = Annotated[
    str, typer.Argument(metavar="CONNECTION", help="Name of a connected data source.", show_default=False)
]
