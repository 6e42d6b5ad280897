"""What messages say: wordings with places for the customer's data, checked before and rendered in bounds."""
