"""What can be done with campaign links: make, list, change and remove them, and see what they brought."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from hub.core.contracts.errors import InUse, UserError
from hub.core.messaging.links.addresses import CAMPAIGN, PublicAddresses
from hub.core.messaging.links.tracking import LONGEST_URL
from hub.core.replica.following import COUNTING
from hub.core.segments.references.naming import clean_name
from hub.core.store import link_figures
from hub.core.store import links as stored
from hub.core.store.database import Database
from hub.core.store.link_figures import FollowedLink, LinkFigures
from hub.core.store.links import NamedLink
from hub.core.store.segments import folded
from hub.core.store.tables import CampaignLink, Organisation
from hub.core.store.texts import storable

MOST_DAYS = 365
"""For at most so many days after a click an order counts as a campaign link's."""

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Those of a code; none that are taken for another on paper."""
_LENGTH = 8


class CampaignLinks:
    """The campaign links of one organisation.

    Args:
        database: the store's.
        organisation: whose links.
        addresses: under which they are reached.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        addresses: PublicAddresses,
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._addresses = addresses
        self._clock = clock

    def create(
        self,
        name: str,
        url: str,
        *,
        event: str | None = None,
        production: str | None = None,
        days: int = 7,
        valid_until: datetime | None = None,
    ) -> NamedLink:
        """Make a public address for an offer, whose clicks and orders are counted.

        Args:
            name: what it is called.
            url: where it leads.
            event: id in its source of the event it offers: only orders of it count.
            production: name of the production it offers, likewise.
            days: for so many days after a click the customer's orders count as its.
            valid_until: after that it leads nowhere; None: it stays. With a time zone.

        Raises:
            NameTaken: a campaign link has that name.
            NotFound: there is no such event or production.
            UserError: the name, the address or the days will not do.
        """
        with self._database.session(write=True) as session:
            link = CampaignLink(
                organisation_id=self._organisation_id,
                name=clean_name(name, "campaign link"),
                folded_name=folded(name),
                url=self._checked(url),
                code="".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)),
                days=_checked_days(days),
                valid_until=valid_until,
                created_at=self._clock().replace(microsecond=0),
            )
            if event is not None:
                link.event_id = stored.event_known_as(session, self._organisation_id, event)
            if production is not None:
                link.production_id = stored.production_named(session, self._organisation_id, production)
            stored.add_campaign_link(session, link)
            return NamedLink(link, event, production)

    def all(self, *, after: str | None = None, limit: int | None = None) -> Sequence[NamedLink]:
        """Campaign links by name, for paging from after a name."""
        with self._database.session() as session:
            place = None if after is None else folded(after)
            return stored.campaign_links(session, self._organisation_id, after=place, limit=limit)

    def named(self, name: str) -> NamedLink:
        """The campaign link of that name, in any case.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.campaign_link_named(session, self._organisation_id, name)

    def of_id(self, link_id: int) -> NamedLink:
        """The campaign link of that id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.campaign_link_of(session, self._organisation_id, link_id)

    def change(self, link: CampaignLink, **values: object) -> NamedLink:
        """Change a campaign link. Its public address stays, and leads to the new place at once.

        Args:
            link: which one.
            values: any of ``name``, ``url``, ``event``, ``production``, ``days`` and ``valid_until``, as for
                ``create``.

        Raises:
            NotFound: it was removed, or there is no such event or production.
            NameTaken: the name is in use.
            UserError: a value will not do.
        """
        with self._database.session(write=True) as session:
            current = stored.campaign_link_of(session, self._organisation_id, link.id or 0).link
            if "name" in values:
                current.name = clean_name(str(values["name"]), "campaign link")
                current.folded_name = folded(current.name)
            if "url" in values:
                current.url = self._checked(str(values["url"]))
            if "days" in values:
                current.days = _checked_days(values["days"])
            if "valid_until" in values:
                until = values["valid_until"]
                assert until is None or isinstance(until, datetime)
                current.valid_until = until
            if "event" in values:
                event = values["event"]
                known = (
                    None if event is None else stored.event_known_as(session, self._organisation_id, str(event))
                )
                current.event_id = known
            if "production" in values:
                of = values["production"]
                found = None if of is None else stored.production_named(session, self._organisation_id, str(of))
                current.production_id = found
            stored.check_name(session, current)
            session.flush()
            return stored.campaign_link_of(session, self._organisation_id, link.id or 0)

    def remove(self, link: CampaignLink) -> None:
        """Forget a campaign link and who followed it; its address leads nowhere from now on.

        Raises:
            NotFound: it was removed already.
            InUse: a newsletter uses it, or was sent with it.
        """
        with self._database.session(write=True) as session:
            current = stored.campaign_link_of(session, self._organisation_id, link.id or 0).link
            users = stored.newsletters_with(session, current.id or 0)
            if users:
                raise InUse(
                    f"the campaign link {current.name!r} is used by the newsletter {users[0]!r}, whose "
                    "readers would find nothing there; let it end with valid_until instead"
                )
            stored.delete_campaign_link(session, current.id or 0)

    def address(self, link: CampaignLink) -> str:
        """The public address; a path alone when the setting ``public_url`` is empty."""
        return self._addresses.campaign(link.code) if self._addresses.are_known else f"{CAMPAIGN}{link.code}"

    def figures(self, links: Sequence[CampaignLink] | None = None) -> Mapping[int, LinkFigures]:
        """What campaign links brought, by id.

        An order that counts is put down to the campaign link that the customer followed last before it, among
        those that it could come from: within the link's days, and with a ticket for its event or production if it
        has one.

        Args:
            links: which ones; all if None.
        """
        ids = None if links is None else [link.id for link in links if link.id is not None]
        with self._database.reading() as connection:
            found = link_figures.campaign_figures(connection, self._organisation, COUNTING, ids)
        return {**dict.fromkeys(ids or (), LinkFigures(0, 0, 0, 0)), **found}  # one may be gone meanwhile

    def newsletter_figures(self, newsletter_id: int) -> Sequence[FollowedLink]:
        """What the links of a newsletter brought, the most clicked first; none if it tracks no clicks."""
        with self._database.reading() as connection:
            return link_figures.newsletter_figures(connection, self._organisation, COUNTING, newsletter_id)

    def _checked(self, url: str) -> str:
        url = url.strip()
        wrong = "write a whole web address such as https://example.com/offer"
        try:
            parts = urlsplit(url)
            is_whole = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        except ValueError as error:
            raise UserError(f"where the link leads can't be read; {wrong}") from error
        if not is_whole or not storable(url) or any(each.isspace() or not each.isprintable() for each in url):
            raise UserError(f"where the link leads is no web address; {wrong}")
        if len(url.encode()) > LONGEST_URL:
            raise UserError(f"where the link leads is longer than {LONGEST_URL:,} bytes; use a shorter address")
        if self._addresses.is_own(url):
            raise UserError("the link would lead back to this hub; name the page of the offer")
        return url


def _checked_days(days: object) -> int:
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise UserError(f"orders count as a link's for 1 to {MOST_DAYS} days after a click")
    return days
