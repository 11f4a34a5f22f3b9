"""What pages of head office ask besides what every node's pages do: which head office."""

from typing import cast

from central_hub.node import HubNode
from ui.node import node


def hub() -> HubNode:
    """The node of the application that answers this request."""
    return cast(HubNode, node())
