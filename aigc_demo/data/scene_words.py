"""The words of scenes in Chinese and English: what captions are made of, and what the parser knows."""

ENGLISH = {  # object -> ways to say one and many; the first is the usual one
    "apple": (("an apple", "apples"), ("a red apple", "red apples")),
    "banana": (("a banana", "bananas"), ("a yellow banana", "yellow bananas")),
    "grapes": (("a bunch of grapes", "bunches of grapes"), ("some grapes", "grapes")),
    "watermelon": (("a watermelon", "watermelons"), ("a slice of watermelon", "slices of watermelon")),
    "mushroom": (("a mushroom", "mushrooms"), ("a red mushroom", "red mushrooms")),
    "dog": (("a dog", "dogs"), ("a puppy", "puppies")),
    "cat": (("a cat", "cats"), ("a kitten", "kittens")),
    "frog": (("a frog", "frogs"), ("a green frog", "green frogs")),
    "pig": (("a pig", "pigs"), ("a pink pig", "pink pigs")),
    "penguin": (("a penguin", "penguins"),),
    "car": (("a car", "cars"), ("a red car", "red cars")),
    "house": (("a house", "houses"), ("a home", "homes")),
    "tree": (("a tree", "trees"), ("a green tree", "green trees")),
    "sunflower": (("a sunflower", "sunflowers"), ("a flower", "flowers")),
    "heart": (("a heart", "hearts"), ("a red heart", "red hearts")),
    "ball": (("a ball", "balls"), ("a football", "footballs"), ("a soccer ball", "soccer balls")),
}
CHINESE = {  # object -> its measure word and its names
    "apple": ("个", "苹果", "红苹果"),
    "banana": ("根", "香蕉", "黄香蕉"),
    "grapes": ("串", "葡萄", "紫葡萄"),
    "watermelon": ("块", "西瓜"),
    "mushroom": ("个", "蘑菇", "红蘑菇"),
    "dog": ("只", "狗", "小狗"),
    "cat": ("只", "猫", "小猫"),
    "frog": ("只", "青蛙", "绿青蛙"),
    "pig": ("只", "猪", "小猪"),
    "penguin": ("只", "企鹅"),
    "car": ("辆", "汽车", "红汽车", "车"),
    "house": ("座", "房子", "小屋"),
    "tree": ("棵", "树", "绿树"),
    "sunflower": ("朵", "向日葵", "花"),
    "heart": ("颗", "红心", "爱心"),
    "ball": ("个", "足球", "球"),
}
COLOURS = {  # background -> English, then Chinese
    "white": ("white", "白色", "白"),
    "black": ("black", "黑色", "黑"),
    "grey": ("grey", "gray", "灰色", "灰"),
    "yellow": ("yellow", "黄色", "黄"),
    "pink": ("pink", "粉色", "粉红色", "粉", "粉红"),
    "green": ("green", "绿色", "绿"),
    "blue": ("blue", "蓝色", "蓝"),
    "purple": ("purple", "violet", "紫色", "紫"),
}
NUMBERS = {1: ("one", "1", "一"), 2: ("two", "2", "两", "二"), 3: ("three", "3", "三")}
PLACES = {  # for one object alone
    "left": ("on the left", "on the left side", "左边", "左侧"),
    "right": ("on the right", "on the right side", "右边", "右侧"),
    "top": ("at the top", "上方", "顶部", "上面"),
    "bottom": ("at the bottom", "下方", "底部", "下面"),
    "middle": ("in the middle", "in the center", "中间", "中央"),
}
SIZES = {"small": ("small", "little", "tiny", "很小的"), "large": ("big", "large", "huge", "很大的")}
RELATIONS = {  # of the first object to the second: English between the two, then Chinese behind the second
    "left": ("to the left of", "left of", "on the left of", "左边", "左侧"),
    "right": ("to the right of", "right of", "on the right of", "右边", "右侧"),
    "above": ("above", "over", "on top of", "上面", "上方"),
    "below": ("below", "under", "beneath", "下面", "下方"),
    "beside": ("beside", "next to", "旁边"),
}
# Words that say nothing about the picture, with spaces between them
FILLERS = (
    "a an the of on in with and is are there at to side picture image photo drawing background some "
    "的 有 在 是 上 里 中 和 与 一张 一幅 图片 图 画 照片 底色 底 面 边 着 了 个 只 根 串 块 片 朵 辆 座 间 棵 颗 头"
)


def is_chinese(text: str) -> bool:
    """Whether the text has a Chinese character."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)
