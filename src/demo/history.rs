//! The weeks before the visitor comes. The company lives through them on the movable clock, by the
//! real engine and by the same acts as the pages; nothing is inserted.

use super::{World, company};
use crate::acts::policy::Scope;
use crate::acts::{ActResult, Context, cases, evidence_view, mode};
use muster_domain::case::ResolutionCode;
use muster_domain::id::{CaseId, PersonId};
use muster_domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, UtcMillis};
use muster_store::{installation, people};
use std::io::Write;
use std::time::Instant;

/// Weeks lived through where nobody asks for another number: half a year.
pub const WEEKS: u32 = 26;
/// A year: what is older than that is hardly ever looked at.
pub const WEEKS_MAX: u32 = 52;

/// So long before the visitor comes the programme began for everybody. A week of 200
/// people takes longer to live through than one of a few; a pilot is also how a company begins.
const FOR_EVERYBODY_MS: i64 = 4 * WEEK_MS;
/// With whom it began: where money is paid out, and the people of the two stories.
const PILOT: &str =
    r#"department eq "Finance" or department eq "Operations" or manager_id eq "manager""#;

/// How long a manager takes to see a mail, and how long HR takes to find out and close a case.
const NOTICED_MS: i64 = 40 * MINUTE_MS;
const CLOSED_MS: i64 = 20 * HOUR_MS;
const WEEK_MS: i64 = 7 * DAY_MS;

/// The programme of a new company: for everybody, or for a pilot group where there is time for one.
pub(super) async fn begin(context: &Context) -> anyhow::Result<()> {
    if company::EVENING.since(context.now()) > FOR_EVERYBODY_MS {
        let pilot = Scope::Pilot(PILOT.to_owned());
        mode::resume(context, None, "We begin where money is paid out.", &pilot).await?;
    }
    Ok(())
}

/// When a company with this much history begins.
pub fn beginning(weeks: u32) -> UtcMillis {
    company::EVENING.plus_ms(-i64::from(weeks) * WEEK_MS)
}

impl World {
    /// From now to the working morning on which the visitor comes; one that was broken off is gone on
    /// with.
    pub(super) async fn live_until_morning(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let weeks_left = |now| (company::EVENING.since(now) + WEEK_MS - 1).max(0) / WEEK_MS;
        let weeks = weeks_left(self.context.now());
        while self.context.now() < company::EVENING {
            let left = company::EVENING.since(self.context.now());
            if self.tells {
                let week = weeks - weeks_left(self.context.now()) + 1;
                print!("\r  week {week} of {weeks} before today ... ");
                std::io::stdout().flush()?;
            }
            self.widen_when_due().await?;
            self.step(left.min(WEEK_MS)).await?;
        }
        self.hear_of_others().await?;
        self.step(company::MORNING.since(self.context.now())).await?;
        if self.tells && weeks > 0 {
            println!("\r  {weeks} weeks lived through in {:.1} s", begun.elapsed().as_secs_f64());
        }
        Ok(())
    }

    /// From a pilot group to everybody, when its weeks are over.
    async fn widen_when_due(&self) -> anyhow::Result<()> {
        let is_pilot = installation::get(self.context.store.read()).await?.pilot.is_some();
        if is_pilot && company::EVENING.since(self.context.now()) <= FOR_EVERYBODY_MS {
            let reason = "The pilot went well; now it is for everybody.";
            mode::resume(&self.context, None, reason, &Scope::Everybody).await?;
        }
        Ok(())
    }

    /// Whether the visitor has come: from then on nobody acts for the people the visitor plays.
    pub(super) fn is_present(&self) -> bool {
        self.context.now() >= company::MORNING
    }

    /// What managers and HR do about cases before the visitor comes. Answers how much they did.
    pub(super) async fn office_acts(&self) -> anyhow::Result<usize> {
        let db = self.context.store.read();
        let now = self.context.now().0;
        let mut acted = 0;
        for case in muster_store::cases::open(db).await? {
            let id = CaseId(case.id);
            let done = match case.acknowledged_ms {
                None if case.step > 0 && now - case.opened_ms > NOTICED_MS => {
                    let subject = people::get(db, PersonId(case.person_id)).await?;
                    match subject.manager_id {
                        Some(manager) => {
                            cases::decide::acknowledge(&self.context, PersonId(manager), id).await
                        }
                        None => continue,
                    }
                }
                Some(at) if now - at > CLOSED_MS => self.hr_closes(id).await,
                _ => continue,
            };
            match done {
                Ok(()) => acted += 1,
                Err(error) => tracing::debug!(%error, "left for the visitor"),
            }
        }
        Ok(acted)
    }

    async fn hr_closes(&self, id: CaseId) -> ActResult<()> {
        let Some(hr) = people::by_employee_id(self.context.store.read(), "hr").await? else {
            return Ok(());
        };
        let hr = PersonId(hr.id);
        evidence_view::open_evidence(&self.context, hr, id).await.ok();
        let code = ResolutionCode::ExplainedOtherwise.code();
        let reason = "Talked on the phone the same day; a family matter kept them away.";
        cases::closing::resolve(&self.context, hr, id, code, reason).await
    }
}
