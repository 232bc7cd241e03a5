"""The picture of a result file: a bar for each system's CPU-seconds per million events, as SVG."""

from html import escape
from typing import Any

from results import figures

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 760, 290, 90, 44, 34, 20
OURS, OTHERS, LIMIT = "#1f77b4", "#9aa5b1", "#d0d7de"


def color_of(name: str) -> str:
    if name.startswith("Calve"):
        return OURS
    return LIMIT if "limit" in name else OTHERS


def draw(result: dict[str, Any]) -> str:
    found = figures(result)
    scale = (WIDTH - LEFT - RIGHT) / found[-1].cpu_seconds_per_million
    height = TOP + ROW * len(found) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        '<text x="12" y="24" font-size="15" font-weight="600" fill="#1f2328">CPU-seconds per million events, Kafka to'
        " Iceberg (less is better)</text>",
    ]
    for row, one in enumerate(found):
        top = TOP + row * ROW
        width = max(one.cpu_seconds_per_million * scale, 1)
        middle = top + BAR * 0.75
        lines += [
            f'<text x="{LEFT - 8}" y="{middle:.0f}" text-anchor="end" fill="#1f2328">{escape(one.name)}</text>',
            f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{color_of(one.name)}"/>',
            f'<text x="{LEFT + width + 6:.1f}" y="{middle:.0f}" fill="#1f2328">'
            f"{one.cpu_seconds_per_million:.2f}</text>",
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
