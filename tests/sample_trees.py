"""Trees that several test files build."""

from __future__ import annotations

from gametheory.games import Chance, Decision, Node, Outcome, simultaneous

END = Outcome(A=0, B=0)


def under(node: Node) -> Decision:
    return Decision("A", {"wait": END, "act": Decision("B", {"go": node})})


def chance(*probabilities: object) -> Chance:
    return Chance({f"c{k}": (p, END) for k, p in enumerate(probabilities)})


def tripwire() -> Decision:
    return Decision("Russia", {
        "refrain": Outcome("status quo", Russia=0, West=0),
        "act": Decision("West", {
            "acquiesce": Outcome(Russia=50, West=-67),
            "respond": Chance({
                "success": ("2/5", Outcome("success", Russia=10, West=-80)),
                "failure": ("3/5", Outcome("failure", Russia=-40, West=-50)),
            }),
        }),
    })  # fmt: skip


def stage_after(label: str) -> Decision:
    return simultaneous(
        {"West": ["acquiesce", "support"], "China": ["acquiesce", "oppose"]},
        lambda west, china: Outcome(f"{label}: {west}, {china}", Russia=len(west), West=0, China=len(china)),
    )


def chain(length: int) -> Node:
    node: Node = Outcome("end", Ann=0, Bob=0)
    for k in range(length):
        node = Decision(("Ann", "Bob")[k % 2], {"go": node, "stop": Outcome(Ann=k, Bob=-k)})
    return node
