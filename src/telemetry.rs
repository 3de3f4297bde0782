//! Log lines and metrics of the running process. Ids and codes only: nothing personal may reach
//! either, which is the rule of whoever writes a line, not of this file.

use crate::config::{Log, LogFormat};
use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error, as JSON lines or text.
///
/// # Errors
/// The filter is malformed, or logging was started before.
pub fn start_logging(log: &Log) -> anyhow::Result<()> {
    let filter = filter(&log.filter)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => lines.with_ansi(false).with_target(false).try_init(),
    };
    started.map_err(|e| anyhow::anyhow!("logging cannot be started: {e}"))
}

/// Installs the recorder of metrics; the handle renders what `/metrics` answers.
///
/// # Errors
/// One was installed before.
pub fn install_metrics() -> anyhow::Result<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().context("metrics cannot be recorded")
}

fn filter(text: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(text).with_context(|| {
        format!("log.filter: `{text}` is not a filter (accepted: such as info,muster=debug)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_checked_and_the_fault_names_its_key() {
        assert!(filter("info,muster=debug").is_ok());
        let fault = filter("muster=loud").unwrap_err().to_string();
        assert!(fault.contains("log.filter"), "{fault}");
    }

    #[test]
    fn what_is_counted_can_be_rendered() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || metrics::counter!("muster_turns").increment(2));
        assert!(handle.render().contains("muster_turns 2"));
    }
}
