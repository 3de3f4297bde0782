//! `[calendar]`: what is read of people's own calendars. Nothing, unless a section says where.

use muster_integrations::ics_free_busy::FreeBusyConfig;
use serde::Deserialize;

/// `[calendar]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// When people are busy; off by default.
    pub free_busy: Option<FreeBusyConfig>,
}
