"""Stock locations: the places where a branch's goods lie."""

from functools import cache

from peewee import BlobField, IntegerField, TextField

from sync.model import IdField, Synced, everyone, hub_only, lww, natural_id, synced


@synced
class StockLocation(Synced):
    """A place where goods lie; each branch has its "shop", made by head office with the branch."""

    id = IdField(primary_key=True)
    stream = lww(IntegerField())
    name = lww(TextField())
    stamps = BlobField()

    class Sync:
        code = 30
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"

        @staticmethod
        def natural(stream: int, name: str) -> str:
            return f"{stream}/{name}"


@cache
def shop_of(stream: int) -> bytes:
    """The id of the shop location of branch number *stream*."""
    return natural_id("stock_location", stream, "shop")
