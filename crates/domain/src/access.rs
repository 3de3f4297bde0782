//! Who may see and do what: one table of roles and acts, and the rules that depend on how two
//! people stand to each other. Pure answers; handlers turn them into proof, and the store keeps
//! what was done. No act shows a future draw: nothing that could be asked for exists (DESIGN 6).

use crate::check_in::Outcome;
use crate::id::PersonId;
use crate::msg;
use crate::person::Role;
use std::collections::BTreeSet;

words! {
    /// Everything that needs a right.
    pub enum Act {
        // One's own.
        /// Own check-ins from their announcement on, with receipt.
        ViewOwnCheckIn = "view_own_check_in",
        /// All that is held about oneself, and who looked at it.
        ViewOwnRecord = "view_own_record",
        /// Say what happened, from one's own side.
        ExplainOwnCheckIn = "explain_own_check_in",
        /// Ask for another look at an outcome.
        DisputeOwnOutcome = "dispute_own_outcome",
        // Meeting.
        AttendAsVerifier = "attend_as_verifier",
        OrderManualCheckIn = "order_manual_check_in",
        /// Book first, supervised sessions, and see whose is due.
        ArrangeBaseline = "arrange_baseline",
        /// How each card of the tasks has done.
        ViewChallenges = "view_challenges",
        /// Take a worn card out for everybody, or bring it back.
        RetireChallenges = "retire_challenges",
        /// Say that a passkey that was added without a verifier is the person's, or take it away.
        ApprovePasskey = "approve_passkey",
        /// Say that the person of a first session is the one who was hired.
        VouchForPerson = "vouch_for_person",
        // Cases. Each also needs the relation checks below.
        ViewCase = "view_case",
        AcknowledgeCase = "acknowledge_case",
        CommentCase = "comment_case",
        ProposeOnCase = "propose_on_case",
        ExcuseFirstMiss = "excuse_first_miss",
        ResolveCase = "resolve_case",
        /// Name who stands in for one's own people while one is away.
        Delegate = "delegate",
        /// Who stands in for oneself, and for whom one stands in.
        ViewDelegations = "view_delegations",
        /// Who stands in for whom, of everybody.
        WatchDelegations = "watch_delegations",
        EndDelegation = "end_delegation",
        /// Place, device and the verifier's form of one case; every view is an audit entry.
        OpenEvidence = "open_evidence",
        /// What did not fit in a check-in of the own line: what rules look at, without what they measured.
        ReadFindings = "read_findings",
        /// Which rules do not count for whom, why and until when.
        ViewExceptions = "view_exceptions",
        /// Ask that a rule or family shall not count for somebody.
        ProposeException = "propose_exception",
        ConfirmException = "confirm_exception",
        EndException = "end_exception",
        /// How often each rule spoke, and what became of it.
        ViewRuleRecord = "view_rule_record",
        /// Give a rule one level less, or its own level again.
        ChangeRules = "change_rules",
        /// Addresses, network paths, link groups.
        OpenNetworkEvidence = "open_network_evidence",
        /// Ask who was seen at an address, network or device; every question is an audit entry.
        SearchLinks = "search_links",
        /// Say how a link group ended.
        ResolveLinks = "resolve_links",
        /// Meet several people of a link group at one time; a second person confirms it.
        OrderOverlap = "order_overlap",
        /// Ask for another list of named sites.
        ProposeSites = "propose_sites",
        ConfirmSites = "confirm_sites",
        /// Bring sign-ins of other systems in for linkage.
        ImportObservations = "import_observations",
        /// Bring delivery addresses and payroll accounts in for linkage, and nothing else.
        ImportHrKeys = "import_hr_keys",
        /// Make and revoke the tokens of programs.
        ManageTokens = "manage_tokens",
        /// See reports of other systems that wait for a session; withdraw one together with a second
        /// person.
        HandleReports = "handle_reports",
        /// The second, blind look at a `different_person`.
        TakeBlindLook = "take_blind_look",
        ReviewDispute = "review_dispute",
        ProposeOverturn = "propose_overturn",
        ConfirmOverturn = "confirm_overturn",
        // The programme.
        ViewCoverage = "view_coverage",
        ViewPolicy = "view_policy",
        ProposePolicy = "propose_policy",
        ConfirmPolicy = "confirm_policy",
        ProposeExemption = "propose_exemption",
        ConfirmExemption = "confirm_exemption",
        // People.
        ViewRoster = "view_roster",
        ImportRoster = "import_roster",
        EditAbsences = "edit_absences",
        EditWorkPlaces = "edit_work_places",
        /// Keep tasks away that a person cannot or need not do.
        EditAccommodations = "edit_accommodations",
        ConfirmRole = "confirm_role",
        /// Everything held about one person, handed out to them.
        ExportPersonalData = "export_personal_data",
        /// Destroy what is held about somebody who has left.
        ErasePersonalData = "erase_personal_data",
        /// Keep what is held about somebody past its date, or let it go again.
        HoldPersonalData = "hold_personal_data",
        // The service.
        ReadAuditLog = "read_audit_log",
        /// Recompute draws whose keys have been revealed.
        ReplayRevealedDraws = "replay_revealed_draws",
        ViewSystem = "view_system",
        ChangeSettings = "change_settings",
        PauseProgramme = "pause_programme",
        /// Ask for a holder's chain to begin or end, rotate the operator's own; a second person
        /// confirms what concerns other holders.
        ChangeChains = "change_chains",
    }
}

use Role::{Admin, Auditor, Employee, Hr, Manager, Security, Verifier};

/// The table. Every act stands in it once.
const TABLE: &[(Act, &[Role])] = &[
    (Act::ViewOwnCheckIn, &[Employee]),
    (Act::ViewOwnRecord, &[Employee]),
    (Act::ExplainOwnCheckIn, &[Employee]),
    (Act::DisputeOwnOutcome, &[Employee]),
    (Act::AttendAsVerifier, &[Verifier]),
    (Act::OrderManualCheckIn, &[Hr, Security]),
    (Act::ArrangeBaseline, &[Hr]),
    (Act::ViewChallenges, &[Hr, Security, Auditor]),
    (Act::RetireChallenges, &[Hr, Security]),
    (Act::ApprovePasskey, &[Hr]),
    (Act::VouchForPerson, &[Manager, Hr]),
    (Act::ViewCase, &[Manager, Hr, Security, Auditor]),
    (Act::AcknowledgeCase, &[Manager, Hr, Security]),
    (Act::CommentCase, &[Manager, Hr, Security]),
    (Act::ProposeOnCase, &[Manager, Hr, Security]),
    (Act::ExcuseFirstMiss, &[Manager, Hr, Security]),
    (Act::ResolveCase, &[Hr, Security]),
    (Act::Delegate, &[Manager]),
    (Act::ViewDelegations, &[Manager, Hr, Security, Auditor]),
    (Act::WatchDelegations, &[Hr, Security, Auditor]),
    (Act::EndDelegation, &[Hr, Security]),
    (Act::OpenEvidence, &[Hr, Security, Auditor]),
    (Act::ReadFindings, &[Manager]),
    (Act::ViewExceptions, &[Hr, Security, Auditor]),
    (Act::ProposeException, &[Hr, Security]),
    (Act::ConfirmException, &[Hr, Security]),
    (Act::EndException, &[Hr, Security]),
    (Act::ViewRuleRecord, &[Hr, Security, Auditor]),
    (Act::ChangeRules, &[Hr, Security]),
    (Act::OpenNetworkEvidence, &[Security]),
    (Act::SearchLinks, &[Security]),
    (Act::ResolveLinks, &[Security]),
    (Act::OrderOverlap, &[Security]),
    (Act::ProposeSites, &[Hr, Security]),
    (Act::ConfirmSites, &[Security]),
    (Act::ImportObservations, &[Security, Admin]),
    (Act::ImportHrKeys, &[Hr]),
    (Act::ManageTokens, &[Security, Admin]),
    (Act::HandleReports, &[Security]),
    (Act::TakeBlindLook, &[Security]),
    (Act::ReviewDispute, &[Hr, Security]),
    (Act::ProposeOverturn, &[Hr, Security]),
    (Act::ConfirmOverturn, &[Hr, Security]),
    (Act::ViewCoverage, &[Hr, Security, Auditor]),
    (Act::ViewPolicy, &[Manager, Hr, Security, Auditor]),
    (Act::ProposePolicy, &[Hr]),
    (Act::ConfirmPolicy, &[Hr, Security]),
    (Act::ProposeExemption, &[Hr]),
    (Act::ConfirmExemption, &[Hr, Security]),
    (Act::ViewRoster, &[Hr]),
    (Act::ImportRoster, &[Hr]),
    (Act::EditAbsences, &[Hr]),
    (Act::EditWorkPlaces, &[Hr]),
    (Act::EditAccommodations, &[Hr]),
    (Act::ConfirmRole, &[Security, Admin]),
    (Act::ExportPersonalData, &[Hr]),
    (Act::ErasePersonalData, &[Hr]),
    (Act::HoldPersonalData, &[Hr, Security]),
    (Act::ReadAuditLog, &[Auditor]),
    (Act::ReplayRevealedDraws, &[Auditor]),
    (Act::ViewSystem, &[Admin]),
    (Act::ChangeSettings, &[Admin]),
    (Act::PauseProgramme, &[Hr, Admin]),
    (Act::ChangeChains, &[Hr, Security, Admin]),
];

/// Whether a role carries an act. What an act is done *to* may forbid it still.
pub fn permits(role: Role, act: Act) -> bool {
    TABLE.iter().any(|(a, roles)| *a == act && roles.contains(&role))
}

/// Whether one of several roles carries an act. Everybody is an employee.
pub fn any_permits(roles: &BTreeSet<Role>, act: Act) -> bool {
    permits(Employee, act) || roles.iter().any(|role| permits(*role, act))
}

words! {
    /// Why somebody may not do something.
    pub enum Denial {
        RoleMissing = "role-missing",
        OwnMatter = "own-matter",
        OwnLine = "own-line",
        NotInLine = "not-in-line",
        NotYetShared = "not-yet-shared",
        EvidenceNotOpened = "evidence-not-opened",
        SamePerson = "same-person",
        WasTheVerifier = "was-the-verifier",
    }
}

impl Denial {
    /// What is said to whoever asked.
    pub const fn sentence(self) -> &'static str {
        match self {
            Denial::RoleMissing => msg!("None of your roles allows this."),
            Denial::OwnMatter => msg!("This is about you, so somebody else has to do it."),
            Denial::OwnLine => {
                msg!(
                    "You and this person are in one line of management, so somebody outside it has to do this."
                )
            }
            Denial::NotInLine => msg!("You see the cases of people in your own line only."),
            Denial::NotYetShared => msg!("Security is still looking at this case."),
            Denial::EvidenceNotOpened => msg!("Open the evidence first, then decide."),
            Denial::SamePerson => msg!("You proposed this, so a second person has to confirm it."),
            Denial::WasTheVerifier => {
                msg!("You met this person as the verifier, so somebody else has to look at it.")
            }
        }
    }
}

/// Somebody who asks, with the roles in force.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    pub id: PersonId,
    pub roles: &'a BTreeSet<Role>,
}

/// Looks up a person's manager.
pub type ManagerOf<'a> = &'a dyn Fn(PersonId) -> Option<PersonId>;

/// What decides about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseFacts {
    pub person: PersonId,
    /// The outcome that opened it.
    pub cause: Outcome,
    /// A `missed` with nothing else against it and none within the 90 days before.
    pub is_first_plain_miss: bool,
    /// Whether security and HR have shared it with the line (others than `escalated` are from the
    /// start).
    pub shared_with_line: bool,
    /// A `different_person` that waits for its second, blind look.
    pub blind_look_pending: bool,
}

impl CaseFacts {
    /// Whether closing it needs opened evidence.
    pub const fn is_serious(&self) -> bool {
        matches!(self.cause, Outcome::NeedsReview | Outcome::Escalated)
    }
}

/// Whether `actor` stands above `person` in the line of management.
pub fn in_line_of(actor: PersonId, person: PersonId, manager_of: ManagerOf<'_>) -> bool {
    // A roster with a loop is refused at import; the bound keeps old data from hanging us.
    const LEVELS_MAX: usize = 64;
    std::iter::successors(manager_of(person), |p| manager_of(*p))
        .take(LEVELS_MAX)
        .any(|p| p == actor)
}

/// Whether two people are the same or one stands above the other.
pub fn share_a_line(a: PersonId, b: PersonId, manager_of: ManagerOf<'_>) -> bool {
    a == b || in_line_of(a, b, manager_of) || in_line_of(b, a, manager_of)
}

/// Whether somebody may meet a person as the verifier.
///
/// # Errors
/// Why not.
pub fn may_verify(
    actor: Actor<'_>,
    person: PersonId,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::AttendAsVerifier)?;
    outside_the_line(actor.id, person, manager_of)
}

/// Whether somebody may see a case. Nobody but security sees a `different_person` before its blind
/// look; a manager sees cases of his line, an `escalated` one only once it was shared.
///
/// # Errors
/// Why not.
pub fn may_view_case(
    actor: Actor<'_>,
    case: &CaseFacts,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::ViewCase)?;
    if actor.id == case.person {
        return Err(Denial::OwnMatter);
    }
    let is_in_line = in_line_of(actor.id, case.person, manager_of);
    if case.blind_look_pending && (!actor.roles.contains(&Security) || is_in_line) {
        return Err(Denial::NotYetShared);
    }
    if !is_in_line {
        let sees_all = [Hr, Security, Auditor].iter().any(|r| actor.roles.contains(r));
        return if sees_all { Ok(()) } else { Err(Denial::NotInLine) };
    }
    if case.cause == Outcome::Escalated && !case.shared_with_line {
        return Err(Denial::NotYetShared);
    }
    Ok(())
}

/// Whether somebody may close a case. In the line: a first plain miss only, which is excused. Outside
/// it: HR or security, an `escalated` case security alone, a serious one after opening the evidence.
///
/// # Errors
/// Why not.
pub fn may_close(
    actor: Actor<'_>,
    case: &CaseFacts,
    evidence_opened: bool,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    may_view_case(actor, case, manager_of)?;
    let is_excusable = case.cause == Outcome::Missed && case.is_first_plain_miss;
    if in_line_of(actor.id, case.person, manager_of) && is_excusable {
        return needs(actor, Act::ExcuseFirstMiss);
    }
    outside_the_line(actor.id, case.person, manager_of)?;
    needs(actor, Act::ResolveCase)?;
    if case.cause == Outcome::Escalated && !actor.roles.contains(&Security) {
        return Err(Denial::RoleMissing);
    }
    if case.is_serious() && !evidence_opened {
        return Err(Denial::EvidenceNotOpened);
    }
    Ok(())
}

/// Whether somebody may open the evidence of a case: never about himself or in his own line.
///
/// # Errors
/// Why not.
pub fn may_open_evidence(
    actor: Actor<'_>,
    act: Act,
    case: &CaseFacts,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    let is_network = act == Act::OpenNetworkEvidence;
    needs(actor, if is_network { act } else { Act::OpenEvidence })?;
    may_view_case(actor, case, manager_of)?;
    outside_the_line(actor.id, case.person, manager_of)
}

/// Whether somebody may read what did not fit, without what was measured: whoever stands above the
/// person, once the case was shared with the line.
///
/// # Errors
/// Why not.
pub fn may_read_findings(
    actor: Actor<'_>,
    case: &CaseFacts,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::ReadFindings)?;
    may_view_case(actor, case, manager_of)?;
    match in_line_of(actor.id, case.person, manager_of) {
        true => Ok(()),
        false => Err(Denial::NotInLine),
    }
}

/// Whether somebody may ask for an exception for a person or confirm one: never for themselves or in one
/// line with them.
///
/// # Errors
/// Why not.
pub fn may_except(
    actor: Actor<'_>,
    act: Act,
    person: PersonId,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, act)?;
    outside_the_line(actor.id, person, manager_of)
}

/// Whether somebody may say that a passkey is the person's: HR, neither for themselves nor in one line with
/// them.
///
/// # Errors
/// Why not.
pub fn may_approve_passkey(
    actor: Actor<'_>,
    person: PersonId,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::ApprovePasskey)?;
    outside_the_line(actor.id, person, manager_of)
}

/// Whether somebody may open a link group: security, and neither of it nor in line with anybody of it.
///
/// # Errors
/// Why not.
pub fn may_open_links(
    actor: Actor<'_>,
    members: &[PersonId],
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::OpenNetworkEvidence)?;
    members.iter().try_for_each(|member| outside_the_line(actor.id, *member, manager_of))
}

/// Whether somebody may confirm what another proposed: policy, role, exemption, overturned outcome.
/// `about` is the person it concerns, if it concerns one.
///
/// # Errors
/// Why not.
pub fn may_confirm(
    actor: Actor<'_>,
    act: Act,
    proposer: PersonId,
    about: Option<PersonId>,
) -> Result<(), Denial> {
    needs(actor, act)?;
    if actor.id == proposer {
        return Err(Denial::SamePerson);
    }
    if about == Some(actor.id) {
        return Err(Denial::OwnMatter);
    }
    Ok(())
}

/// Whether somebody may vouch for the person of a baseline session: HR, or whoever stands above them;
/// neither the person, nor the verifier, nor whoever asked for another picture.
///
/// # Errors
/// Why not.
pub fn may_vouch(
    actor: Actor<'_>,
    person: PersonId,
    verifier: Option<PersonId>,
    ordered_by: Option<PersonId>,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::VouchForPerson)?;
    if actor.id == person {
        return Err(Denial::OwnMatter);
    }
    if verifier == Some(actor.id) {
        return Err(Denial::WasTheVerifier);
    }
    if ordered_by == Some(actor.id) {
        return Err(Denial::SamePerson);
    }
    match actor.roles.contains(&Hr) || in_line_of(actor.id, person, manager_of) {
        true => Ok(()),
        false => Err(Denial::NotInLine),
    }
}

/// Whether somebody may review a dispute: neither in the line of the person nor the verifier.
///
/// # Errors
/// Why not.
pub fn may_review_dispute(
    actor: Actor<'_>,
    person: PersonId,
    verifier: Option<PersonId>,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    needs(actor, Act::ReviewDispute)?;
    if verifier == Some(actor.id) {
        return Err(Denial::WasTheVerifier);
    }
    outside_the_line(actor.id, person, manager_of)
}

fn needs(actor: Actor<'_>, act: Act) -> Result<(), Denial> {
    if any_permits(actor.roles, act) { Ok(()) } else { Err(Denial::RoleMissing) }
}

fn outside_the_line(
    actor: PersonId,
    person: PersonId,
    manager_of: ManagerOf<'_>,
) -> Result<(), Denial> {
    if actor == person {
        return Err(Denial::OwnMatter);
    }
    if share_a_line(actor, person, manager_of) {
        return Err(Denial::OwnLine);
    }
    Ok(())
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
