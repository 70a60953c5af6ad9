"""One call as a picture: who spoke when, what was said, and where the time between question and answer went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_GUEST, _WAIT, _BOT, _CUT = "#2f7d4f", "#c8a93b", "#c0572b", "#7a1f12"


def draw(record: dict[str, Any], path: Path) -> None:
    """``record``: a row of the calls table."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    timeline = record["timeline"]
    seconds = timeline["length_ms"] / 1000
    figure, (lanes, stages) = pyplot.subplots(2, 1, figsize=(13, 5.2), gridspec_kw={"height_ratios": [1.5, 1]})
    busy = 0.0
    for event in timeline["events"]:
        at = event["at_ms"] / 1000
        if event["what"] == "bot":
            start = max(at, busy)
            busy = start + event["length_ms"] / 1000
            lanes.barh(0, event["length_ms"] / 1000, left=start, color=_BOT, height=0.55, edgecolor="white")
        elif event["what"] == "barge-in":
            busy = at
            lanes.axvline(at, color=_CUT, linestyle=":")
    for number, row in enumerate(timeline["utterances"]):
        start, end = row["start_ms"] / 1000, row["end_ms"] / 1000
        lanes.barh(1, end - start, left=start, color=_GUEST, height=0.55)
        lanes.barh(1, row["endpoint_ms"] / 1000, left=end, color=_WAIT, height=0.55)
        words = row["text"] if len(row["text"]) < 34 else row["text"][:32] + "…"
        lanes.text(start, 1.38 + 0.3 * (number % 3), words or "(noise)", fontsize=8)
    lanes.set(yticks=[0, 1], xlim=(0, seconds), ylim=(-0.5, 2.5), xlabel="seconds of the call")
    lanes.set_yticklabels(["assistant", "caller"])
    lanes.set_title("A call: caller (green), silence waited out (yellow), assistant (red)", fontsize=10, loc="left")
    known = [row for row in timeline["utterances"] if "processing" in row["stages"]]
    left = [0.0] * len(known)
    names = {"late": "recognition not ready", "dialogue": "dialogue", "synthesis": "synthesis"}
    for name, colour in zip(names, ("#5b8db8", "#39566b", "#e0a07a")):
        widths = [row["stages"].get(name, 0.0) for row in known]
        stages.barh(range(len(known)), widths, left=left, color=colour, height=0.6, label=names[name])
        left = [a + b for a, b in zip(left, widths)]
    stages.set(yticks=range(len(known)), xlabel="ms from the end of the turn to the assistant's first sound")
    stages.set_yticklabels([row["text"][:28] for row in known], fontsize=8)
    stages.invert_yaxis()
    stages.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    for axes in (lanes, stages):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
