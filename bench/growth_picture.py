"""The picture of a growth result: a panel for each dimension, as SVG. A flat line costs the same however far it grows."""

import math
from typing import Any

PANEL, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 190, 220, 56, 40, 40, 16
LABEL_GAP = 34  # pixels between the places of two labels
LINE = "#1f77b4"
TITLES = {
    "fields": ("CPU µs per value", "fields of an event", "us_per_value"),
    "items": ("CPU µs per value", "items of an event", "us_per_value"),
    "days": ("CPU µs per event", "days in one commit", "us_per_event"),
    "commits": ("µs per commit", "commits before", "us_per_commit"),
}


def label(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def panel(index: int, name: str, points: list[dict[str, float]]) -> list[str]:
    title, axis, field = TITLES[name]
    left = index * PANEL
    highest = max(point[field] for point in points)
    widest = math.log10(max(point["x"] for point in points) + 1)
    places = [(left + LEFT + math.log10(point["x"] + 1) / widest * (PANEL - LEFT - RIGHT),
               HEIGHT - BOTTOM - point[field] / highest * (HEIGHT - TOP - BOTTOM)) for point in points]
    lines = [
        f'<text x="{left + LEFT}" y="22" font-weight="600">{title}</text>',
        f'<text x="{left + LEFT}" y="{HEIGHT - 8}" fill="#57606a">{axis}</text>',
        f'<line x1="{left + LEFT}" y1="{HEIGHT - BOTTOM}" x2="{left + PANEL - RIGHT}" y2="{HEIGHT - BOTTOM}" stroke="#8c959f"/>',
        f'<polyline fill="none" stroke="{LINE}" stroke-width="2" points="'
        + " ".join(f"{x:.1f},{y:.1f}" for x, y in places) + '"/>',
    ]
    labelled = -LABEL_GAP
    for (x, y), point in zip(places, points, strict=True):
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{LINE}"/>')
        if x - labelled < LABEL_GAP and point is not points[-1]:
            continue
        labelled = x
        lines += [
            f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{label(point[field])}</text>',
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle" fill="#57606a">{point["x"]:,}</text>',
        ]
    return lines


def draw(result: dict[str, Any]) -> str:
    width = PANEL * len(result["series"])
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}"'
             ' font-family="system-ui, sans-serif" font-size="11" fill="#1f2328">',
             f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>']
    for index, (name, points) in enumerate(result["series"].items()):
        lines += panel(index, name, points)
    return "\n".join([*lines, "</svg>"]) + "\n"
