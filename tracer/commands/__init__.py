"""The commands: what each one takes, calls and prints."""
