//! Reads what a mail server reports of a mail it took and could not deliver (RFC 3464).

use super::bounce_address::{BounceAddress, left};
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use std::collections::BTreeSet;

/// A mail that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFailure {
    /// What it may be by: left parts of Message-IDs, out of the report's own address and out of what it quotes.
    pub mails: BTreeSet<String>,
    /// Enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: String,
    /// What the last server said.
    pub said: String,
}

/// Why a message is no report of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoFailure {
    #[error("it is no report of a mail server (RFC 3464)")]
    NoReport,
    #[error("it reports no failure: the mail is late, was delivered or was passed on")]
    NotFailed,
    #[error("it names no mail of ours")]
    NamesNothing,
}

/// Reports longer than this are cut: what counts stands at their beginning.
pub const REPORT_BYTES_MAX: usize = 1 << 20;
/// So much of what a server said is kept.
const SAID_CHARS_MAX: usize = 160;
/// A forged message could nest without an end.
const DEPTH_MAX: usize = 4;

/// Reads a report. `delivered_to` is the address it came in at, where the mail server tells.
///
/// # Errors
/// It is no report, or reports no failure.
pub fn delivery_failure(
    report: &[u8],
    bounces: &BounceAddress,
    delivered_to: Option<&str>,
) -> Result<DeliveryFailure, NoFailure> {
    let report = report.get(..REPORT_BYTES_MAX).unwrap_or(report);
    let message = MessageParser::default().parse(report).ok_or(NoFailure::NoReport)?;
    let fields = status_fields(&message).ok_or(NoFailure::NoReport)?;
    let failed = fields.iter().find(|of_recipient| {
        field(of_recipient, "Action").is_some_and(|action| action.eq_ignore_ascii_case("failed"))
    });
    let failed = failed.ok_or(NoFailure::NotFailed)?;
    let headers = ["Delivered-To", "X-Original-To", "To"];
    let addresses = delivered_to
        .into_iter()
        .chain(headers.iter().filter_map(|header| message.header_raw(*header)));
    let mut mails: BTreeSet<String> =
        addresses.filter_map(|a| bounces.mail_named_by(a)).map(str::to_owned).collect();
    quoted_ids(&message, DEPTH_MAX, &mut mails);
    if mails.is_empty() {
        return Err(NoFailure::NamesNothing);
    }
    Ok(DeliveryFailure {
        mails,
        status: said(&field(failed, "Status").unwrap_or_default()),
        said: said(&field(failed, "Diagnostic-Code").unwrap_or_default()),
    })
}

/// The fields of each recipient, the first group of the report's own left out.
fn status_fields<'a>(message: &'a Message<'a>) -> Option<Vec<Message<'a>>> {
    let part = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("message")
                && kind.subtype().is_some_and(|s| s.eq_ignore_ascii_case("delivery-status"))
        })
    })?;
    let text = std::str::from_utf8(part.contents()).ok()?;
    let groups = text.split("\n\n").flat_map(|group| group.split("\r\n\r\n"));
    let parser = MessageParser::default();
    Some(groups.skip(1).filter_map(|group| parser.parse_headers(group.as_bytes())).collect())
}

/// A field in one line, without the type before a semicolon (`smtp; 550 …`).
fn field(group: &Message<'_>, name: &str) -> Option<String> {
    let raw = group.header_raw(name.to_owned())?;
    let value = raw.split_once(';').map_or(raw, |(_, value)| value);
    Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Message-IDs of what the report gives back, whole or its headers only.
fn quoted_ids(message: &Message<'_>, depth: usize, found: &mut BTreeSet<String>) {
    for part in &message.parts {
        let is_headers = part.content_type().is_some_and(|kind| {
            kind.subtype().is_some_and(|s| s.eq_ignore_ascii_case("rfc822-headers"))
        });
        match &part.body {
            PartType::Message(inner) => {
                found.extend(id_of(inner));
                if depth > 0 {
                    quoted_ids(inner, depth - 1, found);
                }
            }
            PartType::Text(text) if is_headers => {
                let inner = MessageParser::default().parse_headers(text.as_bytes());
                found.extend(inner.as_ref().and_then(id_of));
            }
            _ => {}
        }
    }
}

fn id_of(message: &Message<'_>) -> Option<String> {
    match message.header("Message-ID") {
        Some(HeaderValue::Text(id)) => Some(left(id).to_owned()),
        _ => None,
    }
}

/// One line of what a stranger's server wrote.
fn said(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect()
}
