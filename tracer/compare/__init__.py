"""Judges: a workbook against a spreadsheet engine."""
