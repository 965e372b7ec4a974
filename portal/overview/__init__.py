"""Start pages of every role: what waits for me, what happened, what is coming. Reads others' queries, is imported by
nobody."""
