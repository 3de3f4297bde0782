//! The guides tell the truth about addresses, defaults and each other.

use super::*;
use muster_domain::policy::policy_example;
use std::collections::HashSet;

/// Everything a guide writes as code, in order.
fn code(guide: &Guide) -> Vec<String> {
    let parser = Parser::new_ext(guide.source, Options::ENABLE_TABLES);
    let code = |event| match event {
        Event::Code(code) => Some(code.to_string()),
        _ => None,
    };
    parser.filter_map(code).collect()
}

fn words(guide: &Guide) -> String {
    guide.source.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_address_in_a_guide_is_a_page_and_becomes_a_link() {
    let mut found = 0;
    for guide in GUIDES {
        let (_, body) = rendered(guide.source);
        for code in code(guide).iter().filter(|c| c.starts_with('/')) {
            assert!(is_page(code), "{}: {code} is no page", guide.slug);
            assert!(body.contains(&format!("<a href=\"{code}\">")), "{}: {code}", guide.slug);
            found += 1;
        }
    }
    assert!(found > 20, "only {found}");
    assert!(!is_page("/check-ins/{}") && !is_page("/sign-out") && !is_page("/nowhere"));
}

#[test]
fn every_guide_begins_with_its_title_and_a_minute_and_has_sections_with_anchors() {
    let mut titles = HashSet::new();
    for guide in GUIDES {
        assert!(titles.insert(guide.title));
        assert!(guide.source.starts_with(&format!("# {}\n", guide.title)), "{}", guide.slug);
        let (sections, body) = rendered(guide.source);
        assert_eq!(sections[0].title, "In one minute", "{}", guide.slug);
        assert!(sections.len() >= 5 && !body.contains("<h1"), "{}", guide.slug);
        for section in &sections {
            assert!(body.contains(&format!("<h2 id=\"{}\">", section.id)), "{section:?}");
        }
    }
}

/// A number in a guide stands beside "by default" and is the default.
#[test]
fn what_is_said_by_default_is_the_default() {
    let days = RetentionDays::default();
    let said = [
        ("employee", format!("exact point is kept {} days", days.exact_place)),
        ("employee", format!("an area of about 5 km {} days", days.place_area)),
        ("administrator", format!("`retention.exact_place` {}", days.exact_place)),
        ("administrator", format!("`retention.place_area` {}", days.place_area)),
        ("administrator", format!("`retention.session_detail` {}", days.session_detail)),
        ("administrator", format!("`retention.decision` {}", days.decision)),
        ("auditor", format!("kept by default {} days", days.draw_record)),
    ];
    for (slug, sentence) in said {
        assert!(words(guide(slug).expect("a guide")).contains(&sentence), "{slug}: {sentence}");
    }
    // The example lists every default of a policy; a test of the domain holds it to that.
    let of_policy = [
        ("employee", "by default 15 to 30 minutes before", "notice_minutes = [15, 30]"),
        ("verifier", "by default 15 to 30 minutes ahead", "notice_minutes = [15, 30]"),
        ("employee", "until 10 minutes after the start", "window_minutes = 10"),
        ("employee", "not absent for 5 minutes more", "grace_minutes = 5"),
        ("employee", "about five minutes", "session_minutes = 5"),
        ("employee", "by default three", "count = 3"),
        ("employee", "two times a quarter", "not_now_per_quarter = 2"),
        ("employee", "120 minutes a week", "private_block_minutes_per_week = 120"),
        ("verifier", "at most 12 sessions a day", "daily_cap = 12"),
        ("verifier", "break of 15 minutes after four", "break_minutes = 15"),
        ("verifier", "after four in a row", "break_after_sessions = 4"),
        ("manager", "after 480 minutes", "acknowledge_timeout_minutes = 480"),
    ];
    let example = policy_example();
    for (slug, sentence, default) in of_policy {
        assert!(words(guide(slug).expect("a guide")).contains(sentence), "{slug}: {sentence}");
        assert!(example.lines().any(|line| line == default), "{default} is the default no more");
    }
}

#[test]
fn links_between_guides_lead_to_pages_and_markup_is_dropped() {
    let (sections, body) = rendered(
        "# T\n\n## A `b` c!\n\n[x](manager.md#a) [y](https://e.example)\n\n<script>1</script>\n\nz <b>q</b>\n",
    );
    assert_eq!(sections, [Section { id: "a-b-c".to_owned(), title: "A b c!".to_owned() }]);
    assert!(
        body.contains("href=\"/help/manager#a\"") && body.contains("href=\"https://e.example\"")
    );
    assert!(!body.contains("<script") && !body.contains("<b>"), "{body}");
}
