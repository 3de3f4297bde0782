//! What a law's figures mean, in words: three sentences for everybody, warnings and a refusal for
//! whoever writes the policy. The limits stand here, each with its reason.

use super::{CheckInCounts, LawFigures, LawRefusal, SURE_SHARE_MAX};
use crate::draw::hazard::HazardTable;
use crate::sentence;
use crate::sentence::{Filling, Sentence, decimal};

/// Above this somebody who prepares on the likeliest days only is met noticeably more often than
/// chance would have it: ten check-ins in a hundred. A warning.
pub const EVASION_KS_MAX: f64 = 0.1;

/// Above this every second check-in can be prepared for beyond chance: that is a timetable and no
/// draw. For comparison: one check-in a month on a uniform day comes to 0.48, every 21 days give or
/// take three to 0.81. Refused.
pub const EVASION_KS_REFUSED: f64 = 0.5;

impl LawFigures {
    /// Three plain sentences about what people get: how often; how safe right after one; how sure
    /// near the end, and what somebody could do with it.
    pub fn sentences(&self, table: &HazardTable, counts: &CheckInCounts) -> [Sentence; 3] {
        [self.how_often(counts), self.how_safe(table), self.how_sure()]
    }

    fn how_often(&self, counts: &CheckInCounts) -> Sentence {
        sentence!(
            "Everybody is met on one of {gap} eligible days on average: about {times} times in a year of {days} such \
             days, for nine in ten people between {p5} and {p95} times.",
            gap = number(self.mean_gap_days),
            times = number(counts.mean),
            days = counts.eligible_days,
            p5 = counts.p5,
            p95 = counts.p95
        )
    }

    fn how_safe(&self, table: &HazardTable) -> Sentence {
        if self.safe_share > 0.0 {
            return sentence!(
                "Right after a check-in everybody is safe: on {share} of eligible days a check-in is impossible, and \
                 everybody can know which.",
                share = percent(self.safe_share)
            );
        }
        sentence!(
            "Right after a check-in nobody is safe: the next eligible day has a chance of {next}, a day on average \
             {mean}.",
            next = percent(table.threshold(1).hazard()),
            mean = percent(1.0 / self.mean_gap_days)
        )
    }

    fn how_sure(&self) -> Sentence {
        if self.evasion_ks <= 0.0 {
            return sentence!(
                "Waiting tells nothing: the chance is the same every day, so somebody who prepares on some days only \
                 is met unprepared as often as chance has it."
            );
        }
        sentence!(
            "{share} of check-ins fall on days on which a check-in is at least as likely as not; somebody who \
             prepares only on the likeliest days could be ready for at most {more} more check-ins in a hundred than \
             the days would suggest.",
            share = percent(self.sure_share),
            more = number(self.evasion_ks * 100.0)
        )
    }
}

/// What is allowed and unwise about these figures.
pub(super) fn warnings(f: &LawFigures) -> Vec<Sentence> {
    let mut found = Vec::new();
    if f.sure_share > SURE_SHARE_MAX {
        found.push(sentence!(
            "{share} of check-ins fall on days when people can expect them (at most {most} is good); a longer \
             max_gap_days or a longer mean lowers this.",
            share = percent(f.sure_share),
            most = percent(SURE_SHARE_MAX)
        ));
    }
    if f.safe_share > 0.0 {
        found.push(sentence!(
            "{share} of eligible days are provably safe; use soft_gap_days instead of min_gap_days, and none is.",
            share = percent(f.safe_share)
        ));
    }
    if f.evasion_ks > EVASION_KS_MAX {
        found.push(sentence!(
            "Somebody who prepares on the likeliest days only could be ready for {more} more check-ins in a hundred \
             than by chance (at most {most} is good); a longer max_gap_days, no min_gap_days and a shorter \
             soft_gap_days lower this.",
            more = number(f.evasion_ks * 100.0),
            most = number(EVASION_KS_MAX * 100.0)
        ));
    }
    found
}

/// Why figures are no draw any more, if they are not.
pub(super) fn refusal(f: &LawFigures) -> Option<LawRefusal> {
    (f.evasion_ks > EVASION_KS_REFUSED).then(|| {
        LawRefusal(sentence!(
            "this is a timetable: whoever prepares on the likeliest days only could be ready for {more} more \
             check-ins in a hundred than by chance, and at most {most} is accepted. Raise max_gap_days to four times \
             the mean, or leave it out, and lower min_gap_days to 0",
            more = number(f.evasion_ks * 100.0),
            most = number(EVASION_KS_REFUSED * 100.0)
        ))
    })
}

fn percent(share: f64) -> Filling {
    decimal(format!("{:.1} %", share * 100.0))
}

/// One digit after the point where it says something.
fn number(x: f64) -> Filling {
    let text = format!("{x:.1}");
    decimal(text.strip_suffix(".0").unwrap_or(&text))
}
