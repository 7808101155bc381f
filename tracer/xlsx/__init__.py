"""Reads any .xlsx file, whoever wrote it: fast, in bounded memory, and without trusting it."""
