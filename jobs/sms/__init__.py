"""The ways out of SMS; ``jobs/mail/deliver.py`` claims them beside the e-mails, hands over and records."""
