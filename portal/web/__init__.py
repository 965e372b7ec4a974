"""What the faces of all domains share: access, forms, pages, errors, idempotency, downloads."""
