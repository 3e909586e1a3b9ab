"""The answer, and who does what at the baseline: in every form and order, with trees and payoff tables."""

from __future__ import annotations

from typing import Any

from gametheory.equilibria.result import EquilibriumSet
from gametheory.games.conversion import strategic_form
from gametheory.models.deterrence.payoffs import ACTIONS
from gametheory.reports import plots
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import EXPOSURES, ORDERS, Analysis, choices
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.kazakhstan.levers import sentence
from gametheory.reports.kazakhstan.register import counts_sentence
from gametheory.reports.kazakhstan.robustness import headline
from gametheory.reports.page import Section, listing, paragraph, table, text
from gametheory.solvers.nash import nash_equilibria

__all__ = ["answer", "baseline", "summary_sentences", "verdict"]

_AIM = {"refrain": 0, "limited": 1, "full": 2}
_FORM = {
    "simultaneous": "Russia moves; the West and China reply at once",
    "west_first": "Russia moves; the West replies, then China",
    "china_first": "Russia moves; China replies, then the West",
}


def verdict(a: Analysis) -> str:
    """The question answered in a sentence, by comparison with a Kazakhstan without foreign investment."""
    now, then = a.choices, choices(a.without["all"][0])
    if len(now) != 1 or len(then) != 1:
        return (
            "The numbers do not settle whether investment deters Russia: with the investments as they are Russia "
            f"{w.russia(a.baseline)}; with none of them it {_would(a.without['all'][0])}."
        )
    here, there = now[0], then[0]
    if _AIM[here] > _AIM[there]:
        return (
            f"On these numbers, no: the investments make matters worse. Without any of them Russia {_would(a.without['all'][0])}; "
            f"with them it {w.russia(a.baseline)}."
        )
    if here == there:
        end = "what deters it is something else" if here == "refrain" else "the investments do not deter it"
        return f"On these numbers, no: Russia {w.russia(a.baseline)}, and without any foreign investment it would do the same; {end}."
    if here == "refrain":
        return (
            "On these numbers, yes: with the investments as they are Russia refrains, and with none of them it "
            f"{_would(a.without['all'][0])}."
        )
    return (
        f"On these numbers, in part: the investments together turn Russia from {w.describe_choices(then)} to "
        f"{w.describe_choices(now)}, but do not make it refrain."
    )


def _would(found: EquilibriumSet) -> str:
    return w.russia(found).replace("takes", "would take").replace("refrains", "would refrain")


def summary_sentences(a: Analysis) -> list[str]:
    """The main results, one sentence each, as plain text."""
    return [*_play_sentences(a), *_firmness_sentences(a)]


def _play_sentences(a: Analysis) -> list[str]:
    """What is done, what the other action would bring, and what investment has to do with it."""
    others = [_other_action(a, action) for action in ACTIONS if action not in a.choices]
    return [_baseline_sentence(a), *others, *_absence_sentences(a), _exposures_sentence(a)]


def _firmness_sentences(a: Analysis) -> list[str]:
    """Which way exposure pushes, how firm the answer is, and what came of the claims."""
    return [said for said in (_sign_sentence(a), headline(a), sentence(a), counts_sentence(a)) if said]


def _baseline_sentence(a: Analysis) -> str:
    start = f"At the baseline Russia {w.russia(a.baseline)}"
    payoffs = _worth(a.baseline)
    if a.choices == ("refrain",):
        return f"{start}."
    gains = (
        w.joined((w.amount(value) for value in payoffs), "or")
        .replace("gain", "gains")
        .replace("lose", "loses")
    )
    if len(a.choices) == 1:
        return f"{start}: {w.replies(a.baseline, a.choices)}, and Russia {gains}."
    return f"{start}, and {gains}."


def _other_action(a: Analysis, action: str) -> str:
    found = a.after[action]
    gains = w.joined((w.amount(value) for value in _worth(found)), "or")
    return f"By the {action} action it would {gains}: {_conditional(w.replies(found))}."


def _conditional(words: str) -> str:
    """Replies as what would happen."""
    for now, then in (
        ("acquiesces", "would acquiesce"),
        ("acquiesce and", "would acquiesce and"),
        ("imposes sanctions and arms", "would impose sanctions and arm"),
        ("imposes sanctions", "would impose sanctions"),
        ("opposes", "would oppose"),
        ("China acquiesce", "China would acquiesce"),
        ("mixes", "would mix"),
    ):
        if then not in words:
            words = words.replace(now, then)
    return words


def _absence_sentences(a: Analysis) -> list[str]:
    """What would be otherwise without the investment of one power, where anything would."""
    sentences = []
    for name in EXPOSURES:
        whole, parts = a.without[name]
        if choices(whole) != a.choices:
            sentences.append(f"Without {w.exposure_name(name)} alone it {_would(whole)}.")
            continue
        for action in ACTIONS:
            there = w.replies(parts[action])
            if there != w.replies(a.after[action]):
                gains = w.joined((w.amount(value) for value in _worth(parts[action])), "or")
                sentences.append(
                    f"Without {w.exposure_name(name)} alone it would do the same, although by the {action} action it would then {gains}: "
                    f"{_conditional(there)}."
                )
    return sentences


def _worth(found: EquilibriumSet) -> list[Any]:
    """What Russia gets in the equilibria, each value once."""
    return sorted({equilibrium.payoffs["Russia"] for equilibrium in found}, key=float)


def _exposures_sentence(a: Analysis) -> str:
    """Whether Russia's action changes along the range of each exposure."""
    moving = {name: [row.value for row in a.switches if row.name == name] for name in EXPOSURES}
    changes = [
        f"{w.exposure_name(name)} at {w.joined(w.short(v) for v in sorted(values))}"
        for name, values in moving.items()
        if values
    ]
    if not changes:
        return "Moving any one of the three stocks of investment over its whole range changes nothing in what Russia does."
    rest = [w.exposure_name(name) for name, values in moving.items() if not values]
    other = f"; {w.joined(rest)} nowhere" if rest else ""
    return f"Within their ranges Russia's action changes with {w.joined(changes)}{other}."


def _sign_sentence(a: Analysis) -> str:
    """What one more dollar of western investment does to the worth of a full reply, after either action."""
    words = []
    for action in ACTIONS:
        row = next(
            c
            for c in a.credibility
            if (c.player, c.action, c.reply, c.given) == ("West", action, "support", "acquiesce")
        )
        size = f"USD {w.short(abs(row.effect.baseline), 2)}"
        turn = {1: "raises", -1: "lowers", 0: "leaves unchanged"}[row.effect.sign]
        by = f" by {size}" if row.effect.sign else ""
        words.append(f"{turn} it{by} after the {action} action")
    return f"A further dollar of western investment changes what support is worth to the West: it {w.joined(words)}."


def answer(a: Analysis) -> str:
    """The box on top of the page: the answer with what it rests on, then the other main results."""
    play, rest = _play_sentences(a), _firmness_sentences(a)
    strong = paragraph(f"<strong>{text(verdict(a))}</strong>")
    return f'<div class="answer">{strong}{paragraph(map(text, play))}</div>{listing(map(text, rest))}'


# ---------------------------------------------------------------------------------------------------------------------
# Section 1
# ---------------------------------------------------------------------------------------------------------------------
def baseline(a: Analysis, book: Book) -> Section:
    """Equilibria at the baseline."""
    section = Section("What happens at the baseline", "baseline")
    section.add(_same_in_all_orders(a), _forms_table(a))
    for order in ORDERS:
        found = a.equilibria[order]
        title = a.models[order].game.title
        caption = (
            f"{text(_FORM[order])}. {len(found)} subgame-perfect equilibri{'um' if len(found) == 1 else 'a'}"
            f"{'; the first is marked' if len(found) > 1 else ''}. Payoffs in USD bn, relative to the status quo."
        )
        picture = plots.tree(a.models[order].at(), found[0], title=title)  # type: ignore[arg-type]  # these orders are trees
        drawn = book.figure(
            f"tree-{order.replace('_', '-')}", picture, caption, title=f"Game tree: {title}", least=860
        )
        if order == ORDERS[0]:
            section.add(
                "<h3>The tree</h3>", drawn, *_stage_tables(a, book), "<h3>If one of them replies first</h3>"
            )
        else:
            section.add(f"<details open><summary>{text(_FORM[order])}</summary>{drawn}</details>")
    section.add("<h3>If all three move at once</h3>", *_normal_form(a, book))
    book.table("equilibria", _frame(a))
    return section


def _same_in_all_orders(a: Analysis) -> str:
    told = {order: w.russia(found) for order, found in a.equilibria.items()}
    if len(set(told.values())) == 1:
        return paragraph(f"Whoever replies first, Russia {next(iter(told.values()))}.")
    return paragraph([f"{text(_FORM[order])}: Russia {words}." for order, words in told.items()])


def _forms_table(a: Analysis) -> str:
    rows = []
    for order, found in a.equilibria.items():
        for k, equilibrium in enumerate(found, 1):
            name = _FORM[order] + (f" ({k})" if len(found) > 1 else "")
            payoffs = [w.exact(equilibrium.payoffs[player]) for player in ("Russia", "West", "China")]
            note = "one of a continuum" if equilibrium.continuum else ""
            rows.append([text(name), text(w.label(equilibrium)), *payoffs, note])
    for k, equilibrium in enumerate(a.normal_equilibria, 1):
        payoffs = [w.exact(equilibrium.payoffs[player]) for player in ("Russia", "West", "China")]
        note = "one of a continuum" if equilibrium.continuum else ""
        rows.append([f"All at once ({k})", text(equilibrium.play), *payoffs, note])
    return table(
        ["Form", "What is done, and what would be", "Russia", "West", "China", ""],
        rows,
        caption="Equilibria at the baseline; payoffs in USD bn.",
        numbers=(2, 3, 4),
    )


def _stage_tables(a: Analysis, book: Book) -> list[str]:
    parts = ["<h3>What the replies are worth</h3>"]
    for action in ACTIONS:
        tree: Any = a.after[action][0].game if len(a.after[action]) else None
        if tree is None:
            continue
        form = strategic_form(tree)
        found = nash_equilibria(form)
        caption = f"If Russia takes the {action} action: {text(_conditional(w.replies(a.after[action])))}. Expected payoffs in USD bn."
        picture = plots.payoff_table(form, found, title=f"After the {action} action")
        parts.append(
            book.figure(
                f"replies-{action}",
                picture,
                caption,
                title=f"Payoff table after the {action} action",
                least=480,
            )
        )
    return parts


def _normal_form(a: Analysis, book: Book) -> list[str]:
    found, game = a.normal_equilibria, a.normal.at()
    acts = sorted({e.support["Russia"] for e in found})
    told = w.joined((" or ".join(actions) for actions in acts), "or")
    count = len(found)
    pure = sum(equilibrium.is_pure for equilibrium in found)
    sentences = [
        "Here Russia acts in full or refrains, the West gives full support or acquiesces, and China opposes or acquiesces.",
        f"Equilibria listed: {pure} in pure strategies and {count - pure} in mixed ones; Russia's action in them: {text(told)}."
        if count
        else "No equilibrium is known.",
        "Threats cost nothing when they are not carried out, so this form asks only that they fit together; the tree asks that they be "
        "worth carrying out.",
    ]
    if not found.complete:
        sentences.append(f"Not all equilibria are known: {text(found.reason)}.")
    picture = plots.payoff_table(game, found)  # type: ignore[arg-type]  # this order is a table
    caption = "All three at once. Expected payoffs in USD bn."
    drawn = book.figure(
        "all-at-once", picture, caption, title="Payoff table of the simultaneous form", least=480
    )
    return [paragraph(sentences), drawn, *_normal_lines(a, book)]


def _normal_lines(a: Analysis, book: Book) -> list[str]:
    """How the equilibria of the simultaneous form move along single parameters: followed as branches."""
    import pandas as pd

    lines = a.normal_lines
    pieces = [(name, piece) for name, found in lines.items() for b in found.branches for piece in b.pieces]
    mixing = [
        name
        for name, piece in pieces
        if not piece.equilibrium.continuum
        and sum(len(s) > 1 for s in piece.equilibrium.support.values()) == 3
    ]
    moving = [name for name, found in lines.items() if found.points]
    sentences = [
        f"Each of its {len(lines)} parameters moved alone, with every equilibrium followed as a branch: "
        f"{len(moving)} change which equilibria there are.",
        f"Along {w.joined(f'<code>{name}</code>' for name in dict.fromkeys(mixing))} there is an equilibrium in which all three mix."
        if mixing
        else "Along none of them is there an isolated equilibrium in which all three mix; the mixed ones are continua of threats that cost "
        "nothing while Russia refrains.",
    ]
    gaps = dict.fromkeys(found.reason for found in lines.values() if not found.complete)
    parts = [paragraph(sentences), paragraph([f"Not complete: {text(reason)}." for reason in gaps], "note")]
    if lines:
        frame = pd.concat([found.to_frame().assign(parameter=name) for name, found in lines.items()])
        book.table("all-at-once-branches", frame.astype(str))
    for name in [row for row in dict.fromkeys([*_acting(a), *moving]) if row in moving][:2]:
        title = f"All at once, along {name}"
        picture = plots.line_map(lines[name], "P(Russia: act)", title=title)
        points = w.joined(w.exact(value) for value in lines[name].points)
        caption = (
            f"The chance that Russia acts in each equilibrium along {w.named(a.space, name)}; the equilibria change at {points}. "
            "Solid: index +1; dashed: index −1; dotted: within a continuum."
        )
        parts.append(book.figure(f"all-at-once-{name}", picture, caption, title=title, least=520))
    return parts


def _acting(a: Analysis) -> list[str]:
    """The parameters that make acting an equilibrium of the simultaneous form, or end it, the nearest first."""
    shares = {}
    for name, found in a.normal_lines.items():
        parameter = a.space[name]
        ends = [
            branch.high if branch.death != "range" else branch.low
            for branch in found.branches
            if any("act" in piece.equilibrium.support["Russia"] for piece in branch.pieces)
            and (branch.birth, branch.death) != ("range", "range")
        ]
        if ends:
            distance = min(abs(float(end) - float(parameter.baseline)) for end in ends)
            shares[name] = distance / float(parameter.high - parameter.low)
    return sorted(shares, key=lambda name: shares[name])


def _frame(a: Analysis) -> Any:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    sets: dict[str, EquilibriumSet] = {**a.equilibria, "all at once": a.normal_equilibria}
    for form, found in sets.items():
        for k, e in enumerate(found, 1):
            rows.append(
                {
                    "form": form,
                    "equilibrium": k,
                    "play": e.play,
                    **{f"payoff: {player}": str(value) for player, value in e.payoffs.items()},
                    **{f"payoff: {player} (decimal)": float(value) for player, value in e.payoffs.items()},
                    "continuum": e.continuum,
                    "complete": found.complete,
                }
            )
    return pd.DataFrame(rows)


def without_table(a: Analysis) -> str:
    """What would happen without some of the investments."""
    names = {"": "as it is", **{n: f"no {w.exposure_name(n)}" for n in EXPOSURES}, "all": "none of the three"}
    rows = []
    for key, title in names.items():
        whole, parts = a.without[key]
        values = [
            w.joined(
                (w.exact(v) for v in sorted({e.payoffs["Russia"] for e in parts[action]}, key=float)), "or"
            )
            for action in ACTIONS
        ]
        rows.append(
            [
                title,
                w.russia(whole),
                values[0],
                text(w.replies(parts["limited"])),
                values[1],
                text(w.replies(parts["full"])),
            ]
        )
    return table(
        ["Investment", "Russia", "Limited brings Russia", "because", "Full brings Russia", "because"],
        rows,
        caption="What if there were none? The value of each action to Russia, in USD bn, given the replies to it.",
        numbers=(2, 4),
    )


def changes_note(a: Analysis) -> str:
    """What the user changed, for the top of the page."""
    if not a.changes:
        return ""
    items = []
    for change in a.changes:
        note = " (its range was widened to hold it)" if change.widened else ""
        items.append(
            f"{w.named(a.space, change.name)}: {w.exact(change.after)} instead of {w.exact(change.before)}{note}"
        )
    return f'<div class="warning"><p><strong>Not the baseline of the case.</strong> Changed for this run:</p>{listing(items)}</div>'
