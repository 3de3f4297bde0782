//! Templates are written in English. For another language their text is exchanged when they are
//! loaded; code, tags and placeholders stay as they are.
//!
//! What is translated is a *unit*: a run of text between two block-level tags or block helpers,
//! with the inline tags and values that stand in it. In the language file a tag has lost its
//! attributes: `Open <a href="{{url}}">the page</a> by {{clock}}.` is `Open <a>the page</a> by
//! {{clock}}.`; a second tag of one name is `<a2>`. Values of the attributes that people read or
//! hear, and of the parameter `label` of a partial, are units of their own.

use super::tokens::{Form, Token, tokens};

/// `template` with each unit exchanged for what `translate` gives; none leaves the English.
pub(crate) fn localise(
    template: &str,
    form: Form,
    translate: &mut dyn FnMut(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(template.len() + template.len() / 4);
    let mut run = Vec::new();
    for token in tokens(template, form) {
        if token.is_inline() {
            run.push(token);
        } else {
            write_run(&mut out, &run, form, translate);
            run.clear();
            out.push_str(&localised(token, form, translate));
        }
    }
    write_run(&mut out, &run, form, translate);
    out
}

/// Attributes whose value people read or hear.
const SPOKEN: [&str; 9] = [
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "data-name",
    "data-label",
    "data-past",
    "data-copied",
    "data-done",
];

/// The token itself, with its spoken attributes or its label translated.
fn localised(
    token: Token<'_>,
    form: Form,
    translate: &mut dyn FnMut(&str) -> Option<String>,
) -> String {
    match token {
        Token::Open { raw, .. } => with_values(raw, &SPOKEN, translate),
        Token::Block(raw) if form != Form::Value && raw.starts_with("{{") => {
            with_values(raw, &["label"], translate)
        }
        other => other.raw().to_owned(),
    }
}

/// `raw` with the values of the attributes `names` translated.
fn with_values(
    raw: &str,
    names: &[&str],
    translate: &mut dyn FnMut(&str) -> Option<String>,
) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((at, name)) = next_attribute(rest, names) {
        let value_at = at + name.len() + 2;
        let Some(length) = closing_quote(&rest[value_at..]) else { break };
        out.push_str(&rest[..value_at]);
        out.push_str(&localise(&rest[value_at..value_at + length], Form::Value, translate));
        rest = &rest[value_at + length..];
    }
    out.push_str(rest);
    out
}

fn next_attribute<'n>(raw: &str, names: &[&'n str]) -> Option<(usize, &'n str)> {
    let found = names.iter().filter_map(|name| {
        let at = raw.find(&format!(" {name}=\""))?;
        Some((at + 1, *name))
    });
    found.min()
}

/// Where the value ends that begins here: a quotation mark outside of `{{…}}`.
fn closing_quote(value: &str) -> Option<usize> {
    let mut at = 0;
    while at < value.len() {
        if value[at..].starts_with("{{") {
            at += value[at..].find("}}")? + 2;
        } else if value[at..].starts_with('"') {
            return Some(at);
        } else {
            at += value[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

fn write_run(
    out: &mut String,
    run: &[Token<'_>],
    form: Form,
    translate: &mut dyn FnMut(&str) -> Option<String>,
) {
    // A tag that another run closes, or opened, structures like a block.
    let partner = partners(run);
    let mut start = 0;
    for (at, token) in run.iter().enumerate() {
        let is_tag = matches!(token, Token::Open { is_void: false, .. } | Token::Close { .. });
        if is_tag && partner[at].is_none() {
            write_unit(out, &run[start..at], form, translate);
            out.push_str(&localised(*token, form, translate));
            start = at + 1;
        }
    }
    write_unit(out, &run[start..], form, translate);
}

/// For each tag of the run the index of the one that closes or opens it within the run.
fn partners(run: &[Token<'_>]) -> Vec<Option<usize>> {
    let mut partner = vec![None; run.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, token) in run.iter().enumerate() {
        match token {
            Token::Open { name, is_void: false, .. } => open.push((at, name)),
            Token::Close { name, .. } => {
                if open.last().is_some_and(|(_, opened)| opened == name) {
                    let (opened, _) = open.pop().unwrap_or_default();
                    partner[opened] = Some(at);
                    partner[at] = Some(opened);
                } else {
                    open.clear();
                }
            }
            _ => {}
        }
    }
    partner
}

fn write_unit(
    out: &mut String,
    unit: &[Token<'_>],
    form: Form,
    translate: &mut dyn FnMut(&str) -> Option<String>,
) {
    if !has_words(unit) {
        unit.iter().for_each(|token| out.push_str(&localised(*token, form, translate)));
        return;
    }
    // Blank text and a pair of tags around everything else belong to the page, not to the unit.
    let blank = |token: &Token<'_>| matches!(token, Token::Text(text) if text.trim().is_empty());
    let is_void = |token: &Token<'_>| matches!(token, Token::Open { is_void: true, .. });
    if unit.first().is_some_and(|t| blank(t) || is_void(t)) {
        out.push_str(unit[0].raw());
        return write_unit(out, &unit[1..], form, translate);
    }
    if let Some((last, before)) = unit.split_last()
        && (blank(last) || is_void(last))
    {
        write_unit(out, before, form, translate);
        out.push_str(last.raw());
        return;
    }
    if unit.len() > 2 && partners(unit)[0] == Some(unit.len() - 1) {
        out.push_str(&localised(unit[0], form, translate));
        write_unit(out, &unit[1..unit.len() - 1], form, translate);
        out.push_str(unit[unit.len() - 1].raw());
        return;
    }
    let written = Unit::of(unit, form, translate);
    out.push_str(written.lead);
    match translate(&written.text) {
        Some(text) => out.push_str(&written.expand(&text, form)),
        None => unit_english(out, unit, form, translate, &written),
    }
    out.push_str(written.tail);
}

fn unit_english(
    out: &mut String,
    unit: &[Token<'_>],
    form: Form,
    translate: &mut dyn FnMut(&str) -> Option<String>,
    written: &Unit<'_>,
) {
    let whole: String = unit.iter().map(|token| localised(*token, form, translate)).collect();
    out.push_str(&whole[written.lead.len()..whole.len() - written.tail.len()]);
}

/// Whether there is something to translate: a letter that is neither code nor a value.
fn has_words(unit: &[Token<'_>]) -> bool {
    let mut code = 0;
    unit.iter().any(|token| {
        match token {
            Token::Open { name: "code", .. } => code += 1,
            Token::Close { name: "code", .. } => code -= 1,
            _ => {}
        }
        matches!(token, Token::Text(text) if code == 0 && without_entities(text).chars().any(char::is_alphabetic))
    })
}

fn without_entities(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end + 1);
        rest = &rest[end..];
    }
    out + rest
}

/// One unit as it stands in the language file.
struct Unit<'a> {
    lead: &'a str,
    text: String,
    tail: &'a str,
    /// Name in the file, the tag itself.
    tags: Vec<(String, String)>,
}

impl<'a> Unit<'a> {
    fn of(
        unit: &[Token<'a>],
        form: Form,
        translate: &mut dyn FnMut(&str) -> Option<String>,
    ) -> Unit<'a> {
        let mut tags: Vec<(String, String)> = Vec::new();
        let mut open: Vec<String> = Vec::new();
        let mut text = String::new();
        for token in unit {
            match token {
                Token::Open { name, is_void, .. } => {
                    let known = tags
                        .iter()
                        .filter(|(tag, _)| tag.trim_end_matches(char::is_numeric) == *name)
                        .count();
                    let named = if known == 0 {
                        (*name).to_owned()
                    } else {
                        format!("{name}{}", known + 1)
                    };
                    text.push_str(&format!("<{named}>"));
                    tags.push((named.clone(), localised(*token, form, translate)));
                    if !is_void {
                        open.push(named);
                    }
                }
                Token::Close { .. } => {
                    text.push_str(&format!("</{}>", open.pop().unwrap_or_default()))
                }
                other => text.push_str(other.raw()),
            }
        }
        let (mut lead, mut tail) = ("", "");
        if let Some(Token::Text(first)) = unit.first() {
            lead = &first[..first.len() - first.trim_start().len()];
        }
        if let Some(Token::Text(last)) = unit.last() {
            tail = &last[last.trim_end().len()..];
        }
        let text = text.trim();
        let text = match form {
            Form::Html => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Form::Plain | Form::Value => text.to_owned(),
        };
        Unit { lead, text, tail, tags }
    }

    /// A translation with the tags as the template has them.
    fn expand(&self, translation: &str, form: Form) -> String {
        let mut text = translation.to_owned();
        if form == Form::Value {
            text = text.replace('"', "&quot;");
        }
        for (name, raw) in &self.tags {
            let element = name.trim_end_matches(char::is_numeric);
            text = text
                .replace(&format!("<{name}>"), raw)
                .replace(&format!("</{name}>"), &format!("</{element}>"));
        }
        text
    }
}
