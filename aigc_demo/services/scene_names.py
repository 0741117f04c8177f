"""What there is in the world of captioned scenes, as data/scenes.py has it: here for pages, which need no torch."""

OBJECTS = (
    *("apple", "banana", "grapes", "watermelon", "mushroom", "dog", "cat", "frog"),
    *("pig", "penguin", "car", "house", "tree", "sunflower", "heart", "ball"),
)
BACKGROUNDS = ("white", "black", "grey", "yellow", "pink", "green", "blue", "purple")
PLACES = ("left", "right", "top", "bottom", "middle")
