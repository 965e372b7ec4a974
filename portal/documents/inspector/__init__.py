"""Looks into one file and says what it is, or why it is refused.

Runs as a process of its own (`python -I portal/documents/inspector`) with limits on time, memory and output, an empty
environment and no network where the system allows it: parsers of strangers' bytes are the likeliest thing to break.
Therefore nothing here imports anything of portal outside this folder.
"""
