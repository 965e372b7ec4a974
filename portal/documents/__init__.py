"""文件: whatever somebody attached: kept once by content, looked into before it is kept, sent as a plain download.

A document belongs to nobody here. The owning domain links it in an association table of its own and its route asks who
may read; then `portal.web.downloads.send` answers. Routes call `actions.receive` before their first statement, because
looking into a file is slow, and `actions.store` inside the transaction.
"""
