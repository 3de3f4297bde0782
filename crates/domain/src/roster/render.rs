//! A roster diff in words, for `--dry-run`: counts first, then every change on its own line, and at
//! the end what happens to privileged roles and why an import is refused.

use super::diff::{PersonRef, RosterDiff};
use super::rows::{Absence, WorkPlace};
use std::fmt::{Display, Formatter, Result};

impl Display for RosterDiff {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.is_empty() {
            writeln!(f, "Nothing changes ({} people unchanged).", self.unchanged)?;
        } else {
            writeln!(
                f,
                "{} join, {} leave, {} change, {} stay as they are.",
                self.joined.len(),
                self.left.len(),
                self.changed.len(),
                self.unchanged
            )?;
        }
        section(f, "Join", &self.joined, |p| {
            format!("+ {} ({}), {}", p.name, p.employee_id, p.zone)
        })?;
        section(f, "Leave", &self.left, |p| format!("- {p}"))?;
        section(f, "Change", &self.changed, |c| {
            let fields = c
                .fields
                .iter()
                .map(|x| format!("{}: {} -> {}", x.field, text(&x.old), text(&x.new)));
            format!("~ {}: {}", c.person, fields.collect::<Vec<_>>().join("; "))
        })?;
        let request = "Roles asked for (in force only after a second person has confirmed them)";
        section(f, request, &self.roles_requested, |r| format!("? {} for {}", r.role, r.person))?;
        section(f, "Roles granted", &self.roles_granted, |r| {
            format!("+ {} for {}", r.role, r.person)
        })?;
        section(f, "Roles removed", &self.roles_removed, |r| {
            format!("- {} from {}", r.role, r.person)
        })?;
        section(f, "Work places added", &self.work_places_added, |p| format!("+ {}", place(p)))?;
        section(f, "Work places removed", &self.work_places_removed, |p| {
            format!("- {}", place(p))
        })?;
        section(f, "Absences added", &self.absences_added, |a| format!("+ {}", absence(a)))?;
        section(f, "Absences removed", &self.absences_removed, |a| format!("- {}", absence(a)))?;
        section(f, "Refused, nothing is changed", &self.refusals, |r| {
            format!("! {} [{}]", r.sentence, r.code)
        })
    }
}

impl Display for PersonRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} ({})", self.name, self.employee_id)
    }
}

fn section<T>(
    f: &mut Formatter<'_>,
    title: &str,
    items: &[T],
    line: impl Fn(&T) -> String,
) -> Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}: {}", items.len())?;
    items.iter().try_for_each(|item| writeln!(f, "  {}", line(item)))
}

fn text(value: &Option<String>) -> String {
    value.as_ref().map_or("(empty)".into(), |v| format!("`{v}`"))
}

/// Without coordinates: a dry run is printed to terminals and logs of pipelines.
fn place(p: &WorkPlace) -> String {
    let from = p.valid_from.map_or(String::new(), |d| format!(" from {d}"));
    let to = p.valid_to.map_or(String::new(), |d| format!(" until {d}"));
    format!("{}: {} in {}, {} km{from}{to}", p.employee_id, p.label, p.country, p.radius_km)
}

fn absence(a: &Absence) -> String {
    format!("{}: {} {} to {}", a.employee_id, a.kind, a.from, a.to)
}
