"""The words of the rules: a visit, documents and their flaws, papers, policies, rule sets."""
