"""The only functions that write facts. Each works on whole tables and stamps what it changes."""
