"""Workbooks: a trace as .xlsx, and back."""
