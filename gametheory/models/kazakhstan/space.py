"""The numbers of the case: every parameter with its range, its basis and the facts that it rests on.

Money is in billions of US dollars, the rest are shares and chances. Three numbers are measured (the stocks of
foreign investment by origin), one is computed from a published estimate (what sanctions cost the West); all
others are assumptions, some with a fact as an order of magnitude, and say so in their `basis`. The ranges are
meant to be wide: what holds over all of them does not hang on the assumptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gametheory.parameters import Parameter, ParameterSpace

if TYPE_CHECKING:
    from gametheory.parameters.parameter import Role

__all__ = ["space"]

_USD = "USD bn"
_STOCK = "kazakhstan_inward_fdi_stock_2021"
_AID = (
    "europe_total_aid_allocated_to_ukraine_feb_2022_feb_2024",
    "united_states_total_aid_allocated_to_ukraine_feb_2022_feb_2024",
)
_BASE_RATES = (
    "base_rate_hufbauer_schott_elliott_sanctions_success_1990_ed_1914_1990",
    "base_rate_sanctions_success_hufbauer_restatement_20th_c_2014",
    "base_rate_gsdb_success_range_quoted_by_authors_1950_2019",
)
_WAR = "russia_direct_military_cost_of_war_feb_sep_2022"
_MINING = "kazakhstan_mining_and_quarrying_share_of_inward_fdi_stock_end_2021"


def _lever(
    name: str, baseline: Any, low: Any, high: Any, description: str, basis: str, *facts: str
) -> Parameter:
    return _parameter(name, baseline, low, high, _USD, "lever", description, basis, facts)


def _money(
    name: str, baseline: Any, low: Any, high: Any, description: str, basis: str, *facts: str
) -> Parameter:
    return _parameter(name, baseline, low, high, _USD, "uncertainty", description, basis, facts)


def _share(
    name: str, baseline: Any, low: Any, high: Any, description: str, basis: str, *facts: str
) -> Parameter:
    return _parameter(name, baseline, low, high, "share", "uncertainty", description, basis, facts)


def _parameter(
    name: str,
    baseline: Any,
    low: Any,
    high: Any,
    unit: str,
    role: Role,
    description: str,
    basis: str,
    facts: tuple[str, ...],
) -> Parameter:
    return Parameter(
        name,
        baseline,
        low,
        high,
        unit=unit,
        role=role,
        description=description,
        basis=basis,
        source="; ".join(facts),
    )


def space() -> ParameterSpace:
    """The parameters of the Kazakhstan case.

    Returns
    -------
    ParameterSpace
        The three stocks of foreign investment are levers, all else uncertain. `basis` says where a number
        comes from and begins with ``"assumption"`` where it is one; `source` lists the facts behind it, by
        their ids in :func:`facts`.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> space = kazakhstan.space()
    >>> space.levers
    ('E_W', 'E_C', 'E_R')
    >>> space["E_W"]
    Parameter('E_W', 122, 60, 130, unit='USD bn', role='lever')
    >>> sum(not parameter.is_assumption for parameter in space.values()), len(space)
    (4, 31)
    """
    return ParameterSpace(*_exposures(), *_damage(), *_success(), *_russia(), *_west(), *_china())


def _exposures() -> tuple[Parameter, ...]:
    return (
        _lever(
            "E_W",
            122,
            60,
            130,
            "stock of western direct investment in Kazakhstan",
            "sourced: EU27 50.8 + US 26.1 + UK 1.7 + Switzerland 1.6 % of UNCTAD's 152.7 (2021); "
            "low: without the Dutch conduit (38.8 %)",
            _STOCK,
            "eu27_share_of_kazakhstan_inward_fdi_stock_end_2021",
            "united_states_share_of_kazakhstan_inward_fdi_stock_end_2021",
            "united_kingdom_share_of_kazakhstan_inward_fdi_stock_end_2021",
            "switzerland_share_of_kazakhstan_inward_fdi_stock_end_2021",
            "netherlands_share_of_kazakhstan_inward_fdi_stock_end_2021",
        ),
        _lever(
            "E_C",
            "9.2",
            "7.5",
            45,
            "stock of Chinese direct investment in Kazakhstan, with Hong Kong's",
            "sourced: 3.6 + 2.4 % of UNCTAD's 152.7 (2021); low: UNCTAD's World Investment Report 2023; "
            "high: CNPC's own claim, which is not a stock",
            _STOCK,
            "china_share_of_kazakhstan_inward_fdi_stock_end_2021",
            "hong_kong_inward_fdi_stock_in_kazakhstan_by_source_end_2021",
            "world_total_inward_fdi_stock_in_kazakhstan_by_source_end_2021",
            "china_fdi_stock_in_kazakhstan_unctad_wir_2023_2021",
            "china_cnpc_claimed_cumulative_investment_in_kazakhstan_oil_and_gas_to_2024",
        ),
        _lever(
            "E_R",
            "5.3",
            "4.7",
            "33.5",
            "stock of Russian direct investment in Kazakhstan",
            "sourced: 3.5 % of UNCTAD's 152.7 (2021); low: EUR 4.7 bn (2021) taken at par; high: joint projects as announced",
            _STOCK,
            "russia_share_of_kazakhstan_inward_fdi_stock_end_2021",
            "russia_inward_fdi_stock_in_kazakhstan_by_source_end_2021",
            "russia_joint_projects_with_kazakhstan_2023",
        ),
    )


def _damage() -> tuple[Parameter, ...]:
    where = "assumption; 76 % of the stock is in mining and quarrying, mostly in the west of the country"
    return (
        _share(
            "reach_L",
            "0.1",
            "0.05",
            "0.3",
            "share of the stocks in reach of a limited action",
            where,
            _MINING,
        ),
        _share("reach_F", "0.9", "0.7", 1, "share of the stocks in reach of a full action", where, _MINING),
        _share(
            "d_s",
            "0.6",
            "0.3",
            "0.9",
            "share of a stock in reach that is lost if the action succeeds",
            "assumption",
        ),
        _share(
            "d_f",
            "0.15",
            "0.05",
            "0.3",
            "share of a stock in reach that is lost if the action fails",
            "assumption",
        ),
        _share(
            "survive_C",
            "0.5",
            0,
            "0.9",
            "share of China's assets that would survive Russian control",
            "assumption",
        ),
    )


def _success() -> tuple[Parameter, ...]:
    rates = "assumption; sanctions succeed in about a third of cases (base rates)"
    return (
        _share(
            "p0_L",
            "0.85",
            "0.7",
            "0.95",
            "chance that a limited action succeeds if nobody replies",
            "assumption; the capital's move north and Kazakhstan's own defence lower it",
        ),
        _share(
            "p0_F", "0.6", "0.3", "0.8", "chance that a full action succeeds if nobody replies", "assumption"
        ),
        _share(
            "r_S",
            "0.1",
            0,
            "0.2",
            "relative fall in the chance of success under western sanctions",
            rates,
            *_BASE_RATES,
        ),
        _share(
            "r_A",
            "0.35",
            "0.1",
            "0.5",
            "relative fall in the chance of success if the West arms Kazakhstan",
            "assumption",
        ),
        _share(
            "r_C",
            "0.15",
            0,
            "0.3",
            "relative fall in the chance of success if China opposes",
            rates,
            *_BASE_RATES,
        ),
    )


def _russia() -> tuple[Parameter, ...]:
    war = "assumption; order of magnitude: 40 in seven months and 132 to 2024 in Ukraine (RAND)"
    essay = 'assumption; the essay\'s "leverage their investments"'
    return (
        _money(
            "G_L", 60, 20, 150, "Russia's gain if a limited action succeeds", "assumption; deeply uncertain"
        ),
        _money(
            "G_F", 220, 50, 600, "Russia's gain if a full action succeeds", "assumption; deeply uncertain"
        ),
        _money("K_L", 20, 5, 60, "military cost of a limited action to Russia", war, _WAR),
        _money("K_F", 100, 40, 200, "military cost of a full action to Russia", war, _WAR),
        _money(
            "alliance",
            10,
            0,
            60,
            "cost to Russia of breaking the CSTO and the SCO",
            "assumption; Russia began no dispute in 110 dyad-years against lasting members",
            "russia_dyad_years_with_russia_initiated_mid_vs_5_lasting_csto_members_1993_2014",
        ),
        _money(
            "s_W",
            60,
            10,
            180,
            "damage of further western sanctions to Russia",
            "assumption; IMF on 2014: 1 to 1.5 % of GDP in the short run, up to 9 % in the medium, of 2021 in 2023",
            "russia_gdp_loss_from_2014_sanctions_and_counter_sanctions_short_run_2014_15",
            "russia_nominal_gdp_2023",
        ),
        _share(
            "lever_W",
            "0.1",
            0,
            "0.3",
            "further damage of western sanctions per USD of western exposure",
            essay,
        ),
        _share(
            "lever_C", 0, 0, "0.3", "further damage of Chinese opposition per USD of Chinese exposure", essay
        ),
        _share(
            "evade",
            "0.35",
            0,
            "0.7",
            "share of western sanctions undone while China acquiesces",
            "assumption",
        ),
        _money(
            "s_C",
            60,
            0,
            150,
            "damage of Chinese opposition to Russia",
            "assumption; trade of 240 with China (2023) is at stake",
            "china_russia_bilateral_trade_2023",
        ),
    )


def _west() -> tuple[Parameter, ...]:
    aid = "assumption; order of magnitude: aid to Ukraine"
    return (
        _money("N_WL", 120, 20, 300, "the West's non-material loss if a limited action succeeds", aid, *_AID),
        _money("N_WF", 220, 50, 600, "the West's non-material loss if a full action succeeds", aid, *_AID),
        _money(
            "c_W",
            35,
            5,
            120,
            "cost of sanctions to the West",
            "sourced: about 0.2 % of the EU's GDP a year (CEPII on 2013 to 2015), of 18 349 in 2023",
            "sanctioning_states_lost_exports_dec_2013_jun_2015",
            "european_union_nominal_gdp_2023",
        ),
        _share(
            "transit",
            "0.08",
            0,
            "0.3",
            "the West's loss per USD of its exposure when Russia closes the pipeline in reply to sanctions",
            "assumption; about 80 % of oil exports cross Russia",
            "kazakhstan_share_of_oil_exports_via_cpc_2023",
        ),
        _money(
            "m",
            20,
            5,
            100,
            "cost of arming Kazakhstan to the West",
            "assumption; upper bound: military aid to Ukraine, 42 to 43 each from Europe and the US in two years (Kiel)",
            *_AID,
        ),
    )


def _china() -> tuple[Parameter, ...]:
    return (
        _money(
            "N_CL",
            10,
            -20,
            60,
            "China's non-material loss if a limited action succeeds (negative: gain)",
            "assumption",
        ),
        _money(
            "N_CF",
            40,
            -40,
            150,
            "China's non-material loss if a full action succeeds (negative: gain)",
            "assumption",
        ),
        _money("c_C", 15, 0, 100, "cost of opposition to China", "assumption"),
    )
