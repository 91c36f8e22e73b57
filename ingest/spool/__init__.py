"""Messages kept on local disk while the database is away: acknowledged after the fsync, replayed in order."""

from ingest.spool.home import Spools
from ingest.spool.spool import Limits, Piece, Spool

__all__ = ["Limits", "Piece", "Spool", "Spools"]
