"""The shared database: rules (domain), tables (models), reads (queries) and writes (services)."""
