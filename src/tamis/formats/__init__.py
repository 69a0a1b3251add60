"""Files of bibliographic records: bytes to records and back. Knows no storage and no screen."""
