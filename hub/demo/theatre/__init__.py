"""An invented theatre with its audience: made from a seed, written as the exports of a ticket system."""
