"""What must last, in SQL: tables, migrations, one writer, and a repository a noun."""
