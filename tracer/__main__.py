"""`python -m tracer` is `tracer`."""

from tracer.cli import main

main()
