"""The same panel as one statement of DuckDB, written by hand, with its default settings.

Rows come in no promised order, and nothing comes out twice the same. `generate_series` runs in one
thread.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from capgen.config import Config, load_config
from capgen.panel.calendar import holiday_dates
from tests.bench.hand_written import (
    archetype_rows,
    load_holidays,
    metric_limits,
    net_out_factor,
    window,
)

prepare = load_holidays

STATEMENT = """
copy (
    with servers as (
        select
            archetypes.*,
            format($server_id_format, number) as server_id,
            $business_units[1 + floor(random() * len($business_units))::int] as business_unit,
            $criticalities[1 + floor(random() * len($criticalities))::int] as criticality,
            $regions[1 + floor(random() * len($regions))::int] as region,
            floor(random() * $apps_per_business_unit)::int as app
        from archetypes
        cross join generate_series(first_server, stop_server - 1) as numbers(number)
    ),

    days as (
        select
            timestamp,
            timestamp::date as day,
            date_diff('day', timestamp::date, last_day(timestamp::date)) as days_left,
            list_contains($eoq_months, month(timestamp)) as ends_quarter
        from generate_series($first_timestamp, $last_timestamp, to_minutes($step_minutes))
            as stamps(timestamp)
    ),

    calendar as (
        select
            timestamp,
            year(timestamp) as year,
            month(timestamp)::tinyint as month,
            quarter(timestamp)::tinyint as quarter,
            (isodow(timestamp) - 1)::tinyint as dayofweek,
            (isodow(timestamp) >= 6)::tinyint as is_weekend,
            (month(timestamp) % 3 = 0 and days_left = 0)::tinyint as is_eoq,
            list_contains($holidays, day)::tinyint as is_holiday,
            hour(timestamp) between $first_hour and $last_hour as is_business_hour,
            case
                when ends_quarter and days_left < $eoq_days
                    then 1 + $eoq_peak * ($eoq_days - days_left) / $eoq_days
                else 1
            end as eoq_factor,
            coalesce(
                (
                    select arg_min(factor, position)
                    from holiday_factors
                    where
                        holiday_factors.month = month(timestamp)
                        and day(timestamp) between first_day and last_day
                ),
                1
            ) as holiday_factor,
            date_diff('minute', $first_timestamp, timestamp) / $window_minutes as growth_time
        from days
    ),

    uniforms as (
        select
            *,
            sqrt(-2 * ln(1 - random())) as radius_1,
            sqrt(-2 * ln(1 - random())) as radius_2,
            2 * pi() * random() as angle_1,
            2 * pi() * random() as angle_2,
            random() < spike_probability as is_spike
        from servers
        cross join calendar
    ),

    normals as (
        select
            *,
            radius_1 * cos(angle_1) as normal_1,
            radius_1 * sin(angle_1) as normal_2,
            radius_2 * cos(angle_2) as normal_3,
            radius_2 * sin(angle_2) as normal_4,
            1 + growth_rate * growth_time as growth,
            case when is_business_hour then business_hours_factor else 1 end
            * case when is_weekend = 1 then weekend_factor else 1 end
            * eoq_factor
            * holiday_factor as season
        from uniforms
    ),

    noise as (
        select
            *,
            weight_1_1 * normal_1 as noise_cpu,
            weight_2_1 * normal_1 + weight_2_2 * normal_2 as noise_mem,
            weight_3_1 * normal_1 + weight_3_2 * normal_2 + weight_3_3 * normal_3 as noise_disk,
            weight_4_1 * normal_1 + weight_4_2 * normal_2 + weight_4_3 * normal_3
            + weight_4_4 * normal_4 as noise_net_in
        from normals
    ),

    spiked as (
        select
            *,
            (base_cpu * season * growth + sd_cpu * noise_cpu) * if(is_spike, spike_cpu, 1) as cpu,
            (base_mem * season * growth + sd_mem * noise_mem) * if(is_spike, spike_mem, 1) as mem,
            base_disk * growth + sd_disk * noise_disk as disk,
            (base_net_in * season + sd_net_in * noise_net_in) * if(is_spike, spike_net_in, 1)
                as net_in
        from noise
    )

    select
        timestamp,
        server_id,
        round(greatest($lowest_cpu, least($highest_cpu, cpu)), $decimals) as cpu_p95,
        round(greatest($lowest_mem, least($highest_mem, mem)), $decimals) as mem_p95,
        round(greatest($lowest_disk, least($highest_disk, disk)), $decimals) as disk_p95,
        round(greatest($lowest_net_in, least($highest_net_in, net_in)), $decimals) as net_in_p95,
        round(
            greatest($lowest_net_out, least($highest_net_out, $net_out_factor * net_in)), $decimals
        ) as net_out_p95,
        server_type,
        business_unit,
        criticality,
        region,
        business_unit || '-app-' || app as app_name,
        year,
        month,
        quarter,
        dayofweek,
        is_weekend,
        is_eoq,
        is_holiday
    from spiked
) to 'FOLDER' (format parquet, compression zstd, partition_by (year, server_type))
"""


def run(folder: Path, overrides: dict[str, Any]) -> None:
    """Write the panel."""
    config = load_config(overrides=overrides)
    rules = [
        {"position": n, **rule.model_dump()}
        for n, rule in enumerate(config.calendar.holiday_factors)
    ]
    with duckdb.connect() as connection:
        connection.register("archetypes", pl.DataFrame(archetype_rows(config)))
        connection.register("holiday_factors", pl.DataFrame(rules))
        connection.execute(STATEMENT.replace("FOLDER", f"{folder}/data"), _parameters(config))


def _parameters(config: Config) -> dict[str, Any]:
    first, stop = window(config)
    eoq = config.calendar.eoq
    hours = config.calendar.business_hours
    fleet = config.fleet
    return {
        "server_id_format": fleet.server_id_format.replace("index", ""),
        "business_units": list(fleet.business_unit),
        "criticalities": list(fleet.criticality),
        "regions": list(fleet.region),
        "apps_per_business_unit": fleet.apps_per_business_unit,
        "first_timestamp": first,
        "last_timestamp": stop - timedelta(minutes=config.step_minutes),
        "step_minutes": config.step_minutes,
        "window_minutes": (stop - first).total_seconds() / 60,
        "holidays": holiday_dates(config),
        "first_hour": hours.first_hour,
        "last_hour": hours.last_hour,
        "eoq_days": eoq.window_days,
        "eoq_peak": eoq.peak,
        "eoq_months": list(eoq.months),
        "net_out_factor": net_out_factor(config),
        "decimals": config.decimals,
        **metric_limits(config),
    }
