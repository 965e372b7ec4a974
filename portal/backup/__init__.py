"""Keeping a copy that is known to come back: backup, restore, drill.

A backup is one encrypted file: a consistent snapshot of the database taken while people work, every stored file it
names, and a manifest of digests. Restoring checks all of it before anything is touched; a restored copy sends nothing
until it is told to be live. Assembly-side: sees everything below web, is seen by nobody.
"""
