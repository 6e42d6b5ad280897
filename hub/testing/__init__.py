"""What plugin authors test with: conformance suites, and platform servers on loopback."""
