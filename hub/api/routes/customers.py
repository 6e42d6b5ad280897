"""Operations on single customers: find them, and see all that is known of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_moment, write_moment
from hub.api.dependencies import Cursor, CustomerNumber, Descending, Limit, Searched, Sort, TheHub
from hub.api.listing import Listing, member_page
from hub.api.models.asking import Showing
from hub.api.models.customers import CustomerPage, ProfileOut
from hub.api.models.orders import OrderPage
from hub.api.profiles import shown_order, shown_profile
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.segments.definition import EVERYONE
from hub.core.segments.people.members import MemberOrder

router = APIRouter(prefix="/customers", tags=["customers"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)


@router.get(
    "", operation_id="listCustomers", summary="List customers", dependencies=[_READ], responses=errors(400, 502)
)
def list_customers(
    hub: TheHub,
    search: Searched = "",
    sort: Sort = MemberOrder.NUMBER,
    descending: Descending = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> CustomerPage:
    """All customers, or those whose name, email, external id or city contains something."""
    listing = Listing("customers", sort, descending, search, cursor, limit)
    page = member_page(hub, hub.segments.definitions.evaluate(EVERYONE), listing)
    return CustomerPage(
        items=page.items,
        size=page.size,
        found=page.found,
        revision=page.revision,
        currency=page.currency,
        next_cursor=page.next_cursor,
    )


@router.get(
    "/lookup", operation_id="findCustomer", summary="Find a customer by a source's id", dependencies=[_READ],
    responses=errors(404, 502),
)  # fmt: skip
def find_customer(
    hub: TheHub,
    source: Annotated[Showing, Query(description="name of the source")],
    external_id: Annotated[Showing, Query(description="the id by which it knows the customer")],
) -> ProfileOut:
    """The customer a source knows by an id, with all that is known of them but their orders."""
    return shown_profile(hub, hub.profiles.known_as(source, external_id))


@router.get(
    "/{number}", operation_id="getCustomer", summary="Get a customer", dependencies=[_READ],
    responses=errors(404, 502),
)  # fmt: skip
def get_customer(hub: TheHub, number: CustomerNumber) -> ProfileOut:
    """All that is known of a customer but their orders, with the segments they are in now."""
    return shown_profile(hub, hub.profiles.of_number(number))


@router.get(
    "/{number}/orders", operation_id="listOrders", summary="List a customer's orders", dependencies=[_READ],
    responses=errors(400, 404),
)  # fmt: skip
def list_orders(hub: TheHub, number: CustomerNumber, cursor: Cursor = None, limit: Limit = 20) -> OrderPage:
    """A customer's orders of any status with their lines, newest first."""
    list_name = f"orders {number}"
    found = hub.profiles.orders(number, limit + 1, before=read_moment(list_name, cursor))
    further = None
    if len(found) > limit:
        last = found[limit - 1].order
        further = write_moment(list_name, last.ordered_at, last.id or 0)
    return OrderPage(items=[shown_order(each) for each in found[:limit]], next_cursor=further)
