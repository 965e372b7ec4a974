"""Request bodies with a limit on every file while it is still arriving, whatever length was announced."""

import tempfile
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

MOST_FILE_BYTES = 20 * 1024 * 1024
MOST_UNANNOUNCED_BYTES = MOST_FILE_BYTES + 512 * 1024
IN_MEMORY_BYTES = 256 * 1024


class BoundedFile(tempfile.SpooledTemporaryFile[bytes]):
    """A temporary file without a name that refuses to grow beyond the limit."""

    def __init__(self, most: int = MOST_FILE_BYTES):
        super().__init__(max_size=IN_MEMORY_BYTES, mode="w+b")
        self._most = most
        self._written = 0

    def write(self, data: Any) -> int:
        self._written += len(data)
        if self._written > self._most:
            self.close()
            raise RequestEntityTooLarge()
        return super().write(data)


class BoundedRequest(Request):
    """Flask's request, its uploaded files bounded one by one; the whole body is bounded by MAX_CONTENT_LENGTH.

    A body that does not announce its length cannot be refused at the door: it may be no larger than one file.
    """

    def __init__(self, *environment: Any, **options: Any):
        super().__init__(*environment, **options)
        if self.content_length is None:
            self.max_content_length = MOST_UNANNOUNCED_BYTES

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BoundedFile()
