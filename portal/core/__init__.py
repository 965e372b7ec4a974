"""The ground floor: database, clock, errors, fields and the workflow engine. Imports nothing of portal."""
