"""Papers: the notice, its reverse, and sheets of what to bring."""
