"""Telling people what concerns them: one line and a link, inside the portal.

A step names its audiences; the domain resolves them to people; the job that writes the lines is part of the step's
transaction. Mail and short messages, where an office has them, hang on the same job.
"""
