//! Who asks: cookies, the person behind a session, proof of roles, and that a form is ours.

pub(crate) mod cookie;
pub(crate) mod csrf;
mod extract;
pub(crate) mod proxy;

pub(super) use extract::VisitorData;
pub use extract::{
    Admin, Auditor, Form, Hr, Id, Manager, Posted, Security, Session, SignedIn, Verifier, Visitor,
};

/// Where to go after signing in: a path of ours, or the first page. Anything that a browser could
/// read as another site is not a path of ours.
pub fn safe_next(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = !next.contains(['\\', '\r', '\n', '\t']) && !next.chars().any(char::is_control);
    if is_path && is_plain && next.len() <= 300 { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn nobody_is_led_away_after_signing_in() {
        assert_eq!(safe_next("/cases/7?x=1"), "/cases/7?x=1");
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "x"] {
            assert_eq!(safe_next(bad), "/", "{bad:?}");
        }
    }
}
