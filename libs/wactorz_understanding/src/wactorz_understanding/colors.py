"""The names of colors that Home Assistant knows, which are those of CSS."""

_NAMES = (
    "alice blue, antique white, aqua, aquamarine, azure, beige, bisque, black, blanched almond, blue, "
    "blue violet, brown, burly wood, cadet blue, chartreuse, chocolate, coral, cornflower blue, cornsilk, "
    "crimson, cyan, dark blue, dark cyan, dark goldenrod, dark gray, dark green, dark khaki, dark magenta, "
    "dark olive green, dark orange, dark orchid, dark red, dark salmon, dark sea green, dark slate blue, "
    "dark slate gray, dark turquoise, dark violet, deep pink, deep sky blue, dim gray, dodger blue, fire brick, "
    "floral white, forest green, fuchsia, gainsboro, ghost white, gold, goldenrod, gray, green, green yellow, "
    "honeydew, hot pink, indian red, indigo, ivory, khaki, lavender, lavender blush, lawn green, lemon chiffon, "
    "light blue, light coral, light cyan, light goldenrod yellow, light gray, light green, light pink, "
    "light salmon, light sea green, light sky blue, light slate gray, light steel blue, light yellow, lime, "
    "lime green, linen, magenta, maroon, medium aquamarine, medium blue, medium orchid, medium purple, "
    "medium sea green, medium slate blue, medium spring green, medium turquoise, medium violet red, "
    "midnight blue, mint cream, misty rose, moccasin, navajo white, navy, old lace, olive, olive drab, orange, "
    "orange red, orchid, pale goldenrod, pale green, pale turquoise, pale violet red, papaya whip, peach puff, "
    "peru, pink, plum, powder blue, purple, red, rosy brown, royal blue, saddle brown, salmon, sandy brown, "
    "sea green, sea shell, sienna, silver, sky blue, slate blue, slate gray, snow, spring green, steel blue, "
    "tan, teal, thistle, tomato, turquoise, violet, wheat, white, white smoke, yellow, yellow green, "
)

_SPELLED = tuple(name for name in _NAMES.split(", ") if name)

COLORS: dict[str, str] = {
    said.replace("gray", gray): name.replace(" ", "")
    for name in _SPELLED
    for said in (name, name.replace(" ", ""))
    for gray in ("gray", "grey")
}
"""Every spelling of a color with its name: "light blue" and "lightblue" are lightblue."""
