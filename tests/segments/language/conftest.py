"""The language of the built-in criteria, made once."""

import pytest

from hub.core.criteria import hub_criteria
from hub.core.segments.language import Language


@pytest.fixture(scope="session")
def language() -> Language:
    """The language of the built-in criteria."""
    return Language([criterion() for criterion in hub_criteria()])
