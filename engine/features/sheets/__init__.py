"""Sheets: contacts read from spreadsheets (.xlsx) and tables of text (.csv), and reports written as them."""
