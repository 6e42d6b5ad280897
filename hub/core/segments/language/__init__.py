"""The text language of segments: reading, writing, describing, and saying what is wrong."""

from hub.core.segments.language.describing import describe
from hub.core.segments.language.language import Language
from hub.core.segments.language.places import render_error

__all__ = ["Language", "describe", "render_error"]
