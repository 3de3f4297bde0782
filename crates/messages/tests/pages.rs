//! Every sample of every page: rendered strictly, well formed, labelled, free of inline code, and
//! leading only where a route is listed. With `MUSTER_SAMPLES_DIR` set they are also written
//! there, for people to look at.

use muster_messages::Renderer;
use muster_messages::pages::error::NOT_TYPED;
use muster_messages::pages::{ROUTES, Sample, gallery};
use std::collections::{HashMap, HashSet};

/// One tag as it stands in the page.
#[derive(Debug)]
struct Tag {
    name: String,
    closing: bool,
    attributes: HashMap<String, String>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

const VOID: &[&str] = &["meta", "link", "input", "br", "hr", "img"];

fn samples() -> Vec<Sample> {
    let renderer = Renderer::new().expect("every template parses");
    gallery(&renderer).expect("every sample has every name its template asks for")
}

/// Reads all tags. Panics with the place where the page is not well formed.
fn tags(sample: &Sample) -> Vec<Tag> {
    let html = &sample.html;
    let at = |i: usize| {
        format!(
            "{} #{} near {:?}",
            sample.name,
            sample.number,
            html[i..].chars().take(80).collect::<String>()
        )
    };
    let mut found = Vec::new();
    let mut i = 0;
    while let Some(start) = html[i..].find('<').map(|p| p + i) {
        let mut chars = html[start + 1..].char_indices().peekable();
        if html[start..].starts_with("<!") {
            i = start + html[start..].find('>').expect("a declaration ends") + 1;
            continue;
        }
        let mut quoted = false;
        let end = chars.find(|(_, c)| {
            quoted ^= *c == '"';
            assert!(*c != '<' || quoted, "a tag inside a tag: {}", at(start));
            *c == '>' && !quoted
        });
        let end =
            start + 1 + end.unwrap_or_else(|| panic!("a tag that does not end: {}", at(start))).0;
        let inner = html[start + 1..end].trim();
        let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest));
        let (name, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric()) && !name.is_empty(),
            "an odd tag: {}",
            at(start)
        );
        let mut attributes = HashMap::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let stop = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
            let key = rest[..stop].to_owned();
            assert!(
                key.chars().all(|c| c.is_ascii_lowercase() || c == '-') || key == "viewBox",
                "an odd attribute {key:?}: {}",
                at(start)
            );
            rest = &rest[stop..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix("=\"") {
                let close = after.find('"').expect("a quoted value ends");
                value = after[..close].to_owned();
                rest = &after[close + 1..];
            } else {
                assert!(!rest.starts_with('='), "a value without quotes: {}", at(start));
            }
            assert!(
                attributes.insert(key.clone(), value).is_none(),
                "{key} stands twice: {}",
                at(start)
            );
        }
        found.push(Tag { name: name.to_owned(), closing, attributes });
        i = end + 1;
    }
    found
}

fn places(sample: &Sample) -> String {
    format!("{} #{}", sample.name, sample.number)
}

#[test]
fn every_sample_renders_with_nothing_missing_and_can_be_looked_at() {
    let samples = samples();
    assert!(samples.len() > 80, "only {} samples", samples.len());
    if let Some(folder) = std::env::var_os("MUSTER_SAMPLES_DIR") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for sample in &samples {
            let file = format!(
                "{}-{}.html",
                sample.name.trim_start_matches("pages/").replace('/', "-"),
                sample.number
            );
            std::fs::write(folder.join(file), &sample.html).expect("a sample can be written");
        }
    }
}

#[test]
fn every_page_template_has_samples() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates");
    let mut folders = vec![root.join("pages")];
    let mut files = HashSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("templates lie in the tree") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "hbs") {
                let name = path.strip_prefix(&root).expect("below templates").with_extension("");
                files.insert(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let shown: HashSet<String> = samples().into_iter().map(|s| s.name.to_owned()).collect();
    assert_eq!(files, shown);
}

#[test]
fn every_page_is_well_formed_and_says_its_language_title_and_one_heading() {
    for sample in samples() {
        let place = places(&sample);
        let mut open = Vec::new();
        let mut headings = 0;
        for tag in tags(&sample) {
            headings += usize::from(tag.name == "h1" && !tag.closing);
            if VOID.contains(&tag.name.as_str()) {
                continue;
            }
            if tag.closing {
                assert_eq!(
                    open.pop().as_deref(),
                    Some(tag.name.as_str()),
                    "{place}: wrongly nested, still open: {open:?}"
                );
            } else {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{place}: never closed: {open:?}");
        assert_eq!(headings, 1, "{place}: one h1");
        assert!(
            sample.html.starts_with("<!doctype html>\n<html lang=\"en-GB\""),
            "{place}: language"
        );
        assert!(
            sample.html.contains("<title>") && sample.html.contains("width=device-width"),
            "{place}: head"
        );
        assert_eq!(sample.html.matches("<main ").count(), 1, "{place}: one main");
    }
}

#[test]
fn every_id_is_unique_and_whatever_points_to_one_finds_it() {
    for sample in samples() {
        let tags = tags(&sample);
        let mut ids = HashSet::new();
        for id in tags.iter().filter_map(|t| t.get("id")) {
            assert!(ids.insert(id), "{}: the id {id:?} stands twice", places(&sample));
        }
        for tag in &tags {
            let lists = ["aria-labelledby", "aria-describedby", "for"]
                .map(|a| tag.get(a).unwrap_or_default());
            for id in lists.iter().flat_map(|list| list.split_whitespace()) {
                assert!(
                    ids.contains(id),
                    "{}: {id:?} is pointed at and not there",
                    places(&sample)
                );
            }
            // Hostile frames carry one problem that points nowhere on purpose.
            let target =
                tag.get("href").and_then(|h| h.strip_prefix('#')).filter(|id| *id != "nowhere");
            assert!(
                target.is_none_or(|id| ids.contains(id)),
                "{}: {target:?} leads nowhere",
                places(&sample)
            );
        }
    }
}

#[test]
fn every_input_has_a_label_every_picture_a_text_every_button_a_type() {
    for sample in samples() {
        let tags = tags(&sample);
        let labelled: HashSet<&str> =
            tags.iter().filter(|t| t.name == "label").filter_map(|t| t.get("for")).collect();
        for tag in tags.iter().filter(|t| !t.closing) {
            let field = matches!(tag.name.as_str(), "input" | "select" | "textarea" | "meter")
                && tag.get("type") != Some("hidden");
            let place = places(&sample);
            assert!(
                !field || tag.get("id").is_some_and(|id| labelled.contains(id)),
                "{place}: no label: {tag:?}"
            );
            assert!(
                tag.name != "img" || tag.get("alt").is_some_and(|t| !t.is_empty()),
                "{place}: no text: {tag:?}"
            );
            assert!(tag.name != "button" || tag.get("type").is_some(), "{place}: no type: {tag:?}");
            assert!(
                tag.name != "iframe"
                    || (tag.get("title").is_some() && tag.get("sandbox").is_some()),
                "{place}: {tag:?}"
            );
            assert!(
                tag.name != "video" || tag.get("aria-label").is_some(),
                "{place}: a video without a name"
            );
        }
    }
}

#[test]
fn no_page_needs_more_than_the_strictest_content_policy() {
    for sample in samples() {
        let place = places(&sample);
        assert!(!sample.html.contains("</script></script>"), "{place}");
        for pair in tags(&sample).windows(2) {
            let tag = &pair[0];
            assert!(tag.name != "style", "{place}: inline style sheet");
            for name in tag.attributes.keys() {
                assert!(name != "style" && !name.starts_with("on"), "{place}: inline {name}");
            }
            if tag.name == "script" && !tag.closing {
                assert!(
                    tag.get("src").is_some_and(|s| s.starts_with("/assets/js/")),
                    "{place}: inline script"
                );
                assert!(pair[1].name == "script" && pair[1].closing, "{place}: inline script");
            }
            for source in ["src", "href"].iter().filter_map(|a| tag.get(a)) {
                let loads = matches!(
                    tag.name.as_str(),
                    "script" | "link" | "img" | "iframe" | "video" | "use"
                );
                assert!(
                    !loads || (source.starts_with('/') && !source.starts_with("//")),
                    "{place}: loads {source}"
                );
                assert!(!source.starts_with("javascript:"), "{place}: {source}");
            }
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for sample in samples() {
        let mut open: Option<bool> = None;
        for tag in tags(&sample) {
            match (tag.name.as_str(), tag.closing) {
                ("form", false) if tag.get("method") == Some("post") => open = Some(false),
                ("form", false) => {
                    assert_eq!(tag.get("method"), Some("get"), "{}", places(&sample))
                }
                ("form", true) => {
                    assert_ne!(open.take(), Some(false), "{}: a form without csrf", places(&sample))
                }
                ("input", _) if tag.get("name") == Some("csrf") => {
                    assert!(
                        open.is_some() && tag.get("value").is_some_and(|v| !v.is_empty()),
                        "{}",
                        places(&sample)
                    );
                    open = Some(true);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_link_and_form_leads_to_a_listed_route() {
    for sample in samples() {
        for tag in tags(&sample).iter().filter(|t| !t.closing) {
            let (method, target) = match tag.name.as_str() {
                "a" | "iframe" | "img" => ("GET", tag.get("href").or(tag.get("src"))),
                "form" if tag.get("method") == Some("post") => ("POST", tag.get("action")),
                "form" => ("GET", tag.get("action")),
                "details" => ("POST", tag.get("data-reveal")),
                "aside" => ("GET", tag.get("data-poll")),
                "section" if tag.get("data-receipt").is_some() => ("POST", tag.get("data-receipt")),
                "section" => ("GET", tag.get("data-socket")),
                _ => continue,
            };
            let Some(path) = target.filter(|t| t.starts_with('/')) else { continue };
            let path = path.split(['?', '#']).next().unwrap_or_default();
            let listed = ROUTES.iter().any(|(m, pattern)| *m == method && fits(pattern, path));
            assert!(listed, "{}: {method} {path} is not in ROUTES", places(&sample));
        }
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (pattern.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted.iter().zip(&given).all(|(w, g)| w == g || (*w == "{}" && !g.is_empty()))
}

/// A form that was not taken is shown again as it was typed, without what a page had put into it.
#[test]
fn no_hidden_field_counts_as_typed_and_no_text_is_forgotten() {
    // Typed a page before, what a filter keeps, and what buttons of the demo send.
    const ELSEWHERE: &[&str] = &["address", "show", "minutes", "person"];
    for sample in samples() {
        for tag in tags(&sample).iter().filter(|t| !t.closing) {
            let Some(name) = tag.get("name") else { continue };
            let is_hidden = tag.get("type") == Some("hidden");
            let is_text = tag.name == "textarea";
            let place = places(&sample);
            assert!(!is_text || !NOT_TYPED.contains(&name), "{place}: {name} would be lost");
            let is_known = ELSEWHERE.contains(&name) || NOT_TYPED.contains(&name);
            assert!(!is_hidden || is_known, "{place}: {name} was never typed");
        }
    }
}

#[test]
fn what_people_typed_is_never_markup() {
    let hostile: Vec<Sample> =
        samples().into_iter().filter(|s| s.html.contains("&lt;script&gt;")).collect();
    assert!(hostile.len() > 25, "only {} hostile samples", hostile.len());
    for sample in samples() {
        assert!(!sample.html.contains("<script>"), "{}", places(&sample));
        assert!(!sample.html.contains('\u{202e}'), "{}: turns the text round it", places(&sample));
    }
}

#[test]
fn no_page_accuses() {
    for sample in samples() {
        let text = sample.html.to_lowercase();
        for word in ["violation", "offender", "suspect", "enrollee", "suspicious", "fraud"] {
            assert!(!text.contains(word), "{}: says {word:?}", places(&sample));
        }
    }
}

#[test]
fn every_shape_a_page_names_is_in_the_sprite() {
    let sprite = include_str!("../../../assets/icons.svg");
    for sample in samples() {
        for tag in tags(&sample).iter().filter(|t| t.name == "use" && !t.closing) {
            let name = tag
                .get("href")
                .and_then(|h| h.strip_prefix("/assets/icons.svg#"))
                .expect("our own sprite");
            assert!(
                sprite.contains(&format!("id=\"{name}\"")),
                "{}: no shape {name:?}",
                places(&sample)
            );
        }
    }
}
