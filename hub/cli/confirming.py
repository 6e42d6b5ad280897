"""Asks before something is done that is not easily undone."""

import typer

from hub.core.contracts.errors import UserError


def confirm(question: str) -> None:
    """Ask on standard error; come back only if the answer is yes.

    Raises:
        UserError: it is not, or there is nobody to ask.
    """
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        raise UserError("the question was not answered; --yes goes ahead without asking") from None
    if not agreed:
        raise UserError("nothing was changed")
