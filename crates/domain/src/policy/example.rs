//! The text of an example policy under each law: every key with its default and what it means. A
//! test reads it back and finds every key and every default.

use super::Law;

macro_rules! head {
    ($law:literal, $wanted:literal) => {
        concat!(
            "# A cadence policy. One file, one policy.\n# Required: name, applies_to, law and ",
            $wanted,
            ". Everything else shows its default.\n",
            r#"
[policy]
# What people read: "You are in the policy Engineering because ...".
name = "Engineering"
# Who is in the pool: a SCIM filter (RFC 7644, 3.4.2.2) over the roster.
# Attributes: employee_id, name, email, manager_id, roles, languages, zone, holidays, and the
# attribute columns of the roster (department, country, employment, x_...).
applies_to = "department eq \"Engineering\" and not (employment eq \"intern\")"
# How people are drawn: "cadence", per person by the days since the last draw, or "pool", with the same
# chance at every draw. Each has its own section.
law = ""#,
            $law,
            r#""
# Where to meet, first choice first.
rooms = ["built-in"]

"#
        )
    };
}

macro_rules! cadence {
    () => {
        r#"[policy.cadence] # all in eligible days: days on which the person works and is not away
# Wanted mean gap between two check-ins. 21 is about one a month.
mean_gap_days = 21
# For so many days after a check-in the chance is multiplied by soft_factor.
soft_gap_days = 0
# By how much it is lowered on those days, 0 to 1.
soft_factor = 0.25
# No check-in on fewer days than this after the last. Each such day is provably safe: 0 is best.
min_gap_days = 0
# On this day a check-in is certain. Default: 4 x mean_gap_days. Less is more predictable.
max_gap_days = 84
# Smallest daily chance, as a share of 1 / mean_gap_days. Lowered by itself where the mean needs it.
floor_share = 0.92

"#
    };
}

macro_rules! pool {
    () => {
        r#"[policy.pool]
# Expected check-ins a person and period. 0.5 a year is the style of random testing in transport.
rate = 0.5
# "week", "month", "quarter" or "year", counted as 4.83, 21, 63 and 252 eligible days.
period = "year"

"#
    };
}

macro_rules! rest {
    () => {
        r#"[policy.clock]
# Minutes between announcement and start: [smallest, largest], drawn each time.
notice_minutes = [15, 30]
# Joining within so many minutes of the start is in time ...
window_minutes = 10
# ... and within so many more is late, not missed.
grace_minutes = 5
# Planned length of the talk.
session_minutes = 5
# A verifier's pause between two sessions.
turnaround_minutes = 5
# When the second chance takes place.
retry = "same_or_next_day"

[policy.draw]
# How far ahead the draw looks: "day", one draw a person and local day, or "block", one for every two
# hours of announcements, for large organisations: nobody knows the hits of the afternoon at noon.
horizon = "day"

[policy.allowance]
# One-tap "not now" without a reason, redrawn the same day.
not_now_per_quarter = 2
# Private blocks a person may declare ahead.
private_block_minutes_per_week = 120

[policy.evidence]
# Whether the location of the device is asked: "required", "optional" or "off".
location = "required"
# A claim less accurate than this (metres) neither clears nor accuses.
accuracy_max_m = 5000
# What is said of a passkey that may be on several devices: "any" nothing, "bound_preferred" a note, "bound" a
# light finding. None of them counts.
passkey = "any"

[policy.challenges]
# Live tasks drawn for each check-in.
count = 3

[policy.verifiers]
# Sessions one verifier has in a day.
daily_cap = 12
# After so many sessions in a row there is a break.
break_after_sessions = 4
# How long that break is.
break_minutes = 15
# "shared": verifier and person have a language in common; "any": not asked.
languages = "shared"

[policy.escalation]
# Who is told of a case, one [[policy.escalation.steps]] each, in order. Step 0, the second chance,
# is not written. By step 2 "hr" or "security" must be told.
[[policy.escalation.steps]]
# Minutes after the previous step.
delay_minutes = 30
# "manager", "managers_manager", "hr", "security", or "named".
recipient = "manager"
# Employee ids, with recipient = "named" only.
named = []
# Whether the delay counts the recipient's working hours only.
business_hours = true
# How many further times the step is sent before the next.
repeat = 0
# An acknowledgement without a resolution lapses after so many minutes.
acknowledge_timeout_minutes = 480
# Whether every recipient must acknowledge.
all_must_acknowledge = false

# The second default step: HR after four working hours.
[[policy.escalation.steps]]
delay_minutes = 240
recipient = "hr"

# The third default step: security after a working day.
[[policy.escalation.steps]]
delay_minutes = 480
recipient = "security"
"#
    };
}

/// A policy file under the law `cadence` that lists every key, with the section of the law `pool` as
/// a comment. Only `name`, `applies_to`, `law` and `mean_gap_days` must be written; all others show
/// their default.
pub const fn policy_example() -> &'static str {
    concat!(
        head!("cadence", "cadence.mean_gap_days"),
        cadence!(),
        "# With law = \"pool\" this section takes the place of [policy.cadence]; see `muster policy example --law \
         pool`:\n# [policy.pool]\n# rate = 0.5      # expected check-ins a person and period\n# period = \"year\" # \
         or \"week\", \"month\", \"quarter\"\n\n",
        rest!()
    )
}

/// The same under either law.
pub const fn policy_example_of(law: Law) -> &'static str {
    match law {
        Law::Cadence => policy_example(),
        Law::Pool => concat!(head!("pool", "pool.rate"), pool!(), rest!()),
    }
}
