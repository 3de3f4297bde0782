//! Every sample of every mail, rendered strictly, and what must hold for each of them.
//!
//! The rendered samples are left in `mails/` below cargo's temporary folder for people to look at.

use muster_messages::Renderer;
use muster_messages::calendar_object::Method;
use muster_messages::mail::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

struct Sample {
    name: &'static str,
    context: Value,
    mail: RenderedMail,
}

fn render<M: Message>(messages: &Messages, all: &mut Vec<Sample>) {
    let samples = M::samples();
    assert!(samples.len() >= 2, "{} has too few samples", M::NAME);
    for sample in samples {
        let mail = messages.render(&sample).unwrap_or_else(|e| panic!("{}: {e}", M::NAME));
        let context = serde_json::to_value(&sample).unwrap();
        all.push(Sample { name: M::NAME, context, mail });
    }
}

fn all_samples() -> Vec<Sample> {
    let messages = Messages::new(Arc::new(Renderer::new().unwrap()));
    let mut all = Vec::new();
    macro_rules! each { ($($message:ty),+ $(,)?) => { $(render::<$message>(&messages, &mut all);)+ } }
    each![
        SignInCode,
        Notice,
        Invitation,
        InvitationUpdate,
        InvitationCancelled,
        NotStartedYet,
        Receipt,
        WordFromEmployee,
        ObjectionNote,
        CaseManager,
        CaseHrSecurity,
        CaseReminder,
        CaseResolved,
        CaseProposed,
        StandBy,
        StandByOver,
        StandDown,
        Delegated,
        RolePending,
        PolicyPending,
        ExceptionWord,
        OperatorAlarm,
        DisruptionNotice,
        LinkGroupNotice,
    ];
    all
}

/// What stands under these keys is about a person, a place or a finding.
fn private_strings(value: &Value, out: &mut Vec<String>) {
    const KEYS: &[&str] = &[
        "person",
        "reader_name",
        "vouched_by",
        "ordered_by",
        "proposed_by",
        "resolved_by",
        "known",
        "explanations",
        "advice",
        "recorded",
        "shared",
        "resolution",
        "proposal",
        "browser",
        "reason",
        "detail",
        "still_needed",
        "alarms",
    ];
    fn leaves(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|v| leaves(v, out)),
            Value::Object(fields) => fields.values().for_each(|v| leaves(v, out)),
            _ => {}
        }
    }
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            if KEYS.contains(&key.as_str()) {
                leaves(value, out);
            } else {
                private_strings(value, out);
            }
        }),
        Value::Array(items) => items.iter().for_each(|v| private_strings(v, out)),
        _ => {}
    }
}

fn visible_text(html: &str) -> String {
    let body = html.split("<body").nth(1).unwrap();
    let mut text = String::new();
    let mut tag = true; // the rest of `<body ...>`
    for c in body.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            c if !tag => text.push(c),
            _ => {}
        }
    }
    for (entity, c) in [
        ("&#x27;", "'"),
        ("&#x3D;", "="),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, c);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_folder_of_templates_belongs_to_a_message_and_has_its_four_parts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/messages");
    let folders: BTreeSet<String> = std::fs::read_dir(&root)
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let names: BTreeSet<String> = all_samples().iter().map(|s| s.name.to_owned()).collect();
    assert_eq!(folders, names);
    for folder in folders {
        let files: BTreeSet<String> = std::fs::read_dir(root.join(&folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let parts = ["body.html.hbs", "body.txt.hbs", "preheader.txt.hbs", "subject.txt.hbs"];
        assert_eq!(files, parts.map(str::to_owned).into(), "{folder}");
    }
}

#[test]
fn samples_are_left_for_people_to_look_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mails");
    std::fs::create_dir_all(&folder).unwrap();
    for (n, Sample { name, mail, .. }) in all_samples().iter().enumerate() {
        let stem = folder.join(format!("{n:02}-{name}"));
        let headed =
            format!("Subject: {}\nPreheader: {}\n\n{}", mail.subject, mail.preheader, mail.text);
        std::fs::write(stem.with_extension("txt"), headed).unwrap();
        std::fs::write(stem.with_extension("html"), &mail.html).unwrap();
        if let Some(calendar) = &mail.calendar {
            std::fs::write(stem.with_extension("ics"), &calendar.ics).unwrap();
        }
    }
}

#[test]
fn subject_and_preheader_are_one_clean_line_and_name_nobody() {
    for Sample { name, context, mail } in all_samples() {
        let mut private = Vec::new();
        private_strings(&context, &mut private);
        assert!(!private.is_empty(), "{name}: nothing to look for");
        for part in [&mail.subject, &mail.preheader] {
            assert!(!part.is_empty() && part.chars().count() <= 150, "{name}: {part}");
            assert!(!part.contains(|c: char| c.is_control()), "{name}: {part:?}");
            assert!(!part.contains(['\u{202E}', '\u{2066}', '\u{200F}']), "{name}: {part:?}");
            for word in private.iter().filter(|w| w.chars().count() > 3) {
                assert!(!part.contains(word.as_str()), "{name}: `{word}` stands in `{part}`");
            }
        }
    }
}

#[test]
fn a_preview_does_not_reach_the_name_inside() {
    for Sample { name, context, mail } in all_samples() {
        let padding = mail.html.matches("&#847;&zwnj;&nbsp;").count();
        assert!(padding >= 90, "{name}: {padding} fillers behind the preheader");
        let first: String = mail.text.chars().take(110).collect();
        if let Some(person) = context.get("person").and_then(Value::as_str) {
            assert!(!first.contains(person), "{name}: {first}");
            assert!(mail.text.replace('\n', " ").contains(person) || person.len() > 60, "{name}");
        }
    }
}

#[test]
fn html_takes_nothing_from_outside_and_has_one_button_to_the_page() {
    for Sample { name, context, mail } in all_samples() {
        let html = &mail.html;
        let lower = html.to_lowercase();
        for banned in [
            "<script",
            "<img",
            "<link",
            "<form",
            "src=",
            "url(",
            "@import",
            "javascript:",
            "{{",
            "http-equiv",
        ] {
            // The hostile sample types `{{frame}}`; it must come out as text, never be filled.
            let found = lower.matches(banned).count()
                - if banned == "{{" { lower.matches("{{frame}}").count() } else { 0 };
            assert_eq!(found, 0, "{name}: {banned}");
        }
        let hrefs: Vec<&str> =
            html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let page = context.get("page").and_then(Value::as_str);
        assert_eq!(hrefs, page.into_iter().collect::<Vec<_>>(), "{name}");
        assert_eq!(html.matches("class=\"button\"").count(), hrefs.len(), "{name}");
        assert!(html.len() < 90_000, "{name}: {} bytes, mail programs clip at 100 kB", html.len());
    }
}

#[test]
fn html_tags_are_balanced() {
    for Sample { name, mail, .. } in all_samples() {
        let mut open: Vec<&str> = Vec::new();
        for tag in mail.html.split('<').skip(1).filter(|t| !t.starts_with('!')) {
            let word = tag.split([' ', '>', '\n']).next().unwrap();
            match word.strip_prefix('/') {
                Some(end) => assert_eq!(open.pop(), Some(end), "{name}"),
                None if ["meta", "br"].contains(&word) => {}
                None => open.push(word),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?} left open");
    }
}

const CHOICES: &[&str] = &["manager", "managers_manager", "delegate", "hr", "security", "named"];

#[test]
fn the_text_part_says_what_the_html_part_says() {
    for Sample { name, context, mail } in all_samples() {
        let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let html = visible_text(&mail.html);
        let mut strings = Vec::new();
        private_strings(&context, &mut strings);
        for key in ["code", "digits", "receipt_id", "room", "policy", "version", "page"] {
            strings.extend(context.get(key).and_then(Value::as_str).map(str::to_owned));
        }
        // All five clocks stand in the mails that announce; the talk and the retry are sentences.
        if ["invitation", "invitation_update"].contains(&name) {
            for at in ["start", "join_by", "accepted_until", "announced"] {
                let clock = context.pointer(&format!("/times/{at}/clock")).unwrap();
                strings.push(clock.as_str().unwrap().to_owned());
            }
            strings.push("about 5 minutes".to_owned());
        }
        for step in ["who", "at"] {
            let shown = context.pointer(&format!("/next_step/{step}"));
            let shown = shown.map(|s| s.get("text").unwrap_or(s));
            strings.extend(shown.and_then(Value::as_str).map(str::to_owned));
        }
        let lines = context.get("checkpoint").and_then(Value::as_array).into_iter().flatten();
        strings.extend(lines.filter_map(Value::as_str).map(str::to_owned));
        for string in strings {
            let in_text = text.contains(&string);
            let in_html =
                html.contains(&string) || mail.html.contains(&format!("href=\"{string}\""));
            // Words of closed lists choose a sentence and are not shown themselves.
            if CHOICES.contains(&string.as_str()) {
                continue;
            }
            assert!(in_text && in_html, "{name}: `{string}`: text {in_text}, HTML {in_html}");
        }
        for end in ["why you got this", "to check it without clicking", "to ask a person"] {
            assert!(
                text.to_lowercase().contains(end) && html.to_lowercase().contains(end),
                "{name}: {end}"
            );
        }
    }
}

#[test]
fn text_lines_are_short_and_plain() {
    for Sample { name, mail, .. } in all_samples() {
        for line in mail.text.lines() {
            let one_word = line.trim_start_matches(['-', ' ']).split(' ').count() == 1;
            let proof = line.starts_with('—');
            assert!(line.chars().count() <= 72 || one_word || proof, "{name}: {line}");
        }
        assert!(!mail.text.contains(['\r', '\u{202E}', '\0']), "{name}");
        assert!(!mail.text.contains("&#") && !mail.text.contains("&quot;"), "{name}");
        assert!(!mail.text.contains("\n\n\n"), "{name}");
    }
}

#[test]
fn calendar_parts_fold_and_match_their_message() {
    let mut seen = 0;
    for Sample { name, mail, .. } in all_samples() {
        let Some(calendar) = mail.calendar else { continue };
        seen += 1;
        let expected =
            if name == "invitation_cancelled" { Method::Cancel } else { Method::Request };
        assert_eq!(calendar.method, expected, "{name}");
        assert!(calendar.ics.ends_with("END:VCALENDAR\r\n"), "{name}");
        assert!(calendar.ics.split("\r\n").all(|line| line.len() <= 75), "{name}");
        assert!(!calendar.ics.replace("\r\n", "").contains(['\r', '\n']), "{name}");
        let unfolded = calendar.ics.replace("\r\n ", "");
        for once in ["\r\nUID:", "\r\nATTENDEE;", "\r\nORGANIZER;", "\r\nDTSTART:", "\r\nSUMMARY:"]
        {
            assert_eq!(unfolded.matches(once).count(), 1, "{name}: {once:?}");
        }
        assert!(!unfolded.contains("\r\nBcc"), "{name}");
    }
    assert_eq!(seen, 12, "invitations, updates and cancellations with a calendar part");
}

#[test]
fn an_update_raises_the_sequence_and_keeps_the_uid() {
    let part = |ics: &str, key: &str| {
        ics.replace("\r\n ", "")
            .lines()
            .find_map(|l| l.strip_prefix(key).map(str::to_owned))
            .unwrap()
    };
    let invitation = Invitation::samples().pop().unwrap().calendar().unwrap().to_ics().unwrap();
    let update = InvitationUpdate::samples().pop().unwrap().calendar().unwrap().to_ics().unwrap();
    assert_eq!(part(&invitation, "UID:"), part(&update, "UID:"));
    assert_eq!(
        (part(&invitation, "SEQUENCE:").as_str(), part(&update, "SEQUENCE:").as_str()),
        ("0", "1")
    );
    assert_ne!(part(&invitation, "DTSTART:"), part(&update, "DTSTART:"));
}

#[test]
fn the_subjects_read_as_agreed() {
    let subjects: BTreeSet<String> = all_samples().into_iter().map(|s| s.mail.subject).collect();
    for subject in [
        "Video check-in today 14:35 (about 5 minutes)",
        "New time: video check-in today 16:10 (about 5 minutes)",
        "Cancelled: video check-in today 14:35",
        "Your video check-in begins now: join by 14:45",
        "Your video check-in is waiting: join by 14:45",
        "Case 2031 needs you by 17:00",
        "Case 2031 is open again and needs you by 17:00",
        "Reminder: case 2031 needs you by 17:00",
        "Case 2031 is resolved",
        "Receipt for your video check-in, Mon 23 Nov",
    ] {
        assert!(subjects.contains(subject), "{subject} not in {subjects:#?}");
    }
}

#[test]
fn no_mail_blames_or_guesses() {
    for Sample { name, mail, .. } in all_samples() {
        let text = mail.text.to_lowercase();
        for word in [
            "violation",
            "offender",
            "suspect",
            "suspicious",
            "enrollee",
            "fraud",
            " he ",
            " she ",
            " his ",
            " her ",
        ] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn the_sign_in_code_is_in_its_own_mail_only_and_that_mail_has_no_link() {
    for Sample { name, mail, .. } in all_samples() {
        let digits = mail.text.contains("482 913");
        assert_eq!(digits, mail.html.contains("482 913"));
        if name == "sign_in_code" {
            assert!(!mail.text.contains("://") && !mail.html.contains("href"), "{name}");
            assert!(!mail.subject.contains(char::is_numeric), "{name}");
        } else {
            assert!(!digits, "{name}");
        }
    }
}
