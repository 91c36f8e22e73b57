"""What we remember: the only room with SQL and psycopg in it."""
