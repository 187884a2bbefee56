"""What is set for texts: SMSCs and their routes, rates, keywords, an account's rules, and who sent STOP."""
