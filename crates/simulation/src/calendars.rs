//! Calendars that follow a script: busy times by address, and a record of who was asked when. The real
//! provider is tested in `integrations`.

use async_trait::async_trait;
use muster_domain::calendar::Window;
use muster_domain::time::UtcMillis;
use muster_ports::{BusyAnswer, BusyQuestion, FreeBusy, PortError, PortResult};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// One call: which addresses, and from when on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub addresses: Vec<String>,
    pub from: UtcMillis,
}

#[derive(Debug, Default)]
struct State {
    busy: HashMap<String, Vec<Window>>,
    is_down: bool,
    asked: Vec<Asked>,
}

/// Everybody's calendar; empty at first.
#[derive(Debug, Default)]
pub struct ScriptedCalendars {
    state: Mutex<State>,
}

impl ScriptedCalendars {
    /// From now on this calendar shows these busy times.
    pub fn show(&self, address: &str, busy: &[Window]) {
        self.state().busy.insert(address.to_owned(), busy.to_vec());
    }

    /// Whether the provider is unreachable.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// Every call so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while held")
    }
}

#[async_trait]
impl FreeBusy for ScriptedCalendars {
    async fn busy(
        &self,
        who: &[BusyQuestion],
        from: UtcMillis,
        to: UtcMillis,
    ) -> Vec<PortResult<BusyAnswer>> {
        let mut state = self.state();
        let addresses: Vec<String> = who.iter().map(|q| q.address.clone()).collect();
        state.asked.push(Asked { addresses: addresses.clone(), from });
        let answer = |address: &String| {
            if state.is_down {
                return Err(PortError::TryLater { not_before: None, detail: "down".to_owned() });
            }
            let all = state.busy.get(address).cloned().unwrap_or_default();
            let busy = all.into_iter().filter(|w| w.start < to && from < w.end).collect();
            Ok(BusyAnswer { busy, not_understood: 0 })
        };
        addresses.iter().map(answer).collect()
    }
}
