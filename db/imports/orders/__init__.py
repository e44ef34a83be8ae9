"""Files of orders that people upload, read into ``IncomingOrder``: bytes in, values out; docs/imports.md says how.

On rubbish nothing is ever raised but ``UnreadableOrdersError``.
"""
