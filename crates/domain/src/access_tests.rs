//! The whole table, read aloud, and the rules between two people.

use super::*;

fn id(n: u8) -> PersonId {
    PersonId::from_random([n; 16])
}

/// 1 is the head; 2 reports to 1; 3 (the person) and 4 report to 2; 5 reports to 3; 6 and up to nobody.
fn manager_of(person: PersonId) -> Option<PersonId> {
    let pairs = [(2, 1), (3, 2), (4, 2), (5, 3)];
    pairs.iter().find(|(p, _)| id(*p) == person).map(|(_, m)| id(*m))
}

fn with<T>(n: u8, roles: &[Role], ask: impl FnOnce(Actor<'_>) -> T) -> T {
    let roles = roles.iter().copied().collect();
    ask(Actor { id: id(n), roles: &roles })
}

fn case(cause: Outcome) -> CaseFacts {
    CaseFacts {
        person: id(3),
        cause,
        is_first_plain_miss: cause == Outcome::Missed,
        shared_with_line: false,
        blind_look_pending: false,
    }
}

fn close(n: u8, roles: &[Role], case: &CaseFacts, opened: bool) -> Result<(), Denial> {
    with(n, roles, |actor| may_close(actor, case, opened, &manager_of))
}

#[test]
fn the_whole_table() {
    // Columns: employee, verifier, manager, hr, security, auditor, admin.
    let written = "
        view_own_check_in      x - - - - - -
        view_own_record        x - - - - - -
        explain_own_check_in   x - - - - - -
        dispute_own_outcome    x - - - - - -
        attend_as_verifier     - x - - - - -
        order_manual_check_in  - - - x x - -
        arrange_baseline       - - - x - - -
        view_challenges        - - - x x x -
        retire_challenges      - - - x x - -
        approve_passkey        - - - x - - -
        vouch_for_person       - - x x - - -
        view_case              - - x x x x -
        acknowledge_case       - - x x x - -
        comment_case           - - x x x - -
        propose_on_case        - - x x x - -
        excuse_first_miss      - - x x x - -
        resolve_case           - - - x x - -
        delegate               - - x - - - -
        view_delegations       - - x x x x -
        watch_delegations      - - - x x x -
        end_delegation         - - - x x - -
        open_evidence          - - - x x x -
        read_findings          - - x - - - -
        view_exceptions        - - - x x x -
        propose_exception      - - - x x - -
        confirm_exception      - - - x x - -
        end_exception          - - - x x - -
        view_rule_record       - - - x x x -
        change_rules           - - - x x - -
        open_network_evidence  - - - - x - -
        search_links           - - - - x - -
        resolve_links          - - - - x - -
        order_overlap          - - - - x - -
        propose_sites          - - - x x - -
        confirm_sites          - - - - x - -
        import_observations    - - - - x - x
        import_hr_keys         - - - x - - -
        manage_tokens          - - - - x - x
        handle_reports         - - - - x - -
        take_blind_look        - - - - x - -
        review_dispute         - - - x x - -
        propose_overturn       - - - x x - -
        confirm_overturn       - - - x x - -
        view_coverage          - - - x x x -
        view_policy            - - x x x x -
        propose_policy         - - - x - - -
        confirm_policy         - - - x x - -
        propose_exemption      - - - x - - -
        confirm_exemption      - - - x x - -
        view_roster            - - - x - - -
        import_roster          - - - x - - -
        edit_absences          - - - x - - -
        edit_work_places       - - - x - - -
        edit_accommodations    - - - x - - -
        confirm_role           - - - - x - x
        export_personal_data   - - - x - - -
        erase_personal_data    - - - x - - -
        hold_personal_data     - - - x x - -
        read_audit_log         - - - - - x -
        replay_revealed_draws  - - - - - x -
        view_system            - - - - - - x
        change_settings        - - - - - - x
        pause_programme        - - - x - - x
        change_chains          - - - x x - x";
    let table: Vec<String> = Act::ALL
        .iter()
        .map(|act| {
            let cells = Role::ALL.iter().map(|role| if permits(*role, *act) { " x" } else { " -" });
            format!("{act}{}", cells.collect::<String>())
        })
        .collect();
    let normal = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let written: Vec<String> = written.lines().map(normal).filter(|l| !l.is_empty()).collect();
    assert_eq!(table, written);
}

#[test]
fn every_act_stands_in_the_table_once() {
    for act in Act::ALL {
        assert_eq!(TABLE.iter().filter(|(a, _)| a == act).count(), 1, "{act}");
    }
}

#[test]
fn nobody_approves_a_passkey_of_their_own_or_in_their_line() {
    let ask = |n, roles: &[Role]| with(n, roles, |a| may_approve_passkey(a, id(3), &manager_of));
    assert_eq!(ask(6, &[Role::Hr]), Ok(()));
    assert_eq!(ask(3, &[Role::Hr]), Err(Denial::OwnMatter));
    for in_line in [1, 2, 5] {
        assert_eq!(ask(in_line, &[Role::Hr]), Err(Denial::OwnLine));
    }
    for role in Role::ALL.iter().filter(|role| **role != Role::Hr) {
        assert_eq!(ask(6, &[*role]), Err(Denial::RoleMissing), "{role}");
    }
}

#[test]
fn nobody_opens_a_link_group_they_belong_to_or_stand_in_line_with() {
    let members = [id(3), id(6)];
    let open = |n, roles: &[Role]| with(n, roles, |a| may_open_links(a, &members, &manager_of));
    assert_eq!(open(4, &[Role::Security]), Ok(()));
    assert_eq!(open(3, &[Role::Security]), Err(Denial::OwnMatter));
    for in_line in [1, 2, 5] {
        assert_eq!(open(in_line, &[Role::Security]), Err(Denial::OwnLine));
    }
    assert_eq!(open(4, &[Role::Hr, Role::Manager, Role::Auditor]), Err(Denial::RoleMissing));
}

#[test]
fn findings_without_values_are_for_the_line_and_exceptions_never_are() {
    let shared = CaseFacts { shared_with_line: true, ..case(Outcome::NeedsReview) };
    let read = |n, facts: &CaseFacts| {
        with(n, &[Role::Manager], |a| may_read_findings(a, facts, &manager_of))
    };
    assert_eq!(read(2, &shared), Ok(()));
    assert_eq!(read(1, &shared), Ok(()));
    assert_eq!(read(5, &shared), Err(Denial::NotInLine));
    assert_eq!(read(2, &case(Outcome::Escalated)), Err(Denial::NotYetShared));
    let hr = with(6, &[Role::Hr], |a| may_read_findings(a, &shared, &manager_of));
    assert_eq!(hr, Err(Denial::RoleMissing), "whoever is outside opens the evidence");
    let except = |n, roles: &[Role]| {
        with(n, roles, |a| may_except(a, Act::ProposeException, id(3), &manager_of))
    };
    assert_eq!(except(6, &[Role::Hr]), Ok(()));
    assert_eq!(except(3, &[Role::Hr]), Err(Denial::OwnMatter));
    for in_line in [1, 2, 5] {
        assert_eq!(except(in_line, &[Role::Hr, Role::Security]), Err(Denial::OwnLine));
    }
    assert_eq!(except(6, &[Role::Manager, Role::Auditor]), Err(Denial::RoleMissing));
}

#[test]
fn no_act_shows_a_future_draw() {
    for act in Act::ALL {
        let code = act.code();
        let names_the_future = ["future", "next", "upcoming", "planned", "schedule", "hazard"];
        assert!(!names_the_future.iter().any(|word| code.contains(word)), "{code}");
        assert!(!code.contains("draw") || *act == Act::ReplayRevealedDraws, "{code}");
    }
}

#[test]
fn a_line_is_followed_upwards_and_a_loop_in_old_data_ends() {
    assert!(in_line_of(id(1), id(3), &manager_of));
    assert!(!in_line_of(id(3), id(1), &manager_of));
    assert!(!in_line_of(id(4), id(3), &manager_of), "a colleague is not in the line");
    assert!(share_a_line(id(5), id(3), &manager_of) && share_a_line(id(3), id(3), &manager_of));
    assert!(!in_line_of(id(9), id(7), &|p| Some(if p == id(7) { id(8) } else { id(7) })));
}

#[test]
fn a_manager_excuses_a_first_plain_miss_and_closes_nothing_else() {
    let manager = [Role::Manager];
    assert_eq!(close(2, &manager, &case(Outcome::Missed), false), Ok(()));
    let second = CaseFacts { is_first_plain_miss: false, ..case(Outcome::Missed) };
    assert_eq!(close(2, &manager, &second, true), Err(Denial::OwnLine));
    for cause in [Outcome::Refused, Outcome::NeedsReview, Outcome::Inconclusive] {
        assert_eq!(close(2, &manager, &case(cause), true), Err(Denial::OwnLine), "{cause}");
    }
    assert_eq!(close(6, &manager, &case(Outcome::Missed), true), Err(Denial::NotInLine));
}

#[test]
fn hr_or_security_above_a_person_is_still_in_his_line() {
    for role in [Role::Hr, Role::Security] {
        let roles = [Role::Manager, role];
        assert_eq!(close(2, &roles, &case(Outcome::NeedsReview), true), Err(Denial::OwnLine));
        assert_eq!(
            close(5, &[role], &case(Outcome::Missed), true),
            Err(Denial::OwnLine),
            "below him"
        );
        assert_eq!(close(3, &[role], &case(Outcome::Missed), true), Err(Denial::OwnMatter));
        assert_eq!(close(6, &[role], &case(Outcome::Missed), false), Ok(()));
    }
}

#[test]
fn a_serious_case_is_closed_after_its_evidence_was_opened() {
    for cause in [Outcome::NeedsReview, Outcome::Escalated] {
        assert_eq!(
            close(6, &[Role::Security], &case(cause), false),
            Err(Denial::EvidenceNotOpened)
        );
        assert_eq!(close(6, &[Role::Security], &case(cause), true), Ok(()));
    }
    assert_eq!(close(6, &[Role::Hr], &case(Outcome::NeedsReview), true), Ok(()));
    assert_eq!(close(6, &[Role::Hr], &case(Outcome::Escalated), true), Err(Denial::RoleMissing));
    for role in [Role::Auditor, Role::Admin, Role::Verifier, Role::Employee] {
        assert!(close(6, &[role], &case(Outcome::Missed), true).is_err(), "{role}");
    }
}

#[test]
fn an_escalated_case_reaches_the_line_only_when_shared() {
    let view = |n, roles: &[Role], case: &CaseFacts| {
        with(n, roles, |a| may_view_case(a, case, &manager_of))
    };
    let escalated = case(Outcome::Escalated);
    assert_eq!(view(2, &[Role::Manager], &escalated), Err(Denial::NotYetShared));
    let shared = CaseFacts { shared_with_line: true, ..escalated };
    assert_eq!(view(2, &[Role::Manager], &shared), Ok(()));
    assert_eq!(view(6, &[Role::Hr], &escalated), Ok(()));
    let blind = CaseFacts { blind_look_pending: true, ..shared };
    for (n, role) in [(6, Role::Hr), (6, Role::Auditor), (2, Role::Manager), (2, Role::Security)] {
        assert_eq!(view(n, &[role], &blind), Err(Denial::NotYetShared), "{role}");
    }
    assert_eq!(view(6, &[Role::Security], &blind), Ok(()));
}

#[test]
fn evidence_is_opened_outside_the_line_and_network_evidence_by_security() {
    let open = |n, role: Role, act| {
        with(n, &[role], |a| may_open_evidence(a, act, &case(Outcome::NeedsReview), &manager_of))
    };
    assert_eq!(open(6, Role::Hr, Act::OpenEvidence), Ok(()));
    assert_eq!(open(6, Role::Hr, Act::OpenNetworkEvidence), Err(Denial::RoleMissing));
    assert_eq!(open(6, Role::Security, Act::OpenNetworkEvidence), Ok(()));
    assert_eq!(open(2, Role::Manager, Act::OpenEvidence), Err(Denial::RoleMissing));
    assert_eq!(open(2, Role::Security, Act::OpenEvidence), Err(Denial::OwnLine));
}

#[test]
fn the_second_person_is_another_one() {
    let confirm = |n, roles: &[Role], act, proposer, about: Option<u8>| {
        with(n, roles, |a| may_confirm(a, act, id(proposer), about.map(id)))
    };
    assert_eq!(confirm(6, &[Role::Hr], Act::ConfirmPolicy, 6, None), Err(Denial::SamePerson));
    assert_eq!(confirm(6, &[Role::Hr], Act::ConfirmPolicy, 7, None), Ok(()));
    assert_eq!(confirm(6, &[Role::Admin], Act::ConfirmPolicy, 7, None), Err(Denial::RoleMissing));
    assert_eq!(confirm(6, &[Role::Admin], Act::ConfirmRole, 7, Some(6)), Err(Denial::OwnMatter));
    assert_eq!(confirm(6, &[Role::Admin], Act::ConfirmRole, 7, Some(8)), Ok(()));
}

#[test]
fn whoever_vouches_is_neither_the_person_nor_the_verifier_nor_who_asked() {
    let vouch = |n, role: Role, verifier, ordered: Option<u8>| {
        with(n, &[role], |a| may_vouch(a, id(3), Some(id(verifier)), ordered.map(id), &manager_of))
    };
    assert_eq!((vouch(2, Role::Manager, 7, None), vouch(6, Role::Hr, 7, None)), (Ok(()), Ok(())));
    assert_eq!(vouch(6, Role::Manager, 7, None), Err(Denial::NotInLine));
    assert_eq!(vouch(3, Role::Hr, 7, None), Err(Denial::OwnMatter));
    assert_eq!(vouch(6, Role::Hr, 6, None), Err(Denial::WasTheVerifier));
    assert_eq!(vouch(6, Role::Hr, 7, Some(6)), Err(Denial::SamePerson));
    assert_eq!(vouch(7, Role::Verifier, 6, None), Err(Denial::RoleMissing));
}

#[test]
fn verifiers_and_reviewers_stand_outside() {
    let verify = |n| with(n, &[Role::Verifier], |a| may_verify(a, id(3), &manager_of));
    assert_eq!(verify(4), Ok(()), "a colleague may");
    assert_eq!(
        (verify(2), verify(5), verify(3)),
        (Err(Denial::OwnLine), Err(Denial::OwnLine), Err(Denial::OwnMatter))
    );
    let review = |n, verifier| {
        with(n, &[Role::Hr], |a| may_review_dispute(a, id(3), Some(id(verifier)), &manager_of))
    };
    assert_eq!(
        (review(6, 7), review(6, 6), review(1, 7)),
        (Ok(()), Err(Denial::WasTheVerifier), Err(Denial::OwnLine))
    );
}
