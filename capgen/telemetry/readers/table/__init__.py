"""The reader of tables: CSV, Parquet, NDJSON, or a SQL statement."""
