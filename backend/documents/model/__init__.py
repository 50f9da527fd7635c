"""The values that rules are made of: a visit, documents and their flaws, papers, policies, rule sets."""
