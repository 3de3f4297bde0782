//! Every language is complete: each English text of templates, Rust sources and scripts has a
//! translation with the same gaps and tags, nothing is translated that nobody says, and every sample of
//! every page renders in it.

use muster_domain::sentence::DECIMAL_MARK;
use muster_messages::language::{Catalogue, Language, keys, within};
use muster_messages::pages::gallery;
use muster_messages::{Renderer, templates};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// Every English text, and where it is said first.
fn said() -> BTreeMap<String, String> {
    let root = root();
    let mut said = BTreeMap::new();
    let mut note = |texts: Vec<String>, place: &str| {
        for text in texts {
            said.entry(text).or_insert_with(|| place.to_owned());
        }
    };
    for (name, text) in templates() {
        note(keys::of_template(&name, &text), &format!("templates/{name}.hbs"));
    }
    for card in &muster_domain::challenge::catalogue().templates {
        note(card.texts(), "crates/domain/data/challenges");
    }
    note(vec![DECIMAL_MARK.to_owned()], "crates/domain/src/sentence.rs");
    let mut sources = Vec::new();
    files(&root.join("src"), "rs", &mut sources);
    for folder in ["domain", "store", "packs", "messages"] {
        files(&root.join("crates").join(folder).join("src"), "rs", &mut sources);
    }
    let place_of = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    for path in sources {
        let place = place_of(&path);
        // These two explain the macros by examples.
        let explains = place.ends_with("messages/src/language/keys.rs")
            || place.ends_with("domain/src/sentence.rs");
        if !explains {
            note(keys::of_rust(&std::fs::read_to_string(&path).unwrap()), &place);
        }
    }
    let mut scripts = Vec::new();
    files(&root.join("assets/js"), "js", &mut scripts);
    for path in scripts {
        note(keys::of_script(&std::fs::read_to_string(&path).unwrap()), &place_of(&path));
    }
    said
}

fn catalogue(language: Language) -> Catalogue {
    let file = root().join("languages").join(format!("{}.po", language.code()));
    Catalogue::read(&std::fs::read(file).unwrap()).unwrap()
}

fn others() -> impl Iterator<Item = Language> {
    Language::ALL.into_iter().filter(|language| *language != Language::English)
}

/// `{{values}}`, `{gaps}` and tags of a text.
fn marks(text: &str) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for (open, close) in [('{', '}'), ('<', '>')] {
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            let Some(end) = rest[start..].find(close) else { break };
            let end = rest[start + end..]
                .find(|c| c != close)
                .map_or(rest.len(), |more| start + end + more);
            marks.insert(rest[start..end].to_owned());
            rest = &rest[end..];
        }
    }
    marks
}

#[test]
fn no_text_is_missing_in_a_language_and_none_is_left_over() {
    let said = said();
    for language in others() {
        let known = catalogue(language);
        let missing: Vec<String> = said
            .iter()
            .filter(|(english, _)| known.get(english).is_none())
            .map(|(english, place)| format!("{place}: {english}"))
            .collect();
        let left_over: Vec<&str> =
            known.pairs().map(|(english, _)| english).filter(|e| !said.contains_key(*e)).collect();
        let code = language.code();
        assert!(
            missing.is_empty() && left_over.is_empty(),
            "languages/{code}.po lacks {}:\n{}\nand has {} that nobody says:\n{}",
            missing.len(),
            missing.join("\n"),
            left_over.len(),
            left_over.join("\n")
        );
    }
}

#[test]
fn translations_keep_gaps_and_tags() {
    for language in others() {
        let known = catalogue(language);
        let differ: Vec<String> = known
            .pairs()
            .filter(|(english, text)| marks(english) != marks(text))
            .map(|(english, text)| format!("{english}\n  {text}"))
            .collect();
        assert!(differ.is_empty(), "{}:\n{}", language.code(), differ.join("\n"));
    }
}

#[test]
fn every_page_renders_in_every_language_and_says_which() {
    let renderer = Renderer::new().unwrap();
    for language in others() {
        let pages = within(language, || gallery(&renderer)).unwrap();
        assert!(pages.len() > 100);
        for page in pages.iter().filter(|page| page.html.contains("<html")) {
            let lang = format!("<html lang=\"{}\"", language.tag());
            assert!(page.html.contains(&lang), "{}", page.name);
        }
    }
}

#[test]
fn no_quotation_mark_ends_an_attribute_or_a_string_too_early() {
    for language in others() {
        let known = catalogue(language);
        let straight: Vec<&str> =
            known.pairs().map(|(_, text)| text).filter(|t| t.contains('"')).collect();
        assert!(straight.is_empty(), "{straight:#?}");
    }
}
