"""Importing prospects from tables that other programs export: CSV in any shape, and Excel workbooks."""
