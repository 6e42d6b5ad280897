"""What customers agree to: the words, how it is recorded, and how it is proven."""
