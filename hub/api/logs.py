"""Keeps secrets in addresses, and what providers send behind theirs, out of the server's log at any level."""

import logging

from hub.core.access.token_masking import without_tokens
from hub.core.feeds.secrets import without_secrets
from hub.core.messaging.fates.webhooks import without_parameters

_SERVERS_LOGS = ("uvicorn.access", "uvicorn.error", "uvicorn.asgi")
"""Those in which the web server names paths: of requests, of upgrades, and at the level TRACE of everything."""


def keep_secrets_out() -> None:
    """Make the web server's logs hide secrets from now on, in this process. Once more does nothing."""
    for name in _SERVERS_LOGS:
        log = logging.getLogger(name)
        if not any(isinstance(each, HideSecrets) for each in log.filters):
            log.addFilter(HideSecrets())


class HideSecrets(logging.Filter):
    """Lets every record through, with what could be a secret replaced by asterisks."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See ``logging.Filter``."""
        if record.name == "uvicorn.access" and isinstance(record.args, tuple):
            # Its formatter wants the arguments one by one.
            record.args = tuple(_hidden(each) if isinstance(each, str) else each for each in record.args)
        else:
            record.msg, record.args = _hidden(record.getMessage()), ()
        if record.exc_info:
            # Formatters write what they find here instead of the exception.
            record.exc_text = _hidden(logging.Formatter().formatException(record.exc_info))
        return True


def _hidden(text: str) -> str:
    return without_parameters(without_tokens(without_secrets(text)))
