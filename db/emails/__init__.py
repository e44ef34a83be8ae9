"""From a row of the outbox to the e-mail as it is read: subject, HTML and plain text."""
