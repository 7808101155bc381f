"""Networks that come with tracer."""
