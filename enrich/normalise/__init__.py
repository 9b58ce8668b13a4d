"""Values made comparable: names, domains, phones, e-mails, addresses; pure, and safe to repeat."""
