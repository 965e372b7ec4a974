"""代表建议: a deputy's written proposal on any work, which must be answered (代表法 24, 51).

Written and co-signed by deputies, checked and admitted, assigned to handling units, contacted about, answered with a
grade, rated by the deputy. One suggestion is one matter (一事一议). Owns /suggestions and /tasks.
"""
