"""Runs the WooCommerce server as a process: prints the shop's address, then serves until it is ended."""

import argparse
import sys

from hub.testing.platforms.woocommerce.server import WooCommerceServer


def main() -> None:
    """Serve one shop with invented accounts, each with an order of one product."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--key", required=True, help="the consumer key to accept")
    parser.add_argument("--secret", required=True, help="the consumer secret to accept")
    parser.add_argument("--customers", type=int, default=0, help="how many accounts there are")
    chosen = parser.parse_args()
    with WooCommerceServer(chosen.key, chosen.secret, chosen.port) as server:
        server.shop.product(1, name="Mug")
        for number in range(1, chosen.customers + 1):
            server.shop.customer(number)
            line = {"id": number, "product_id": 1, "quantity": 1, "total": "10.00", "total_tax": "0.00"}
            server.shop.order(number, number, line_items=[line])
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        try:
            server.closing.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
