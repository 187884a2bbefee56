"""HTTP for customers and operators: knows no Stasis and no channel."""
