"""Links in messages: rewritten so that who follows them is known, followed, and counted."""
