//! What an SMTP failure means for us. The server's text may name the recipient, so only its codes
//! are kept.

use lettre::transport::smtp::Error;
use muster_ports::PortError;
use std::error::Error as _;

/// Answers that concern our sign-in, not the mail (RFC 4954 section 6, and 530: sign in first).
const SIGN_IN_CODES: [&str; 4] = ["530", "534", "535", "538"];

/// How lettre words an answer that broke off; it has no kind of its own for it, and the test of the
/// silence after DATA holds it to this.
const BROKE_OFF: &str = "incomplete response";

/// One of the five answers.
pub(super) fn meaning(error: &Error) -> PortError {
    let Some(code) = error.status().map(|code| code.to_string()) else {
        return without_answer(error);
    };
    let said = codes(&code, error);
    if error.is_transient() {
        return later(said);
    }
    if SIGN_IN_CODES.contains(&code.as_str()) {
        return PortError::Reconnect(said);
    }
    PortError::Refused(said)
}

/// The deadline of the whole exchange passed.
pub(super) fn timed_out() -> PortError {
    later("time-out".into())
}

fn without_answer(error: &Error) -> PortError {
    if error.is_client() {
        // Ours, before anything was sent: no sign-in method in common, STARTTLS not offered.
        return PortError::Reconnect("the server offers no acceptable sign-in or TLS".into());
    }
    // A closed connection is an answer that breaks off; garbage is a contract that is not kept.
    if error.is_response() && !text(error).contains(BROKE_OFF) {
        return PortError::Broken("the server does not speak SMTP".into());
    }
    let class = match error {
        error if error.is_timeout() => "time-out",
        error if error.is_tls() => "TLS refused",
        _ => "no connection",
    };
    later(class.into())
}

fn later(detail: String) -> PortError {
    PortError::TryLater { not_before: None, detail }
}

/// The reply code and, where given, the enhanced one (RFC 3463), e.g. `550 5.1.1`.
fn codes(code: &str, error: &Error) -> String {
    let text = text(error);
    let enhanced = text.split_whitespace().find(|word| is_enhanced(word));
    match enhanced {
        Some(enhanced) => format!("SMTP {code} {enhanced}"),
        None => format!("SMTP {code}"),
    }
}

fn text(error: &Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

fn is_enhanced(word: &str) -> bool {
    let numbers: Vec<&str> = word.split('.').collect();
    let digits =
        |text: &&str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    numbers.len() == 3 && matches!(numbers[0], "4" | "5") && numbers[1..].iter().all(digits)
}

#[cfg(test)]
mod tests {
    use super::is_enhanced;

    #[test]
    fn an_enhanced_code_is_told_from_an_address_or_a_version() {
        assert!(is_enhanced("5.1.1") && is_enhanced("4.7.12"));
        for word in ["2.0.0", "10.0.0.1", "5.1", "5.1.x", "5.1.1000", "5..1", "anna"] {
            assert!(!is_enhanced(word), "{word}");
        }
    }
}
