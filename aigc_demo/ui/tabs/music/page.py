"""Music: chorales for four voices, written and harmonised."""

TABS = ("write", "harmonise", "beside", "training")
