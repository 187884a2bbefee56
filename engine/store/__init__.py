"""The durable data, in SQL: tables, migrations, one writer, and one repository for each noun."""
