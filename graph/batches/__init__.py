"""Batches: what somebody brought, from the moment it arrives until it is in, out, or undone. See ``docs/batches.md``.

``states`` says what may follow what (pure), ``record`` and ``folder`` keep it on the disk, ``staging`` works out what
it would change, ``accepting`` what is written when it goes in or is undone, ``history`` keeps what a new version no
longer says, ``bench`` runs all of it for the one who has the store, ``desk`` for a service.
"""
