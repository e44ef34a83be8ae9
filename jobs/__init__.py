"""What no one waits for: periodic work, deliveries, documents."""
