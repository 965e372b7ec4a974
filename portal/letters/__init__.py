"""文书: letters and sheets as Word files, in the office's own template of that kind or in the one that ships.

`kinds` names each kind with its fields, `shipped` builds its template, `language` says what a template may contain,
`rendering` fills it in. Whose letter it is and what stands in its fields is the matter of the subject that sends it,
which asks `queries.letter`.
"""
