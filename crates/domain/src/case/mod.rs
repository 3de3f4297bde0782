//! Cases: one concern about one person and one cause, and what may be done with it.
//!
//! Words and rules only. A case never changes anybody's access, pay or status: it asks humans to
//! look, and is closed by one of them with a reason.

mod deadlines;
mod resolution;

use crate::judging::finding::Disposition;

pub use deadlines::{CaseDeadlines, case_deadlines};
pub use resolution::{
    CloserRelation, REASON_WORDS_MIN, ResolutionRefusal, ResolutionRequest, SecondLook,
    may_excuse_alone, may_resolve,
};

/// A second plain miss within this many days is closed outside the manager's line.
pub const SECOND_MISS_WINDOW_DAYS: i64 = 90;

words! {
    /// Why a case exists.
    pub enum CaseCause {
        Missed = "missed",
        Refused = "refused",
        NeedsReview = "needs_review",
        Escalated = "escalated",
        /// The third inconclusive check-in running.
        InconclusiveRepeated = "inconclusive_repeated",
    }
}

words! {
    /// Where a case is. An acknowledgement that lapses leads back to `open`.
    pub enum CaseState {
        Open = "open",
        Acknowledged = "acknowledged",
        Resolved = "resolved",
    }
}

words! {
    /// How a case was closed.
    pub enum ResolutionCode {
        /// A first plain miss had a good reason.
        ExcusedAbsence = "excused_absence",
        ExplainedTechnical = "explained_technical",
        ExplainedTravel = "explained_travel",
        ExplainedOtherwise = "explained_otherwise",
        /// A later check-in or a meeting in person confirmed the person.
        IdentityConfirmedLater = "identity_confirmed_later",
        /// Our data or a provider's was wrong.
        DataError = "data_error",
        Duplicate = "duplicate",
        /// The person has left; nothing remains to be found out.
        PersonLeft = "person_left",
        /// The concern stands and was handed to those who decide about it, outside Muster.
        ConcernConfirmedHandedOver = "concern_confirmed_handed_over",
    }
}

impl ResolutionCode {
    /// What a closing says of the findings that led to the case. A duplicate or somebody's leaving says
    /// nothing of them.
    pub const fn disposition(self) -> Disposition {
        match self {
            ResolutionCode::ConcernConfirmedHandedOver => Disposition::Confirmed,
            ResolutionCode::ExcusedAbsence
            | ResolutionCode::ExplainedTechnical
            | ResolutionCode::ExplainedTravel
            | ResolutionCode::ExplainedOtherwise
            | ResolutionCode::IdentityConfirmedLater => Disposition::Explained,
            ResolutionCode::DataError => Disposition::Wrong,
            ResolutionCode::Duplicate | ResolutionCode::PersonLeft => Disposition::None,
        }
    }
}

words! {
    /// What can happen in a case's story. Every entry has one of these and an instant.
    pub enum StoryEvent {
        Opened = "opened",
        RecheckArranged = "recheck_arranged",
        RecheckVerified = "recheck_verified",
        RecheckFailed = "recheck_failed",
        AlternativeArranged = "alternative_arranged",
        StepSent = "step_sent",
        StepDelivered = "step_delivered",
        StepFailed = "step_failed",
        /// An announcement to its person was given back after all.
        InvitationCameBack = "invitation_came_back",
        Acknowledged = "acknowledged",
        AcknowledgementLapsed = "acknowledgement_lapsed",
        EvidenceOpened = "evidence_opened",
        Commented = "commented",
        EmployeeExplained = "employee_explained",
        ResolutionProposed = "resolution_proposed",
        SecondLookAsked = "second_look_asked",
        SecondLookGiven = "second_look_given",
        Excused = "excused",
        Resolved = "resolved",
        Disputed = "disputed",
        DisputeDecided = "dispute_decided",
        Corrected = "corrected",
    }
}
