"""Required documents (必要書類): dated rule sets and the checklist they give. Pure."""
