"""Reports on paper: one document of values, written as PDF, DOCX, XLSX, page and JSON alike.

A report is composed once, as a `Document` of cells and blocks; every surface is a rendering of
that value and computes nothing, so that the same figure reads the same everywhere.
"""
