"""Where a web server starts: ``uvicorn --factory hub.api.server:from_environment``."""

import os
from pathlib import Path

from fastapi import FastAPI

from hub.api.application import make_application
from hub.core.app import open_hub
from hub.core.contracts.errors import SettingsError


def from_environment() -> FastAPI:
    """The REST API of the hub whose home ``HUB_HOME`` names. The hub is closed when the server stops.

    Raises:
        SettingsError: ``HUB_HOME`` is not set, or a setting of the hub is wrong.
        NotFound: there is no hub in that folder.
        StoreError: the store can't be used.
    """
    home = os.environ.get("HUB_HOME", "")
    if not home:
        raise SettingsError("set HUB_HOME to the folder of the hub, which `hub init` makes")
    return make_application(open_hub(Path(home)), close_hub=True)
