"""The heart of Cabang: signed change logs, their merge, and the journal all writes go through.

Pure modules (no socket, clock, chance or database): ``entry``, ``segment``, ``verify``, ``policies``, ``merge``,
``clock``, ``keys``, ``ids``, ``wire``, ``stamps``, ``limits``, ``errors``.  On a connection passed in: ``schema``,
``store``, ``journal``, ``rows``, ``feed``, ``digest``.
"""
