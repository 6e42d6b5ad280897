"""The WooCommerce server: keys, the few calls a reader needs, and errors as WordPress words them."""

import base64
import binascii
import hmac

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.woocommerce.listing import PARAMETERS, Refused, answer
from hub.testing.platforms.woocommerce.state import Shop

_PREFIX = "/wp-json/wc/v3/"


class WooCommerceServer(LoopbackServer):
    """A shop on loopback; ``url`` is the shop's address.

    Attributes:
        shop: what it holds.
    """

    def __init__(self, key: str, secret: str, port: int = 0) -> None:
        super().__init__(port)
        self._key, self._secret = key, secret
        self.shop = Shop()

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer as WooCommerce does over TLS: keys by basic authentication alone, never in the address."""
        if not request.path.startswith(_PREFIX):
            return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
        if {"consumer_key", "consumer_secret"} & request.query.keys():
            return _error(401, "woocommerce_rest_authentication_error", "Keys in the address are not taken here.")
        refusal = self._refusal(request.headers.get("authorization", ""))
        if refusal is not None:
            return refusal
        kind = request.path.removeprefix(_PREFIX).rstrip("/")
        if request.method != "GET" or kind not in PARAMETERS:
            return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
        try:
            with self.shop.lock:
                return answer(self.shop, kind, request.query)
        except Refused as refused:
            return refused.reply()

    def _refusal(self, header: str) -> Reply | None:
        scheme, _, value = header.partition(" ")
        if scheme.lower() != "basic":
            return _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        try:
            key, _, secret = base64.b64decode(value, validate=True).partition(b":")
        except binascii.Error:
            key, secret = b"", b""
        if not hmac.compare_digest(key, self._key.encode()):
            return _error(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.")
        if not hmac.compare_digest(secret, self._secret.encode()):
            return _error(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
        return None


def _error(status: int, code: str, message: str) -> Reply:
    return Reply.of({"code": code, "message": message, "data": {"status": status}}, status)
