//! A template as a row of tags, values, helpers and texts.

/// How a template is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Tags structure it; white space in a unit counts as one blank.
    Html,
    /// Lines structure it.
    Plain,
    /// The value of an attribute or parameter: one run, and no straight quotation marks.
    Value,
}

impl Form {
    /// The form of the template `name`, which is its path without `.hbs`.
    pub(crate) fn of(name: &str) -> Form {
        if name.ends_with(".txt") { Form::Plain } else { Form::Html }
    }
}

/// Elements that stand within a sentence.
const INLINE: [&str; 20] = [
    "a", "abbr", "b", "bdi", "br", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "u",
];
/// Elements whose content is no text.
const OPAQUE: [&str; 2] = ["script", "style"];
/// Helpers that write markup and not words.
const MARKUP: [&str; 2] = ["icon", "csrf"];

#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    Text(&'a str),
    /// `{{value}}`
    Value(&'a str),
    /// What stands between units: block helpers, partials, comments, line ends of plain text.
    Block(&'a str),
    Open {
        raw: &'a str,
        name: &'a str,
        is_void: bool,
    },
    Close {
        raw: &'a str,
        name: &'a str,
    },
}

impl<'a> Token<'a> {
    pub(super) fn raw(self) -> &'a str {
        match self {
            Token::Text(raw) | Token::Value(raw) | Token::Block(raw) => raw,
            Token::Open { raw, .. } | Token::Close { raw, .. } => raw,
        }
    }

    pub(super) fn is_inline(self) -> bool {
        match self {
            Token::Text(_) | Token::Value(_) => true,
            Token::Block(_) => false,
            Token::Open { name, .. } | Token::Close { name, .. } => INLINE.contains(&name),
        }
    }
}

pub(super) fn tokens(template: &str, form: Form) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let token = next_token(rest, form);
        rest = &rest[token.raw().len()..];
        let opened = match token {
            Token::Open { name, .. } if OPAQUE.contains(&name) => Some(name),
            _ => None,
        };
        found.push(token);
        if let Some(name) = opened {
            let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
            found.push(Token::Block(&rest[..end]));
            rest = &rest[end..];
        }
    }
    found
}

fn next_token(rest: &str, form: Form) -> Token<'_> {
    if rest.starts_with("{{") {
        return mustache(rest);
    }
    if form == Form::Html && rest.starts_with('<') {
        return tag(rest);
    }
    if form == Form::Plain && rest.starts_with('\n') {
        return Token::Block(&rest[..1]);
    }
    let ends = [
        "{{",
        if form == Form::Html { "<" } else { "{{" },
        if form == Form::Plain { "\n" } else { "{{" },
    ];
    let end =
        ends.iter().filter_map(|end| rest[1..].find(end)).min().map_or(rest.len(), |at| at + 1);
    // A character of several bytes may begin the text; `find` never lands within one.
    let end = (end..=rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
    Token::Text(&rest[..end])
}

fn mustache(rest: &str) -> Token<'_> {
    let close = if rest.starts_with("{{!--") {
        "--}}"
    } else if rest.starts_with("{{{") {
        "}}}"
    } else {
        "}}"
    };
    let end = rest.find(close).map_or(rest.len(), |at| at + close.len());
    let raw = &rest[..end];
    let inside = raw.trim_start_matches(['{', '~']).trim_start();
    let word = inside.split([' ', '}', '~', '\n']).next().unwrap_or_default();
    let is_block = inside.starts_with(['#', '/', '>', '!', '^', '&']) || word == "else";
    if is_block || MARKUP.contains(&word) { Token::Block(raw) } else { Token::Value(raw) }
}

fn tag(rest: &str) -> Token<'_> {
    if rest.starts_with("<!") {
        let end = rest.find('>').map_or(rest.len(), |at| at + 1);
        return Token::Block(&rest[..end]);
    }
    let mut at = 1;
    let mut is_quoted = false;
    while at < rest.len() {
        if rest[at..].starts_with("{{") {
            at += rest[at..].find("}}").map_or(rest.len() - at, |end| end + 2);
            continue;
        }
        match rest.as_bytes()[at] {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => break,
            _ => {}
        }
        at += 1;
    }
    let raw = &rest[..rest.len().min(at + 1)];
    let name_of =
        |text: &'_ str| text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    if let Some(closing) = raw.strip_prefix("</") {
        return Token::Close { raw, name: &closing[..name_of(closing)] };
    }
    let opening = &raw[1..];
    let name = &opening[..name_of(opening)];
    Token::Open {
        raw,
        name,
        is_void: matches!(name, "br" | "img" | "input" | "wbr") || raw.ends_with("/>"),
    }
}
