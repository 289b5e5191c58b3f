"""The words of the mails: one renderer a kind, all as letters of one form in plain text and HTML."""
