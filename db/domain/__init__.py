"""The rules of the business as pure functions and enums: no database, no screen, no clock."""
