//! How an ending is told: the exit status, and errors as sentences on standard error.

use super::Ended;
use crate::acts::ActError;
use std::process::ExitCode;

/// Says what went wrong, if anything did, and gives the exit status: 0 or 1. (2, typed wrong, is
/// clap's; 75 is EX_TEMPFAIL of sysexits.h, which mail servers understand.)
pub fn report(ended: anyhow::Result<Ended>) -> ExitCode {
    match ended {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Attention) => ExitCode::FAILURE,
        Ok(Ended::TryAgain) => ExitCode::from(75),
        Err(error) => {
            eprint!("{}", sentences(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes; faults of a file on a line each.
fn sentences(error: &anyhow::Error) -> String {
    if let Some(invalid @ ActError::Invalid(faults)) = error.downcast_ref::<ActError>() {
        let outer = error.to_string();
        let file = if outer == invalid.to_string() { String::new() } else { outer + ": " };
        let lines = faults.iter().map(|(_, sentence)| format!("  {sentence}\n"));
        return format!("error: {file}{} fault(s)\n{}", faults.len(), lines.collect::<String>());
    }
    let mut text = format!("error: {}\n", error.to_string().trim_end());
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // A transparent error repeats the sentence of the one it wraps.
        if !text.contains(cause.trim_end()) {
            text += &format!("  because {}\n", cause.trim_end());
        }
    }
    text
}

/// One JSON document on standard output.
pub(super) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    text(&format!("{}\n", serde_json::to_string_pretty(value)?));
    Ok(())
}

/// Text on standard output. Whoever reads it may stop early (`| head`), which is no failure: all
/// that was to be done is done by then.
pub(super) fn text(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// A line on standard output.
macro_rules! say {
    ($($arg:tt)*) => { $crate::commands::print::text(&format!("{}\n", format_args!($($arg)*))) };
}
pub(super) use say;

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn faults_stand_on_a_line_each_and_causes_are_not_repeated() {
        let faults = vec![("people", "line 2".to_owned()), ("people", "line 9".to_owned())];
        let text = sentences(&ActError::Invalid(faults).into());
        assert_eq!(text, "error: 2 fault(s)\n  line 2\n  line 9\n");
        let fault = ActError::invalid("policy", "line 1");
        let text = sentences(&anyhow::Error::from(fault).context("standard.toml"));
        assert_eq!(text, "error: standard.toml: 1 fault(s)\n  line 1\n");
        let error = Err::<(), _>(std::io::Error::other("disk full")).context("cannot write x");
        let text = sentences(&error.unwrap_err());
        assert_eq!(text, "error: cannot write x\n  because disk full\n");
    }
}
