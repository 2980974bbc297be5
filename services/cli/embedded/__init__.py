"""A real PostgreSQL and a real Apache Kafka for a machine that has neither, on loopback only.

They are a convenience of `huiyin up` and of the tests. Where HUIYIN_MIGRATION_URL and HUIYIN_KAFKA
name other servers, nothing here is started.
"""
