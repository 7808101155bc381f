"""A diff as a page for the browser."""
