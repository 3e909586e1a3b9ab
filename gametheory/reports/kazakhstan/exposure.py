"""What exposure does: exact thresholds and their formulas, the sign of every effect and where it flips, limited against full aims."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.models.deterrence.payoffs import ACTIONS
from gametheory.reports import plots
from gametheory.reports.formulas import mathml
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import EXPOSURES, REACH, Analysis, Credibility, choices
from gametheory.reports.kazakhstan.behaviour import without_table
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.kazakhstan.signs import Effect, gain
from gametheory.reports.kazakhstan.statics import comparative_statics
from gametheory.reports.page import Section, listing, paragraph, table, text
from gametheory.sensitivity.arrangement import tidy

if TYPE_CHECKING:
    from gametheory.sensitivity.threshold_map import Breakpoint, Thresholds

__all__ = ["aims", "signs", "thresholds"]


# ---------------------------------------------------------------------------------------------------------------------
# Thresholds
# ---------------------------------------------------------------------------------------------------------------------
def thresholds(a: Analysis, book: Book) -> Section:
    """The exact thresholds of each exposure, as numbers and as formulas."""
    section = Section("Thresholds of investment", "thresholds")
    section.add(
        paragraph(
            "Each stock of investment moves alone, first over its own range, then from nothing to "
            f"{REACH} times its upper end. Every threshold at which anyone's equilibrium action changes is found exactly; there is no grid."
        )
    )
    for name in EXPOSURES:
        section.add(f"<h3>{w.named(a.space, name, first=True)}</h3>", *_along(a, name))
    picture = plots.thresholds([a.wide[name] for name in EXPOSURES], label=w.label, scheme=book.scheme(a))
    caption = "Who does what along each stock of investment, and what would answer the actions that are not taken. Lines: exact thresholds."
    section.add(book.figure("thresholds", picture, caption, title="Threshold strips of the three exposures"))
    section.add("<h3>When a reply is worth its cost</h3>", *_conditions(a, book))
    section.add("<h3>What if there were none?</h3>", without_table(a))
    for name in EXPOSURES:
        book.table(f"thresholds-{name}", _exact_frame(a.wide[name].to_frame()))
    book.table("thresholds-all-parameters", _all_thresholds(a))
    return section


def _along(a: Analysis, name: str) -> list[str]:
    near, far, normal = a.maps.get(name), a.wide[name], a.normal_lines.get(name)
    parameter = a.space[name]
    sentences: list[str] = []
    items: list[str] = []
    if near is not None:
        if near.breakpoints:
            values = w.joined(w.exact(v) for v in near.points)
            sentences.append(f"Within its range the equilibrium changes at {values} {text(parameter.unit)}.")
        else:
            sentences.append(
                f"Within its range, {w.span(parameter, parameter.low, parameter.high)}, "
                "nobody's equilibrium action changes."
            )
    outside = [p for p in far.breakpoints if not parameter.low <= p.value <= parameter.high]
    if outside:
        where = w.joined(w.exact(p.value) for p in outside)
        sentences.append(
            f"Outside it, from {w.span(parameter, far.low, far.high)}, the equilibrium changes at {where}."
        )
    elif not far.breakpoints:
        sentences.append(f"Nor does anything change outside it, from {w.span(parameter, far.low, far.high)}.")
    inside = list(near.breakpoints) if near is not None else []
    for point in [*inside, *outside]:
        items += _turns(point)
    if normal is not None:
        points = w.joined(w.exact(v) for v in normal.points)
        sentences.append(
            f"If all three move at once, the equilibria change at {points}."
            if normal.points
            else "If all three move at once, the equilibria are of the same kinds over the whole range."
        )
    return [paragraph(sentences), listing(items)]


def _turns(point: Breakpoint) -> Iterator[str]:
    """Who is indifferent at a threshold, with the formula."""
    for turn in point.indifferences:
        place = f", after <em>{text(turn.infoset)}</em>," if turn.infoset not in ("", "start") else ""
        words = f"At {w.exact(point.value)}{place} {_who(turn.player)} is indifferent between {text(turn.action)} and {text(turn.instead)}"
        if turn.threshold is None:
            yield f'{words}, where:<div class="formula scroll">{mathml(0, left=tidy(turn.gain), block=True)}</div>'
        else:
            formula = mathml(tidy(turn.threshold), left=scalars.symbol(turn.name), block=True)
            yield f'{words}:<div class="formula scroll">{formula}</div>'


def _conditions(a: Analysis, book: Book) -> list[str]:
    import pandas as pd

    rows, frame = [], []
    for c in a.credibility:
        exposure = _own(c)
        rows.append(
            [
                f"{c.player}: {c.reply}",
                c.action,
                f"{_other(c.player)} {w.third_person(c.given)}",
                w.exact(c.gain),
                _condition(a, c, exposure),
                _sign(c.effect.sign),
            ]
        )
        frame.append(
            {
                "player": c.player, "reply": c.reply, "to": c.action, "given": f"{_other(c.player)}: {c.given}",
                "gain_at_baseline": str(c.gain), "exposure": exposure,
                "threshold": "" if c.threshold is None else str(c.threshold),
                "worth_it": {1: "above", -1: "below", 0: "never changes"}[c.above],
                "formula": "" if c.formula is None else str(tidy(c.formula)),
            }
        )  # fmt: skip
    book.table("conditions", pd.DataFrame(frame))
    worth = [c for c in a.credibility if c.gain >= 0]
    if worth:
        told = w.joined(
            f"{c.player} {c.reply} after {c.action} if {_other(c.player)} {c.given}s" for c in worth
        )
        sentence = f"At the baseline these replies are worth their cost: {text(told)}."
    else:
        sentence = "At the baseline no reply is worth its cost, whatever the other defender does."
    head = [
        "Reply instead of acquiescing",
        "to",
        "given that",
        "worth now, USD bn",
        "worth its cost if",
        "further exposure",
    ]
    formulas = [
        f"<p>{text(c.player)}: {text(c.reply)} after {text(c.action)} if {_other(c.player)} {text(c.given)}s</p>"
        f'<div class="formula scroll">{mathml(tidy(c.formula), left=scalars.symbol(_own(c)), block=True)}</div>'
        for c in a.credibility
        if c.formula is not None and c.reply != "sanction"
    ]
    return [
        paragraph(sentence),
        table(head, rows, caption="The reply of one defender, that of the other being given.", numbers=(3,)),
        f"<details><summary>The same conditions in all parameters</summary>{''.join(formulas)}</details>",
    ]


def _other(player: str) -> str:
    return "China" if player == "West" else "the West"


def _who(player: str) -> str:
    return f"the {player}" if player == "West" else text(player)


def _own(c: Credibility) -> str:
    """The defender's own exposure."""
    return "E_W" if c.player == "West" else "E_C"


def _condition(a: Analysis, c: Credibility, exposure: str) -> str:
    symbol = f"<code>{exposure}</code>"
    if c.threshold is None or c.above == 0:
        return "always" if c.gain >= 0 else "never, at any exposure"
    if c.threshold < 0:
        return "always" if c.above > 0 else "never, at any exposure"
    sign = "&gt;" if c.above > 0 else "&lt;"
    parameter = a.space[exposure]
    inside = "" if parameter.low <= c.threshold <= parameter.high else " (outside the range)"
    return f"{symbol} {sign} {w.rounded(c.threshold)}{inside}"


def _sign(sign: int) -> str:
    return {1: "makes it more credible", -1: "makes it less credible", 0: "changes nothing"}[sign]


def _exact_frame(frame: Any) -> Any:
    made = frame.copy()
    for column in made.columns:
        if made[column].dtype == object and column not in ("where", "play"):
            made[column] = [str(value) for value in made[column]]
    return made


def _all_thresholds(a: Analysis) -> Any:
    import pandas as pd

    rows = []
    for name, found in a.maps.items():
        for point in found.breakpoints:
            turns = "; ".join(
                f"{t.player} [{t.infoset}] {t.action} or {t.instead}" for t in point.indifferences
            )
            formulas = "; ".join(
                str(tidy(t.threshold)) for t in point.indifferences if t.threshold is not None
            )
            rows.append([name, a.space[name].unit, str(point.value), float(point.value), turns, formulas])
    return pd.DataFrame(
        rows, columns=["parameter", "unit", "threshold", "threshold_decimal", "indifferent", "formula"]
    )


# ---------------------------------------------------------------------------------------------------------------------
# Signs
# ---------------------------------------------------------------------------------------------------------------------
def signs(a: Analysis, book: Book) -> Section:
    """The sign of every exposure's effect, and where it flips."""
    section = Section("Which way investment pushes, and where that flips", "signs")
    section.add(
        paragraph(
            "An exposure acts on Russia in two ways: directly, as what Russia itself stands to lose or to be punished with, and through "
            "the defenders, whose replies it makes more or less worth their cost. All effects are polynomials in the parameters, of "
            "degree one in each, so their sign over the whole box of ranges is known exactly."
        ),
        "<h3>Directly on Russia</h3>",
        _direct_table(a),
        "<h3>Through the defenders</h3>",
        listing(_transit_sentences(a)),
        _indirect_table(a),
        "<h3>Replies as substitutes and complements</h3>",
        paragraph(_substitute_sentences(a)),
        paragraph(_evasion_sentences(a)),
        *comparative_statics(a, book),
    )
    book.table("signs", _sign_frame(a))
    return section


def _box(e: Effect) -> str:
    if e.least == e.greatest == 0:
        return "0 everywhere"
    span = f"{w.short(e.least, 2)} to {w.short(e.greatest, 2)}"
    if e.least >= 0:
        return f"{'positive' if e.least > 0 else 'never negative'}: {span}"
    if e.greatest <= 0:
        return f"{'negative' if e.greatest < 0 else 'never positive'}: {span}"
    return f"either sign: {span}"


def _flips(e: Effect) -> str:
    return (
        w.joined(f"<code>{turn.name}</code> {w.equals(turn.value)}" for turn in e.turns)
        or "nowhere, one parameter at a time"
    )


def _direct_table(a: Analysis) -> str:
    rows = []
    for (action, name), e in a.direct.items():
        meaning = {1: "makes it more attractive", -1: "makes it less attractive", 0: "no effect"}[e.sign]
        rows.append([w.exposure_name(name), f"the {action} action", w.exact(e.baseline), meaning, _box(e)])
    head = ["One more dollar of", "changes the worth to Russia of", "by", "", "over the whole box"]
    return table(
        head, rows, caption="The replies being those of the equilibrium at the baseline.", numbers=(2,)
    )


def _indirect_table(a: Analysis) -> str:
    rows = []
    for c in a.credibility:
        if c.reply == "sanction":
            continue
        rows.append(
            [
                f"{c.player}: {c.reply}",
                f"the {c.action} action",
                f"{_other(c.player)} {w.third_person(c.given)}",
                w.exact(c.effect.baseline),
                _sign(c.effect.sign),
                _box(c.effect),
                _flips(c.effect),
            ]
        )
    head = ["Reply", "to", "if", "one more dollar adds", "", "over the whole box", "The sign flips at"]
    caption = "What one more dollar of the defender's own investment adds to the worth of its reply."
    return table(head, rows, caption=caption, numbers=(3,))


def _pick(a: Analysis, player: str, action: str, reply: str, given: str) -> Credibility:
    return next(
        c for c in a.credibility if (c.player, c.action, c.reply, c.given) == (player, action, reply, given)
    )


def _transit_sentences(a: Analysis) -> list[str]:
    sentences = []
    for action in ACTIONS:
        c = _pick(a, "West", action, "support", "acquiesce")
        turn = next((t for t in c.effect.turns if t.name == "transit"), None)
        start = (
            f"After the {action} action western investment {_sign(c.effect.sign).replace('it', 'support')}"
        )
        if turn is None:
            sentences.append(f"{start}, at every value of <code>transit</code> within its range.")
        else:
            now = a.space["transit"].baseline
            formula = mathml(tidy(turn.formula), left=scalars.symbol("transit"), block=True)
            sentences.append(
                f"{start}. The sign flips at <code>transit</code> {w.equals(turn.value)} (now {w.exact(now)}); past that value the same "
                "investment, held hostage by the pipeline through Russia, makes the reply less credible. In all parameters it is"
                f'<div class="formula scroll">{formula}</div>'
            )
    return sentences


def _substitute_sentences(a: Analysis) -> list[str]:
    sentences = [
        "The replies are substitutes in that each lowers the chance of success that is left for the other to lower."
    ]
    for action in ACTIONS:
        alone, both = (_pick(a, "West", action, "support", given) for given in ("acquiesce", "oppose"))
        china, after = (_pick(a, "China", action, "oppose", given) for given in ("acquiesce", "support"))
        sentences.append(
            f"After the {action} action support is worth {w.short(alone.gain)} to the West if China acquiesces and "
            f"{w.short(both.gain)} if it opposes; opposition is worth {w.short(china.gain)} to China if the West acquiesces and "
            f"{w.short(after.gain)} if it supports."
        )
        if alone.gain >= 0 > both.gain:
            sentences.append("So China's opposition would take away the West's reason to reply.")
    return sentences


def _evasion_sentences(a: Analysis) -> list[str]:
    """What China's opposition adds to western sanctions."""
    here = a.space.baseline
    saved = -scalars.evaluate(
        gain(a.space, "full", "Russia", west=("sanction", "sanction"), china=("acquiesce", "oppose"))
        - gain(a.space, "full", "Russia", west=("acquiesce", "acquiesce"), china=("acquiesce", "oppose")),
        {**here, "r_S": here["r_S"] * 0},
    )
    if saved == 0:
        return [
            "Evasion is nil, so that western sanctions hurt Russia as much whether China acquiesces or opposes."
        ]
    return [
        f"They are complements through evasion: with China acquiescing, Russia escapes {w.short(here['evade'] * 100)} % of the western "
        f"sanctions; China's opposition would close that way and add {w.money(saved)} to their damage."
    ]


def _sign_frame(a: Analysis) -> Any:
    import pandas as pd

    rows = []
    for (action, name), e in a.direct.items():
        rows.append([name, f"worth of {action} to Russia", *_numbers(e)])
    for c in a.credibility:
        name = "E_W" if c.player == "West" else "E_C"
        rows.append(
            [name, f"worth of {c.reply} to {c.player} after {c.action}, given {c.given}", *_numbers(c.effect)]
        )
    return pd.DataFrame(
        rows, columns=["exposure", "effect_on", "at_baseline", "least_in_box", "greatest_in_box", "flips"]
    )


def _numbers(e: Effect) -> list[str]:
    flips = "; ".join(f"{turn.name} = {turn.value}" for turn in e.turns)
    return [str(e.baseline), str(e.least), str(e.greatest), flips]


# ---------------------------------------------------------------------------------------------------------------------
# Limited against full aims
# ---------------------------------------------------------------------------------------------------------------------
def aims(a: Analysis, book: Book) -> Section:
    """Limited against full aims."""
    section = Section("Limited against full aims", "aims")
    rows = []
    for action in ACTIONS:
        for equilibrium in a.after[action]:
            chances = equilibrium.outcome_probabilities()
            rows.append(
                [
                    f"the {action} action",
                    w.exact(equilibrium.payoffs["Russia"]),
                    w.exact(chances.get(f"{action}: success", 0)),
                    text(w.replies(a.after[action])),
                    w.exact(a.space[f"reach_{ACTIONS[action]}"].baseline),
                ]
            )
    section.add(
        paragraph(_aims_sentences(a)),
        table(
            ["", "worth to Russia, USD bn", "chance of success", "replies", "share of the stocks in reach"],
            rows,
            caption="What each action brings Russia, given the replies that follow it.",
            numbers=(1, 2, 4),
        ),
    )
    for action in ACTIONS:
        moved = [a.worth[action, name] for name in EXPOSURES if not _flat(a.worth[action, name])]
        still = [w.exposure_name(name) for name in EXPOSURES if _flat(a.worth[action, name])]
        if still:
            section.add(
                paragraph(
                    f"What the {action} action is worth to Russia does not depend on {w.joined(still, 'or')}."
                )
            )
        if not moved:
            continue
        picture = plots.thresholds(
            moved, outcome="payoff: Russia", title=f"What the {action} action is worth to Russia"
        )
        caption = f"The worth of the {action} action to Russia, given the replies to it; below 0 it is deterred. Dashed: exact thresholds."
        section.add(
            book.figure(f"worth-{action}", picture, caption, title=f"Worth of the {action} action to Russia")
        )
    return section


def _flat(found: Thresholds) -> bool:
    """Whether Russia's payoff is the same all along."""
    least, greatest = found.range("payoff: Russia")
    return bool(least == greatest)


def _aims_sentences(a: Analysis) -> list[str]:
    worth = {action: sorted({e.payoffs["Russia"] for e in a.after[action]}, key=float) for action in ACTIONS}
    sentences = []
    for action in ACTIONS:
        state = "may or may not be deterred"
        if all(v < 0 for v in worth[action]):
            state = "is deterred"
        elif all(v > 0 for v in worth[action]):
            state = "is not deterred"
        values = w.joined((w.short(v) for v in worth[action]), "or")
        sentences.append(f"The {action} action {state}: given the replies it is worth {values} to Russia.")
    away = [row for row in a.switches if choices(row.becomes) == ("refrain",)]
    if "refrain" not in a.choices:
        if away:
            told = w.joined(
                f"<code>{row.name}</code> {'above' if row.above else 'below'} {w.rounded(row.value)}"
                for row in away
            )
            sentences.append(f"Moved alone, these would make Russia refrain altogether: {told}.")
        else:
            sentences.append("No parameter, moved alone within its range, makes Russia refrain altogether.")
    onward = [row for row in a.switches if "full" in choices(row.becomes)]
    if "full" not in a.choices:
        if onward:
            told = w.joined(
                f"<code>{row.name}</code> {'above' if row.above else 'below'} {w.rounded(row.value)}"
                for row in onward
            )
            sentences.append(f"These would make it take the full action: {told}.")
        else:
            sentences.append("None makes it take the full action.")
    return sentences
