"""Spreadsheet engines, each in a process of its own: IronCalc, and LibreOffice, where it is installed."""
