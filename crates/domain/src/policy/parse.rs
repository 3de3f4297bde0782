//! A policy file to a policy: the whole file is read, every fault is told, defaults are filled in.

use super::filter::{Filter, FilterFault};
use super::section::{Document, Section};
pub use super::section::{PolicyFault, PolicyFaultCode};
use super::{Cadence, CadencePolicy, Law, Pool, sections};
use crate::roster::did_you_mean;
use crate::sentence::Sentence;
use crate::{msg, sentence};
use toml::de::DeTable;

/// What the reader must be told, because the installation decides it.
pub struct PolicyKnown<'a> {
    /// Attribute columns of the roster beyond the fixed ones, such as `department` or `x_site`.
    pub attributes: &'a [&'a str],
    /// Rooms that are configured; the built-in one is `built-in`.
    pub rooms: &'a [&'a str],
}

/// A policy without faults.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedPolicy {
    pub policy: CadencePolicy,
    /// `policy.applies_to`, parsed.
    pub filter: Filter,
    /// What is allowed and unwise, one sentence each.
    pub warnings: Vec<Sentence>,
}

/// Reads one policy file.
///
/// # Errors
/// Every fault of the file: first those of syntax alone; in a file that is TOML, all others.
pub fn parse_policy(text: &str, known: &PolicyKnown<'_>) -> Result<ParsedPolicy, Vec<PolicyFault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let problem = sentence!("this is not TOML: {error}", error = error.message());
        let span = error.span();
        document.fault(
            "",
            span.as_ref(),
            PolicyFaultCode::Syntax,
            problem,
            "TOML 1.0 (https://toml.io)",
        );
    }
    if !errors.is_empty() {
        return Err(document.faults.into_inner());
    }
    let mut warnings = Vec::new();
    let top = Section::new(&document, "", root.span(), Some(root.get_ref()));
    let parsed = policy(top.section("policy"), known, &mut warnings);
    top.finish();
    let mut faults = document.faults.into_inner();
    faults.sort_by_key(|f| f.line);
    match parsed {
        Some((policy, filter)) if faults.is_empty() => {
            Ok(ParsedPolicy { policy, filter, warnings })
        }
        _ => Err(faults),
    }
}

fn policy(
    s: Section<'_>,
    known: &PolicyKnown<'_>,
    warnings: &mut Vec<Sentence>,
) -> Option<(CadencePolicy, Filter)> {
    let name = name(&s);
    let filter = applies_to(&s, known);
    let law = law(&s);
    let rooms = rooms(&s, known);
    let (cadence, pool) = rhythm(&s, law);
    let clock = sections::clock(s.section("clock"), warnings);
    let draw = sections::draw(s.section("draw"));
    let allowance = sections::allowance(s.section("allowance"));
    let evidence = sections::evidence(s.section("evidence"), warnings);
    let challenges = sections::challenges(s.section("challenges"));
    let verifiers = sections::verifiers(s.section("verifiers"));
    let escalation = sections::escalation(s.section("escalation"));
    s.finish();
    let filter = filter?;
    let policy = CadencePolicy {
        name: name?,
        applies_to: filter.text().to_owned(),
        law: law?,
        rooms,
        cadence,
        pool,
        clock,
        draw,
        allowance,
        evidence,
        challenges,
        verifiers,
        escalation,
    };
    Some((policy, filter))
}

fn name(s: &Section<'_>) -> Option<String> {
    const ACCEPTED: &str = msg!("1 to 60 printable characters, such as \"Engineering\"");
    if s.value("name").is_none() {
        s.missing("name", ACCEPTED);
    }
    let name = s.text("name")?.trim().to_owned();
    let is_right = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !is_right {
        s.fault(
            "name",
            PolicyFaultCode::OutOfRange,
            sentence!("`{name}` is no name", name = name.escape_debug().to_string()),
            ACCEPTED,
        );
    }
    is_right.then_some(name)
}

fn applies_to(s: &Section<'_>, known: &PolicyKnown<'_>) -> Option<Filter> {
    const ACCEPTED: &str =
        msg!("a SCIM filter (RFC 7644, 3.4.2.2) such as department eq \"Engineering\"");
    if s.value("applies_to").is_none() {
        s.missing("applies_to", ACCEPTED);
    }
    let text = s.text("applies_to")?;
    let faults = match Filter::parse(&text) {
        Err(fault) => vec![fault],
        Ok(filter) => match filter.validate(known.attributes) {
            Ok(()) => return Some(filter),
            Err(faults) => faults,
        },
    };
    for FilterFault { position, problem, accepted } in faults {
        let problem = sentence!("at character {position}: {problem}", position, problem);
        s.fault("applies_to", PolicyFaultCode::BadFilter, problem, accepted);
    }
    None
}

fn law(s: &Section<'_>) -> Option<Law> {
    if s.value("law").is_none() {
        s.missing("law", Law::Cadence.code());
    }
    s.word("law", Law::ALL, Law::code)
}

/// The section of the law, and a fault where the other law's section is written too. Where the law
/// itself is faulty, whichever section is written is read; without any, that of the cadence.
fn rhythm(s: &Section<'_>, law: Option<Law>) -> (Option<Cadence>, Option<Pool>) {
    let is_written = |name| s.value(name).is_some();
    let (cadence, pool) = (is_written("cadence"), is_written("pool"));
    let law = law.unwrap_or(if pool && !cadence { Law::Pool } else { Law::Cadence });
    let (other, is_other_written) = match law {
        Law::Cadence => (Law::Pool, pool),
        Law::Pool => (Law::Cadence, cadence),
    };
    if is_other_written {
        s.fault(
            other.code(),
            PolicyFaultCode::Contradiction,
            sentence!(
                "[policy.{other}] belongs to the law `{other}`, and the law is `{law}`",
                other = other.code(),
                law = law.code()
            ),
            sentence!(
                "law = \"{other}\", or [policy.{law}] instead of this section",
                other = other.code(),
                law = law.code()
            ),
        );
    }
    match law {
        Law::Cadence => (sections::cadence(s.section("cadence")), None),
        Law::Pool => (None, sections::pool(s.section("pool"))),
    }
}

fn rooms(s: &Section<'_>, known: &PolicyKnown<'_>) -> Vec<String> {
    let rooms = s.texts("rooms").unwrap_or_else(|| vec!["built-in".into()]);
    if rooms.is_empty() {
        s.fault(
            "rooms",
            PolicyFaultCode::OutOfRange,
            msg!("there is no room"),
            msg!("at least one, such as \"built-in\""),
        );
    }
    for (i, room) in rooms.iter().enumerate() {
        if !known.rooms.contains(&room.as_str()) {
            let rooms = sentence!("configured rooms: {rooms}", rooms = known.rooms.join(", "));
            let accepted = did_you_mean(rooms, room, known.rooms.iter().copied());
            s.fault(
                "rooms",
                PolicyFaultCode::UnknownWord,
                sentence!("`{room}` is not a configured room", room),
                accepted,
            );
        }
        if rooms[..i].contains(room) {
            s.fault(
                "rooms",
                PolicyFaultCode::Contradiction,
                sentence!("`{room}` stands twice", room),
                msg!("every room once"),
            );
        }
    }
    rooms
}
