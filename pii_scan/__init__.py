"""pii-scan: which columns hold whose personal data, how sure that is and why, and copies without it."""
