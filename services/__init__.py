"""The four services, what they stand on, and the tools to run them."""
