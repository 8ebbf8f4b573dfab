"""Configurations that people get wrong: what the message says, and what is right."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong file, what its message says, and the file that the message leads to."""

    name: str
    wrong: str
    says: str
    right: str


CACHE = (
    "base: {cpu: 20, mem: 80, disk: 10, net_in: 300}, sd: {cpu: 5, mem: 5, disk: 2, net_in: 50}, "
    "business_hours_factor: 1.2, weekend_factor: 0.9, spike: {probability: 0.01, magnitude: 1.5}, "
    "growth_percent_per_month: 0.5"
)
OTHERS = (
    "web: {share: 0.315}, application: {share: 0.36}, database: {share: 0.135}, "
    "batch: {share: 0.09}"
)
KINDS = ("web", "application", "database", "batch")
IMPOSSIBLE = "archetypes: {web: {correlation: {cpu~mem: 0.9, cpu~net_in: 0.9, mem~net_in: 0.3"
EVENT = "type: surge, magnitude: 2, metrics: [cpu], start: 2024-01-01, end: 2024-01-02"

WRONG = [
    Wrong("misspelt key", "sede: 7", "sede: unknown key; did you mean 'seed'?", "seed: 7"),
    Wrong(
        "unknown key of a short section",
        "growth: {rate: 2}",
        "growth.rate: unknown key; expected one of trend, origin",
        "growth: {trend: monthly}",
    ),
    Wrong(
        "unknown key of an archetype",
        "archetypes: {web: {cores: 4}}",
        "archetypes.web.cores: unknown key; expected one of share, base, sd, correlation,",
        "archetypes: {web: {base: {cpu: 40}}}",
    ),
    Wrong(
        "unknown key at the top",
        "timezone: UTC",
        "timezone: unknown key; capgen config show prints all keys",
        "layers: {local_time: {zones: {EU: Europe/Berlin}}}",
    ),
    Wrong(
        "dotted key",
        "calendar.eoq.peak: 0.4",
        "calendar.eoq.peak: unknown key: a dot in a file is part of a name; "
        "write calendar: {eoq: {peak: …}}",
        "calendar: {eoq: {peak: 0.4}}",
    ),
    Wrong(
        "dotted key inside",
        "archetypes: {web: {spike.probability: 0.1}}",
        "a dot in a file is part of a name; write spike: {probability: …}",
        "archetypes: {web: {spike: {probability: 0.1}}}",
    ),
    Wrong(
        "new archetype without values",
        "archetypes: {cache: {share: 0.1}}",
        "archetypes.cache: is new, so it needs base, sd, business_hours_factor, "
        "weekend_factor, spike, "
        "growth_percent_per_month; capgen config init - --archetype cache prints a complete one",
        f"archetypes: {{cache: {{share: 0.1, {CACHE}}}, {OTHERS}}}",
    ),
    Wrong(
        "misspelt archetype",
        "archetypes: {wbe: {weekend_factor: 0.9}}",
        "did you mean 'web'?",
        "archetypes: {web: {weekend_factor: 0.9}}",
    ),
    Wrong(
        "shares after a new archetype",
        f"archetypes: {{cache: {{share: 0.1, {CACHE}}}}}",
        "archetypes: expected shares that sum to 1, got a sum of 1.1; in proportion: "
        "web 0.315, application 0.36, "
        "database 0.135, batch 0.09",
        f"archetypes: {{cache: {{share: 0.1, {CACHE}}}, {OTHERS}}}",
    ),
    Wrong(
        "one share changed",
        "archetypes: {web: {share: 0.5}}",
        "got a sum of 1.15; in proportion: application 0.3077, database 0.1154, batch 0.0769",
        "archetypes: {web: {share: 0.5}, application: {share: 0.3077}, database: {share: 0.1154}, "
        "batch: {share: 0.0769}}",
    ),
    Wrong(
        "an archetype taken away",
        "archetypes: {batch: null}",
        "got a sum of 0.9; in proportion: web 0.3889, application 0.4444, database 0.1667",
        "archetypes: {batch: null, web: {share: 0.3889}, application: {share: 0.4444}, "
        "database: {share: 0.1667}}",
    ),
    Wrong(
        "shares in percent",
        "archetypes: {web: {share: 35}}",
        "archetypes.web.share: expected at most 1, got 35",
        "archetypes: {web: {share: 0.35}}",
    ),
    Wrong(
        "base outside its clip",
        "archetypes: {web: {base: {cpu: 450}}}",
        "archetypes.web.base.cpu: expected a base inside metrics.cpu.clip, 0 to 100, got 450",
        "archetypes: {web: {base: {cpu: 45}}}",
    ),
    Wrong(
        "impossible correlations",
        f"{IMPOSSIBLE}}}}}}}",
        "cpu~net_in 0.9 does most: 0.64 is the nearest that the others allow",
        f"{IMPOSSIBLE.replace('cpu~net_in: 0.9', 'cpu~net_in: 0.64')}}}}}}}",
    ),
    Wrong(
        "impossible correlations, repaired",
        f"{IMPOSSIBLE}}}}}}}",
        "or set repair_correlation: true to take the nearest possible matrix",
        f"{IMPOSSIBLE}}}}}}}\nrepair_correlation: true",
    ),
    Wrong(
        "correlation of an unknown metric",
        "archetypes: {web: {correlation: {cpu~ram: 0.5}}}",
        "expected two different metrics of cpu, mem, disk, net_in joined by ~, got 'cpu~ram'",
        "archetypes: {web: {correlation: {cpu~mem: 0.5}}}",
    ),
    Wrong(
        "correlation above 1",
        "archetypes: {web: {correlation: {cpu~mem: 5}}}",
        "archetypes.web.correlation.cpu~mem: expected at most 1, got 5",
        "archetypes: {web: {correlation: {cpu~mem: 0.5}}}",
    ),
    Wrong(
        "country by name",
        "calendar: {holidays: {country: Germany}}",
        "calendar.holidays.country: expected the ISO 3166 code of a country, DE for Germany, "
        "got 'Germany'",
        "calendar: {holidays: {country: DE}}",
    ),
    Wrong(
        "country in small letters",
        "calendar: {holidays: {country: in}}",
        "IN for in",
        "calendar: {holidays: {country: IN}}",
    ),
    Wrong(
        "country of two words",
        "calendar: {holidays: {country: United Kingdom}}",
        "GB for United Kingdom",
        "calendar: {holidays: {country: GB}}",
    ),
    Wrong(
        "unknown subdivision",
        "calendar: {holidays: {country: DE, subdivision: BAV}}",
        "expected one of BB, BE, BW, BY",
        "calendar: {holidays: {country: DE, subdivision: BY}}",
    ),
    Wrong(
        "years without holidays",
        "calendar: {holidays: {country: IN}, holiday_effect: {factor: 0.5}}\n"
        "start_date: 2000-01-01",
        "calendar.holidays: expected years whose holidays the library knows, got 2000",
        "calendar: {holidays: {country: IN}, holiday_effect: {factor: 0.5}}\n"
        "start_date: 2001-01-01",
    ),
    Wrong(
        "dates the wrong way round",
        "start_date: 2026-01-01",
        "end_date: expected a day at or after start_date 2026-01-01, got 2025-12-31",
        "start_date: 2026-01-01\nend_date: 2026-12-31",
    ),
    Wrong(
        "date of another order",
        "end_date: 31.12.2025",
        "end_date: expected a date as YYYY-MM-DD, today, or days or weeks "
        "from it such as -90d or +4w, got",
        "end_date: 2025-12-31",
    ),
    Wrong(
        "step that is none",
        "granularity: 7min",
        "expected a step that divides a day (1440 minutes), such as 1min, 5min, 15min or 30min",
        "granularity: 5min",
    ),
    Wrong(
        "step in other words",
        "granularity: day",
        "granularity: expected daily, hourly or whole minutes such as 15min, got 'day'",
        "granularity: daily",
    ),
    Wrong(
        "text for a number",
        "num_servers: many",
        "num_servers: expected a valid integer, got 'many'",
        "num_servers: 50",
    ),
    Wrong(
        "a text that YAML reads as a number",
        "calendar: {holidays: {country: AT, subdivision: 9}}",
        "expected text, got 9; quote it, as in --set \"calendar.holidays.subdivision='…'\"",
        "calendar: {holidays: {country: AT, subdivision: '9'}}",
    ),
    Wrong(
        "a factor that no float could hold the product of",
        "archetypes: {web: {business_hours_factor: 1e308}}",
        "archetypes.web.business_hours_factor: expected at most 1000, got 1e+308",
        "archetypes: {web: {business_hours_factor: 1000}}",
    ),
    Wrong(
        "a fraction of a server",
        "num_servers: 12.5",
        "num_servers: expected a valid integer",
        "num_servers: 12",
    ),
    Wrong(
        "no servers", "num_servers: 0", "num_servers: expected at least 1, got 0", "num_servers: 1"
    ),
    Wrong(
        "number for a section",
        "growth: 2",
        "growth: expected a mapping with trend, origin, got 2",
        "growth: {trend: monthly}",
    ),
    Wrong(
        "choice that is none",
        "growth: {trend: linear}",
        "growth.trend: expected 'window' or 'monthly', got 'linear'",
        "growth: {trend: monthly}",
    ),
    Wrong(
        "clip upside down",
        "metrics: {cpu: {clip: [100, 0]}}",
        "metrics.cpu.clip: expected the lower limit below the upper one, got [100, 0]",
        "metrics: {cpu: {clip: [0, 100]}}",
    ),
    Wrong(
        "new metric without column",
        "metrics: {gpu: {unit: percent}}",
        "metrics.gpu: is new, so it needs column, clip",
        "metrics: {gpu: {unit: percent, column: gpu_p95, clip: [0, 100], "
        "derived: {source: cpu, factor: 0.5}}}",
    ),
    Wrong(
        "metric without a base",
        "metrics: {gpu: {column: gpu_p95, clip: [0, 100]}}",
        "archetypes.web.base: expected a value for metric 'gpu', got none",
        "metrics: {gpu: {column: gpu_p95, clip: [0, 100]}}\narchetypes: {"
        + ", ".join(
            f"{name}: {{base: {{gpu: 10}}, sd: {{gpu: 2}}}}"
            for name in ("web", "application", "database", "batch")
        )
        + "}",
    ),
    Wrong(
        "column that is taken",
        "metrics: {cpu: {column: region}}",
        "metrics.cpu.column: expected a column name not yet taken, got 'region'",
        "metrics: {cpu: {column: cpu_max}}",
    ),
    Wrong(
        "a column that DuckDB adds to what it reads",
        "metrics: {cpu: {column: filename}}",
        "metrics.cpu.column: expected a column name not yet taken, got 'filename'",
        "metrics: {cpu: {column: file_name}}",
    ),
    Wrong(
        "an archetype whose folder DuckDB takes for a date",
        f"archetypes: {{epoch: {{share: 0.1, {CACHE}}}, {OTHERS}}}",
        "name it otherwise, such as epoch_servers",
        f"archetypes: {{epoch_servers: {{share: 0.1, {CACHE}}}, {OTHERS}}}",
    ),
    Wrong(
        "hours the wrong way round",
        "calendar: {business_hours: {first_hour: 18}}",
        "calendar.business_hours: expected first_hour at or before last_hour",
        "calendar: {business_hours: {first_hour: 8}}",
    ),
    Wrong(
        "profile of too few hours",
        f"archetypes: {{web: {{profile: {{hours: [1, 2], weekdays: {[1] * 7}}}}}}}",
        "archetypes.web.profile.hours: expected at least 24 items, got 2",
        f"archetypes: {{web: {{profile: {{hours: {[1] * 24}, weekdays: {[1] * 7}}}}}}}",
    ),
    Wrong(
        "zone by its letters",
        "layers: {local_time: {zones: {EU: CEST}}}",
        "layers.local_time.zones.EU: expected a time zone such as America/New_York, got 'CEST'",
        "layers: {local_time: {zones: {EU: Europe/Berlin}}}",
    ),
    Wrong(
        "zone of an unknown region",
        "layers: {local_time: {zones: {Europe: Europe/Berlin}}}",
        "layers.local_time.zones: expected one of US-East, US-West, EU, Asia, got 'Europe'",
        "layers: {local_time: {zones: {EU: Europe/Berlin}}}",
    ),
    Wrong(
        "outliers of a column",
        "layers: {outliers: {cpu_p95: {probability: 0.01}}}",
        "layers.outliers: expected one of cpu, mem, disk, net_in, net_out, got 'cpu_p95'",
        "layers: {outliers: {cpu: {probability: 0.01}}}",
    ),
    Wrong(
        "event of an unknown region",
        f"layers: {{events: {{listed: {{launch: {{{EVENT}, region: Europe}}}}}}}}",
        "layers.events.listed.launch.region: expected one of US-East, US-West, EU, Asia, "
        "got 'Europe'",
        f"layers: {{events: {{listed: {{launch: {{{EVENT}, region: EU}}}}}}}}",
    ),
    Wrong(
        "key given twice",
        "seed: 1\nseed: 2",
        "expected each key once, got 'seed' twice (line 2)",
        "seed: 2",
    ),
    Wrong(
        "broken YAML", "fleet: {region: {EU: 1}", "not readable as YAML", "fleet: {region: {EU: 1}}"
    ),
]
