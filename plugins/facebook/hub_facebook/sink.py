"""The Facebook sink: a segment as a Custom Audience."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub import AudienceSink, Context, IdentifierKind, Member, Rejection, Removal, ReplacingSink, TryAgain
from hub_facebook.audiences import ensure, noticing, watch
from hub_facebook.graph import Graph
from hub_facebook.judging import Refused
from hub_facebook.replacing import Replacement
from hub_facebook.rows import Rows
from hub_facebook.settings import FacebookSettings
from hub_facebook.uploading import LARGEST_REQUEST, send_all
from hub_facebook.watching import watch_account, watch_token
from hub_facebook.writing import RowWriter

_NOBODY = "This customer has neither an e-mail address nor a phone number that Meta could recognise."
_UNSETTLED = "Meta refuses some of the customers sent with this one and does not say which; they are sent again."
_STAYS = "Meta refuses to take out some of the customers sent with this one; they are sent again."


class FacebookSink(AudienceSink[FacebookSettings], ReplacingSink):
    """Keeps a Custom Audience. Meta gets hashes of personal data, never the data itself."""

    name = "facebook"
    label = "Facebook Custom Audience"
    help = "Keeps a Facebook Custom Audience, for adverts on Facebook and Instagram, true to a segment."
    settings_model = FacebookSettings
    accepts = frozenset({IdentifierKind.EMAIL, IdentifierKind.PHONE})
    traits: tuple[str, ...] = ()
    largest_batch = 2 * LARGEST_REQUEST

    def __init__(self, settings: FacebookSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._graph = Graph(context, settings)
        self._writer = RowWriter(settings)
        # The settings say what goes along: only an instance knows.
        self.traits = self._writer.traits

    def check(self) -> None:
        """See ``Component.check``: the ad account and the token."""
        watch_account(self._graph, self.settings.account, self.context.log)
        self._watch_token()

    def ensure_audience(self, name: str, known: str | None) -> str:
        """See ``AudienceSink.ensure_audience``. Also warns of a token that is about to expire."""
        self._watch_token()
        if known is None:
            return ensure(self._graph, self.settings, name)
        watch(self._graph, known, self.context.log)
        return known

    def reference(self, member: Member) -> str:
        """The hash that Meta gets of the address or, without one, of the phone number."""
        return self._writer.reference(member)

    @property
    def form(self) -> str:
        """See ``AudienceSink.form``: the columns that go along, limited data use, and our way of writing."""
        return self._writer.form

    def foresee(self, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.foresee``: those by whom Meta could recognise nobody."""
        return [Rejection(member.number, _NOBODY) for member in members if not self._writer.reference(member)]

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``."""
        rows, unusable = self._writer.members(members)
        rejected = [Rejection(number, _NOBODY) for number in unusable]
        if not len(rows):
            return rejected
        self._graph.wait_for_room()
        with noticing(self._graph, audience):
            verdict = send_all(self._graph, audience, rows)
            if verdict.unsettled:
                # It is not known which of them Meta holds, and who is reported as refused must not be held.
                send_all(self._graph, audience, rows.part(verdict.unsettled), "DELETE")
        unsettled = dict.fromkeys(verdict.unsettled, _UNSETTLED)
        return [*rejected, *_rejections(rows, verdict.reasons), *_rejections(rows, unsettled, permanent=False)]

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``."""
        rows = self._writer.removals(removals)
        if not len(rows):
            return []
        self._graph.wait_for_room()
        try:
            with noticing(self._graph, audience):
                verdict = send_all(self._graph, audience, rows, "DELETE")
        except Refused as error:
            if not error.leaves_too_few:
                raise
            return [Rejection(removal.number, str(error), permanent=False) for removal in removals]
        stays = dict.fromkeys(verdict.unsettled, _STAYS) | verdict.reasons
        return list(_rejections(rows, stays, permanent=False))

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        """See ``ReplacingSink.replace``: in one session. Running adverts keep what they learned.

        If it is left early or fails, nothing is replaced, but Meta may refuse every change of the audience until
        90 minutes after the session began; ``add``, ``remove`` and ``replace`` then raise TryAgain with the time.

        Args:
            audience: its id.
            batches: the members, in pieces of any size.
            total: about how many there are.

        Raises:
            TryAgain, NotAuthorised, NotFound: see ``add``; nothing was replaced.
            UserError: there is nobody to put in; Meta can't replace an audience by nobody.
        """
        self._graph.wait_for_room()
        replacement = Replacement(self._graph, audience, total, self.context.sleep)
        with noticing(self._graph, audience):
            for members in batches:
                rows, unusable = self._writer.members(members)
                yield from (Rejection(number, _NOBODY) for number in unusable)
                yield from _rejections(rows, replacement.send(rows))
            replacement.finish()
            for rows in replacement.unsettled:
                yield from self._taken_back(audience, rows)

    def _taken_back(self, audience: str, rows: Rows) -> Sequence[Rejection]:
        """Take out rows of which some are refused but not known which, to try them anew.

        As long as Meta does not let it they count as held, so that whoever leaves is taken out with certainty.
        """
        try:
            send_all(self._graph, audience, rows, "DELETE")
        except (TryAgain, Refused) as error:
            self.context.log.warning(
                "Meta refuses some of %d customers, does not say which, and lets nobody take them out: %s",
                len(rows),
                error,
            )
            return []
        return list(_rejections(rows, dict.fromkeys(rows.numbers, _UNSETTLED), permanent=False))

    def _watch_token(self) -> None:
        watch_token(self._graph, self.settings.access_token, self.context.log, self.context.clock)


def _rejections(rows: Rows, reasons: Mapping[str, str], *, permanent: bool = True) -> Iterator[Rejection]:
    for key in reasons:
        yield from (Rejection(number, reasons[key], permanent) for number in rows.customers(key))
