"""Which segment refers to which: cycles with their path, depth, users, and problems further down.

Everything here is about names and outlines, held in memory for the length of one check.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from hub.core.contracts.errors import DefinitionError
from hub.core.segments.definition import DEEPEST
from hub.core.segments.evaluator import DEEPEST_SEGMENTS
from hub.core.segments.references.references import Outline, outline_of

DEEPEST_THROUGH_SEGMENTS = 2 * DEEPEST
"""Most levels of a definition, those of the segments it refers to included."""
MOST_IN_A_ROW = DEEPEST_SEGMENTS - 1
"""Most segments that refer to the next in a row: a view, or a question, may stand before the first."""


@dataclass(frozen=True)
class KnownSegment:
    """A segment as far as references are concerned."""

    id: int
    name: str
    folded_name: str
    definition: Mapping[str, Any] | None
    """None for a manual one."""
    removed: bool = False

    @cached_property
    def outline(self) -> Outline:
        """What its definition refers to."""
        return outline_of(self.definition)


@dataclass(frozen=True)
class SegmentUser:
    """A segment whose members depend on another's."""

    segment: KnownSegment
    path: Sequence[str]
    """Names from this segment to the one it depends on, both included."""


class SegmentGraph:
    """The segments of one organisation and their references to each other.

    Args:
        segments: all of them, the removed ones too.
    """

    def __init__(self, segments: Iterable[KnownSegment]) -> None:
        self._by_name = {segment.folded_name: segment for segment in segments}

    def with_segment(self, segment: KnownSegment) -> "SegmentGraph":
        """The graph with one segment as it is to be: new, or instead of the one of its id."""
        others = (each for each in self._by_name.values() if each.id != segment.id)
        return SegmentGraph((*others, segment))

    def of_id(self, segment_id: int) -> KnownSegment:
        """The segment of that id, which exists."""
        return next(each for each in self._by_name.values() if each.id == segment_id)

    def used(self, folded_name: str, written: str) -> KnownSegment:
        """The segment that a definition may refer to under this name.

        Raises:
            DefinitionError: there is none, or it was removed.
        """
        segment = self._by_name.get(folded_name)
        if segment is None:
            there = {each.folded_name: each.name for each in self._by_name.values() if not each.removed}
            close = get_close_matches(folded_name, there, n=1)
            hint = f"did you mean “{there[close[0]]}”?" if close else "`hub segment list` shows those there are"
            raise DefinitionError(f"there is no segment “{written}”", hint=hint)
        if segment.removed:
            raise DefinitionError(
                f"the segment “{segment.name}” was removed", hint="restore it, or leave it out of the definition"
            )
        return segment

    def check(self, segment: KnownSegment) -> None:
        """See that a segment, as it is in this graph, and all that use it can be answered.

        Raises:
            DefinitionError: it refers to a segment that is not there, or to itself (the path is named), or is
                too deep with those that it refers to.
        """
        self.check_outline(segment.outline)
        path = self._path(segment.outline, segment.folded_name)
        if path:
            names = " → ".join((segment.name, *path))
            raise DefinitionError(f"the segment “{segment.name}” would refer to itself: {names}")
        for each, depth in self._depths((segment, *(user.segment for user in self.users_of(segment)))):
            if depth.segments > MOST_IN_A_ROW:
                raise DefinitionError(
                    f"“{each.name}” would stand on {depth.segments - 1} segments in a row, each referring to the "
                    f"next: {MOST_IN_A_ROW - 1} are the most"
                )
            if depth.levels > DEEPEST_THROUGH_SEGMENTS:
                raise DefinitionError(
                    f"with the segments it refers to, “{each.name}” would be nested {depth.levels} levels deep: "
                    f"{DEEPEST_THROUGH_SEGMENTS} are the most"
                )

    def check_outline(self, outline: Outline) -> None:
        """See that all segments that a definition names are there.

        Raises:
            DefinitionError: one is not.
        """
        for reference in outline.references:
            self.used(reference.folded_name, reference.name)

    def users_of(self, segment: KnownSegment) -> Sequence[SegmentUser]:
        """Segments that depend on this one, directly or through others, nearest first; no removed ones."""
        found: dict[str, SegmentUser] = {}
        waiting = deque([SegmentUser(segment, (segment.name,))])
        while waiting:
            used = waiting.popleft()
            for user in self._users.get(used.segment.folded_name, ()):
                if user.folded_name not in found and user.folded_name != segment.folded_name:
                    found[user.folded_name] = SegmentUser(user, (user.name, *used.path))
                    waiting.append(found[user.folded_name])
        return list(found.values())

    def direct_users_of(self, segment: KnownSegment, *, removed: bool = False) -> Sequence[KnownSegment]:
        """Segments whose definitions name this one, by name; with ``removed``, removed ones too."""
        users = (self._all_users if removed else self._users).get(segment.folded_name, ())
        return sorted((user for user in users if user.id != segment.id), key=lambda user: user.folded_name)

    def problem_of(
        self, segment: KnownSegment, own_problem: Callable[[KnownSegment], str], *, above: str = ""
    ) -> str:
        """Why a segment can't be answered: its own problem, or the nearest one below with the path to it.

        Args:
            segment: which one.
            own_problem: what is wrong with a segment's own criteria; empty when nothing is.
            above: what refers to the segment, for the path; empty when it is asked for by itself.
        """
        reached = {segment.folded_name}
        start = (above, segment.name) if above else (segment.name,)
        waiting: deque[tuple[KnownSegment, tuple[str, ...]]] = deque([(segment, start)])
        while waiting:
            each, path = waiting.popleft()
            problem = own_problem(each) or self._missing(each)
            if problem:
                return problem if len(path) == 1 else f"{' → '.join(path)}: {problem}"
            for reference in each.outline.references:
                below = self._by_name[reference.folded_name]
                if below.folded_name not in reached:
                    reached.add(below.folded_name)
                    waiting.append((below, (*path, below.name)))
        return ""

    def _missing(self, segment: KnownSegment) -> str:
        try:
            self.check_outline(segment.outline)
        except DefinitionError as error:
            return str(error)
        return ""

    @cached_property
    def _users(self) -> Mapping[str, Sequence[KnownSegment]]:
        return {name: [user for user in users if not user.removed] for name, users in self._all_users.items()}

    @cached_property
    def _all_users(self) -> Mapping[str, Sequence[KnownSegment]]:
        users: dict[str, dict[int, KnownSegment]] = {}
        for user in self._by_name.values():
            for reference in user.outline.references:
                users.setdefault(reference.folded_name, {})[user.id] = user
        return {name: list(of_name.values()) for name, of_name in users.items()}

    def _path(self, outline: Outline, target: str) -> Sequence[str]:
        """The names on a shortest way from an outline to a segment, that one included; empty if there is none."""
        ways = deque[tuple[KnownSegment, ...]]()
        ways.extend((self._by_name[reference.folded_name],) for reference in outline.references)
        reached: set[str] = set()
        while ways:
            way = ways.popleft()
            if way[-1].folded_name == target:
                return [each.name for each in way]
            if way[-1].folded_name in reached:
                continue
            reached.add(way[-1].folded_name)
            below = (self._by_name.get(reference.folded_name) for reference in way[-1].outline.references)
            ways.extend((*way, each) for each in below if each is not None)
        return ()

    def _depths(self, segments: Iterable[KnownSegment]) -> Iterator[tuple[KnownSegment, "_Depth"]]:
        """Each with how deep it is. There is no cycle."""
        known: dict[str, _Depth] = {}
        for segment in segments:
            waiting = [segment]
            while waiting:
                each = waiting[-1]
                below = [
                    (reference.level, reference.folded_name)
                    for reference in each.outline.references
                    if reference.folded_name in self._by_name
                ]
                unknown = {name for _, name in below if name not in known}
                if unknown:
                    waiting.extend(self._by_name[name] for name in unknown)
                    continue
                known[each.folded_name] = _Depth(
                    1 + max((known[name].segments for _, name in below), default=0),
                    max((each.outline.height, *(level + known[name].levels for level, name in below))),
                )
                waiting.pop()
            yield segment, known[segment.folded_name]


@dataclass(frozen=True)
class _Depth:
    segments: int
    """How many segments are in the longest row, itself included."""
    levels: int
