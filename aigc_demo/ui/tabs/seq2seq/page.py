"""Couplets: an upper line is answered with lower lines, and one sees which character answers which."""

TABS = ("pair", "beside", "training")
