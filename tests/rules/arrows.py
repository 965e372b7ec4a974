"""Imports that the layers forbid and a reason allows, (importing module, imported module): why. None is best."""

ARROWS: dict[tuple[str, str], str] = {}
