"""The templates that come with tracer; being a package puts them into the wheel."""
