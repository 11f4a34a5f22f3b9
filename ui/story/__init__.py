"""``cabang demo``: a head office and two branches as processes of their own, and the story of a cut line.

It uses Cabang as people do: through commands and through the pages.
"""
