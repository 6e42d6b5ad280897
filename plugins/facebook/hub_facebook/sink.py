"""The Facebook sink: a segment as a Custom Audience."""

from collections.abc import Iterable, Iterator, Sequence

from hub import AudienceSink, Context, IdentifierKind, Member, Rejection, Removal
from hub_facebook.audiences import ensure, noticing_loss, watch
from hub_facebook.graph import Graph
from hub_facebook.judging import Refused
from hub_facebook.replacing import Replacement
from hub_facebook.rows import Rows, RowWriter, reference
from hub_facebook.settings import FacebookSettings
from hub_facebook.uploading import LARGEST_REQUEST, Verdict, send_all
from hub_facebook.watching import watch_account, watch_token

_NOBODY = "This customer has neither an e-mail address nor a phone number that Meta could recognise."
_UNSETTLED = "Meta refuses some of the customers sent with this one and does not say which; they are sent again."
_STAYS = "Meta refuses to take out some of the customers sent with this one; they are sent again."


class FacebookSink(AudienceSink[FacebookSettings]):
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
        return reference(member)

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``."""
        rows, unusable = self._writer.members(members)
        rejected = [Rejection(number, _NOBODY) for number in unusable]
        if not len(rows):
            return rejected
        self._graph.wait_for_room()
        with noticing_loss(audience):
            verdict = send_all(self._graph, audience, rows)
            if verdict.unsettled:
                # It is not known which of them Meta holds, and who is reported as refused must not be held.
                send_all(self._graph, audience, rows.part(verdict.unsettled), "DELETE")
        return [*rejected, *_rejections(rows, verdict, _UNSETTLED)]

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``."""
        rows = self._writer.removals(removals)
        if not len(rows):
            return []
        self._graph.wait_for_room()
        try:
            with noticing_loss(audience):
                verdict = send_all(self._graph, audience, rows, "DELETE")
        except Refused as error:
            if not error.leaves_too_few:
                raise
            return [Rejection(removal.number, str(error), permanent=False) for removal in removals]
        return [Rejection(one.number, one.reason, permanent=False) for one in _rejections(rows, verdict, _STAYS)]

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        """Make an audience hold these members and nobody else, in one session; yields those refused.

        Sparing for a first full load, or after the hub lost its ledger: nobody need be taken out one by one,
        and running adverts keep what they learned. Until the iterator ends nothing is certain; if it is left
        early or fails, Meta drops the session, and the audience may refuse changes for 90 minutes.

        Args:
            audience: its id.
            batches: the members, in pieces of any size.
            total: about how many there are.

        Raises:
            TryAgain, NotAuthorised, NotFound, UserError: see ``add``; nothing was replaced.
        """
        self._graph.wait_for_room()
        replacement = Replacement(self._graph, audience, total)
        with noticing_loss(audience):
            for members in batches:
                rows, unusable = self._writer.members(members)
                yield from (Rejection(number, _NOBODY) for number in unusable)
                yield from _rejections(rows, replacement.send(rows), _UNSETTLED)
            replacement.finish()

    def _watch_token(self) -> None:
        watch_token(self._graph, self.settings.access_token, self.context.log, self.context.clock)


def _rejections(rows: Rows, verdict: Verdict, unsettled: str) -> Iterator[Rejection]:
    for key in rows.numbers.keys() & verdict.reasons.keys():
        yield from (Rejection(number, verdict.reasons[key]) for number in rows.numbers[key])
    for key in rows.numbers.keys() & set(verdict.unsettled):
        yield from (Rejection(number, unsettled, permanent=False) for number in rows.numbers[key])
