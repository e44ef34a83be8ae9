"""The HTTP API for shops, at ``/api/v1``: send orders, ask where they stand, announce payments (docs/api.md)."""
